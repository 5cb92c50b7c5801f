"""From an event to messages: one for each channel that wants it, however often the event comes."""

from collections.abc import Callable
from typing import Any

from notifier.formats import FORMATS
from notifier.store import Channel, Known, Store
from notifier.wording import EVENTS, Rendered, Template, default, link, render
from portico_sdk import Portico
from portico_sdk.models import Event

_FRESH_S = 300.0
_PAGES_OF_THE_PAST = 10


class Intake:
    def __init__(self, store: Store, portal: str, now: Callable[[], float]) -> None:
        self._store, self._portal, self._now = store, portal.rstrip("/"), now

    def known(self, installation_id: str, workspace: Portico, *, fresh: bool = False) -> Known:
        """Name, zone and settings, asked again every five minutes."""
        known = self._store.known(installation_id)
        if known is None or fresh or self._now() - known.read_at > _FRESH_S:
            company, settings = workspace.workspace.get(), workspace.installations.me().settings
            self._store.keep(installation_id, company.slug, company.timezone, settings, self._now())
            known = self._store.known(installation_id)
        if known is None:
            raise LookupError(installation_id)  # erased in this moment
        return known

    def take(self, event: Event, workspace: Portico) -> int:
        """How many messages it became."""
        if event.type not in EVENTS or not event.installation_id:
            return 0
        channels = [one for one in self._store.channels(event.installation_id) if event.type in one.events]
        if not channels:
            return 0
        known, made = self.known(event.installation_id, workspace), 0
        for channel in channels:
            made += self._keep(channel, event.raw, self.written(channel, known, event.raw), known)
        return made

    def written(self, channel: Channel, known: Known, event: Any, template: Template | None = None) -> Rendered:
        return render(template or self.template(channel, event["type"]), event, FORMATS[channel.kind].escape)

    def template(self, channel: Channel, event_type: str) -> Template:
        own = self._store.template(channel.id, event_type)
        return Template(*own) if own else default(event_type, channel.locale)

    def _keep(self, channel: Channel, event: Any, written: Rendered, known: Known) -> int:
        now = self._now()
        return self._store.change(
            "INSERT INTO message"
            " (channel_id, event_id, event_type, title, body, url, urgent, state, due_at, created_at)"
            " SELECT id, ?, ?, ?, ?, ?, ?, 'waiting', ?, ? FROM channel WHERE id = ? AND enabled"
            " ON CONFLICT DO NOTHING",
            *(event["id"], event["type"], written.title or event["type"], written.body),
            *(link(self._portal, known.slug, event), event["type"] in channel.urgent, now, now, channel.id),
        )

    def past(self, workspace: Portico, event_type: str) -> Any:
        """A real event of this type, the newest of those that are found quickly; None where there is none to see."""
        newest = None
        pages = workspace.events.list(types=[event_type], limit=100).pages()
        for _, page in zip(range(_PAGES_OF_THE_PAST), pages, strict=False):
            newest = page.data[-1].raw if page.data else newest
        return newest
