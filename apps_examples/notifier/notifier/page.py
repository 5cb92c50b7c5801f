"""The page: channels, their words, and what became of each message. Forms come by the bridge, with who is looking."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import flask
import httpx

from notifier.card import DAY_S, TONES, state
from notifier.formats import FORMATS, Message
from notifier.guard import may_post_to, names
from notifier.intake import Intake
from notifier.sealing import Sealer
from notifier.sending import Sender
from notifier.store import Channel, Known, Store
from notifier.texts import Language
from notifier.wording import EVENTS, Template, Wrong, check
from portico_sdk import Portico, PorticoError
from portico_sdk.session import PanelContext

_LOG = 100
_QUIET = ("workspace", "person", "never")


class Page:
    def __init__(self, store: Store, sealer: Sealer, sender: Sender, intake: Intake, now: Callable[[], float]) -> None:
        self._store, self._sealer, self._sender, self._intake, self._now = store, sealer, sender, intake, now

    def show(self, workspace: Portico, context: PanelContext) -> str:
        language = Language(context.locale, context.timezone)
        try:
            known = self._intake.known(context.installation_id, workspace, fresh=True)
            if not _manages(workspace, context, known):
                return flask.render_template(
                    "sentence.html", language=language, sentence=language.text("only_managers")
                )
            return self._answer(workspace, context, known, language)
        except PorticoError as refusal:  # suspended, or not to be reached
            flask.current_app.logger.warning("page without content: %s", refusal)
            return flask.render_template("sentence.html", language=language, sentence=language.text("unavailable"))

    def _answer(self, workspace: Portico, context: PanelContext, known: Known, language: Language) -> str:
        asked: Mapping[str, str] = flask.request.values
        channel = self._store.channel(known.id, asked.get("channel", ""))
        step = asked.get("step", "")
        changes = flask.request.method == "POST"
        if changes and step == "save":
            return self._save(channel, context, known, language)
        if changes and step == "again":
            return self._again(known, language, asked.get("message", ""))
        if step == "new":
            return self._form(Channel(known.id, "", "slack", "", "", "", locale=language.tag), language)
        if channel is None:
            return self._overview(known, language)
        if changes and step == "delete":
            self._store.delete(known.id, channel.id)
            return self._overview(known, language, language.text("deleted"))
        if changes and step == "test":
            return self._test(channel, known, language)
        if step in ("template", "preview", "keep", "reset") and asked.get("event") in EVENTS:
            return self._words(workspace, channel, known, language, step if changes else "template")
        return self._form(channel, language)

    # Overview

    def _overview(self, known: Known, language: Language, notice: str = "", bad: bool = False) -> str:
        counts = self._store.counts(known.id, self._now() - DAY_S)
        channels = [
            (one, how, TONES[how], FORMATS[one.kind].label)
            for one in self._store.channels(known.id)
            for how in [state(dict(counts.get(one.id, {})), one.enabled)]
        ]
        return flask.render_template(
            "overview.html",
            language=language,
            channels=channels,
            messages=self._store.messages(known.id, _LOG),
            notice=notice,
            bad=bad,
        )

    def _test(self, channel: Channel, known: Known, language: Language) -> str:
        to = Language(channel.locale)
        body = FORMATS[channel.kind].escape(to.text("test_body"))
        outcome = self._sender.deliver(channel, known, Message(to.text("test_title"), body, event_type="test"))
        said = " ".join(filter(None, (channel.name, str(outcome.status or ""), language.error(outcome.error))))
        return self._overview(
            known, language, language.text("test_ok" if outcome.ok else "test_failed", said), not outcome.ok
        )

    def _again(self, known: Known, language: Language, message_id: str) -> str:
        changed = self._store.change(
            "UPDATE message SET state = 'waiting', due_at = ?, attempts = 0, done_at = NULL, error = '' WHERE id = ?"
            " AND state = 'failed' AND channel_id IN (SELECT id FROM channel WHERE installation_id = ?)",
            *(self._now(), message_id, known.id),
        )
        self._sender.wake()
        return self._overview(known, language, language.text("queued") if changed else "")

    # A channel

    def _form(self, channel: Channel, language: Language, notice: str = "") -> str:
        kinds = [(key, one.label) for key, one in FORMATS.items()]
        return flask.render_template(
            "channel.html", language=language, channel=channel, kinds=kinds, quiets=_QUIET, events=EVENTS, notice=notice
        )

    def _save(self, before: Channel | None, context: PanelContext, known: Known, language: Language) -> str:
        form = flask.request.form
        old = before or Channel(known.id, "", "slack", "", "", "")
        url, secret = form.get("url", "").strip(), form.get("secret", "").strip()
        quiet = form["quiet"] if form.get("quiet") in _QUIET else "workspace"
        mine = old.employee_id if old.quiet == "person" and old.employee_id else context.employee_id
        channel = replace(
            old,
            name=" ".join(form.get("name", "").split()),
            kind=form.get("kind", ""),
            locale="zh-CN" if form.get("locale") == "zh-CN" else "en",
            quiet=quiet,
            employee_id=mine if quiet == "person" else "",
            events=tuple(name for name in EVENTS if name in form.getlist("events")),
            urgent=tuple(name for name in EVENTS if name in form.getlist("urgent")),
            enabled="enabled" in form,
            url=self._sealer.seal(url) if _is_url(url) else old.url,
            host=httpx.URL(url).host if _is_url(url) else old.host,
            secret=self._sealer.seal(secret) if secret else old.secret,
        )
        wrong = self._wrong(channel, url, known)
        if wrong:
            shown = channel if channel.kind in FORMATS else replace(channel, kind="slack")
            kept = replace(shown, url=old.url, host=old.host)
            return self._form(kept, language, language.text(wrong))
        self._store.save(channel)
        self._sender.wake()
        return self._overview(known, language, language.text("saved"))

    def _wrong(self, channel: Channel, url: str, known: Known) -> str:
        """The sentence that says what is wrong; none when all is right."""
        if not 0 < len(channel.name) <= 80:
            return "name_missing"
        if channel.kind not in FORMATS:
            return "kind_unknown"
        others = names(known.settings.get("other_hosts"))
        agreed = may_post_to(url, others, allow_private=self._sender.allow_private)
        return "" if agreed or (not url and channel.url) else "address_refused"

    # Its words

    def _words(self, workspace: Portico, channel: Channel, known: Known, language: Language, step: str) -> str:
        event_type, form, notice = flask.request.values["event"], flask.request.form, ""
        template = self._intake.template(channel, event_type)
        if step in ("preview", "keep"):
            template = Template(form.get("title", "").strip(), form.get("body", "").replace("\r\n", "\n").strip())
            try:
                check(template)
            except Wrong as wrong:
                return self._editor(channel, language, event_type, template, language.text(wrong.args[0]), bad=True)
        if step == "keep":
            self._store.set_template(channel.id, event_type, template.title, template.body)
            notice = language.text("saved")
        if step == "reset":
            self._store.reset_template(channel.id, event_type)
            template = self._intake.template(channel, event_type)
        past = self._past(workspace, event_type)
        shown = self._intake.written(channel, known, past, template) if past else None
        return self._editor(channel, language, event_type, template, notice, past=past, shown=shown)

    def _past(self, workspace: Portico, event_type: str) -> Any:
        return self._intake.past(workspace, event_type)

    def _editor(
        self, channel: Channel, language: Language, event_type: str, template: Template, notice: str, **more: Any
    ) -> str:
        return flask.render_template(
            "template.html",
            **{"past": None, "shown": None, "bad": False, **more},
            language=language,
            channel=channel,
            event_type=event_type,
            template=template,
            notice=notice,
        )


def _is_url(text: str) -> bool:
    try:
        return bool(text and httpx.URL(text).host)
    except httpx.InvalidURL:
        return False


def _manages(workspace: Portico, context: PanelContext, known: Known) -> bool:
    """Whether an admin named this person in the settings, by their work address."""
    managers = names(known.settings.get("managers"))
    if not managers:
        return False
    viewer = workspace.employees.get(context.employee_id)
    return (viewer.primary_email or "").lower() in managers
