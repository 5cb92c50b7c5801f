"""From the list of messages to the chats: held, gathered, sent, tried again.

A message is taken by a lease, so that two senders never send it at once. One that dies between the chat's answer and
its note of it leaves a message that is sent again when the lease is over: at least once, as every webhook.
"""

import logging
import math
import random
import sqlite3
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from joserfc.errors import JoseError

from notifier.formats import FORMATS, Message, refusal_in, request_for
from notifier.guard import Refused, may_post_to, names
from notifier.quiet import person_quiet_until, quiet_hours_end, zone_of
from notifier.sealing import Sealer
from notifier.store import Channel, Known, Store
from notifier.texts import Language
from portico_sdk import Portico, PorticoError

log = logging.getLogger("notifier")
LEASE_S = 120.0
MOST_ATTEMPTS = 8
LONGEST_WAIT_S = 6 * 3600.0
_AT_ONCE = 50
_IN_A_DIGEST = 20
_READ = 16 * 1024


@dataclass(frozen=True)
class Outcome:
    """`again_s`: when it is worth another try, in seconds from now; None when it is not, or not needed."""

    ok: bool
    status: int | None = None
    error: str = ""
    again_s: float | None = None


class Sender:
    """`workspace` gives the client of an installation; `now` is in Unix seconds."""

    def __init__(
        self,
        store: Store,
        sealer: Sealer,
        client: httpx.Client,
        workspace: Callable[[str], Portico],
        now: Callable[[], float],
        *,
        allow_private: bool = False,
    ) -> None:
        self._store, self._sealer, self._client = store, sealer, client
        self._workspace, self._now, self.allow_private = workspace, now, allow_private
        self._wake = threading.Event()

    # What runs beside the app

    def start(self) -> None:
        threading.Thread(target=self._live, name="notifier", daemon=True).start()

    def wake(self) -> None:
        self._wake.set()

    def _live(self) -> None:
        while True:
            try:
                self.run_due()
                self._store.sweep(self._now())
            except (sqlite3.Error, PorticoError):
                log.exception("Sending stopped for a moment.")
            self._wake.wait(5)
            self._wake.clear()

    def run_due(self) -> int:
        """Do all that is due; how many calls were made."""
        found = self._store.rows(
            "SELECT DISTINCT channel.id, installation_id FROM message JOIN channel ON channel.id = message.channel_id"
            " JOIN installation ON installation.id = installation_id WHERE state IN ('waiting', 'held')"
            " AND due_at <= ? AND leased_until <= ? AND active AND enabled",
            *(self._now(), self._now()),
        )
        calls = 0
        for row in found:
            channel = self._store.channel(row["installation_id"], row["id"])
            known = self._store.known(row["installation_id"])
            if channel is None or known is None:
                continue
            try:
                self._hold(channel, known)
            except PorticoError as refusal:  # its presence cannot be read now: nothing leaves unasked
                log.warning("Channel %s waits: %s", channel.id, refusal)
                continue
            calls += self._send_due(channel, known)
        return calls

    # Quiet

    def quiet_until(self, channel: Channel, known: Known) -> datetime | None:
        at = datetime.fromtimestamp(self._now(), UTC)
        if channel.quiet == "workspace":
            return quiet_hours_end(known.settings, zone_of(known.timezone), at)
        if channel.quiet == "person" and channel.employee_id:
            return person_quiet_until(self._workspace(channel.installation_id), channel.employee_id, at)
        return None

    def _hold(self, channel: Channel, known: Known) -> None:
        until = self.quiet_until(channel, known)
        if until is not None:
            self._store.change(
                "UPDATE message SET state = 'held', due_at = ? WHERE channel_id = ? AND NOT urgent"
                " AND state IN ('waiting', 'held') AND due_at <= ? AND leased_until <= ?",
                *(until.timestamp(), channel.id, self._now(), self._now()),
            )

    # Sending

    def _send_due(self, channel: Channel, known: Known) -> int:
        taken = self._take(channel)
        held = [row for row in taken if row["state"] == "held"]
        groups = [held, *([row] for row in taken if row["state"] == "waiting")] if held else [[row] for row in taken]
        for number, group in enumerate(groups):
            outcome = self.deliver(channel, known, self._message(channel, group))
            self._note(group, outcome)
            if outcome.again_s is not None:  # what stands behind it waits as well
                rest = [row for later in groups[number + 1 :] for row in later]
                self._release(rest, self._now() + max(outcome.again_s, pause_s(1)))
                return number + 1
        return len(groups)

    def _take(self, channel: Channel) -> list[sqlite3.Row]:
        due = (
            "SELECT id FROM message WHERE channel_id = ? AND state IN ('waiting', 'held') AND due_at <= ?"
            " AND leased_until <= ? ORDER BY event_id LIMIT ?"
        )
        now = self._now()
        with self._store.writing() as database:
            return sorted(
                database.execute(
                    f"UPDATE message SET leased_until = ?, attempts = attempts + 1 WHERE id IN ({due}) RETURNING *",  # noqa: S608
                    (now + LEASE_S, channel.id, now, now, _AT_ONCE),
                ).fetchall(),
                key=lambda row: row["event_id"],  # as they happened: ids of events sort by time
            )

    def _message(self, channel: Channel, group: Sequence[sqlite3.Row]) -> Message:
        """One as it is; several as a digest."""
        first = group[0]
        if len(group) == 1:
            return Message(first["title"], first["body"], first["url"], first["event_type"], first["event_id"])
        language, escape = Language(channel.locale), FORMATS[channel.kind].escape
        lines = [f"• {escape(row['title'])}" for row in group[:_IN_A_DIGEST]]
        if len(group) > _IN_A_DIGEST:
            lines.append(language.text("and_more", len(group) - _IN_A_DIGEST))
        portal = first["url"].partition("/w/")
        url = portal[0] + portal[1] + portal[2].partition("/")[0]
        return Message(language.text("digest", len(group)), "\n".join(lines), url, "digest", first["event_id"])

    def deliver(self, channel: Channel, known: Known, message: Message) -> Outcome:
        """One call."""
        try:
            url, secret = self._sealer.open(channel.url), self._sealer.open(channel.secret)
        except (JoseError, ValueError):
            return Outcome(False, error="address_unreadable")
        if not may_post_to(url, names(known.settings.get("other_hosts")), allow_private=self.allow_private):
            return Outcome(False, error="host_not_agreed")
        request = request_for(channel.kind, url, secret, message, self._now())
        try:
            with self._client.stream("POST", request.url, json=dict(request.content)) as response:
                body = next(response.iter_bytes(_READ), b"")
                return self._judge(channel.kind, response, body)
        except Refused:
            return Outcome(False, error="address_inside")
        except httpx.HTTPError as error:
            return Outcome(False, error=type(error).__name__, again_s=0.0)

    def _judge(self, kind: str, response: httpx.Response, body: bytes) -> Outcome:
        status = response.status_code
        if response.is_success:
            refusal = refusal_in(kind, response, body)
            if refusal is None:
                return Outcome(True, status)
            return Outcome(False, status, refusal[0], 0.0 if refusal[1] else None)
        words = " ".join(body.decode(errors="replace").split())[:200]
        if status in (408, 425, 429) or status >= 500:
            return Outcome(False, status, words, self._retry_after(response.headers.get("retry-after", "")))
        return Outcome(False, status, words)

    def _retry_after(self, header: str) -> float:
        """Seconds, or a date (RFC 9110, 10.2.3)."""
        try:
            wait = float(header)
        except ValueError:
            try:
                wait = parsedate_to_datetime(header).timestamp() - self._now()
            except (ValueError, TypeError):
                return 0.0
        return min(max(wait, 0.0), LONGEST_WAIT_S) if math.isfinite(wait) else 0.0

    def _note(self, group: Sequence[sqlite3.Row], outcome: Outcome) -> None:
        now = self._now()
        for row in group:
            over = outcome.again_s is None or row["attempts"] >= MOST_ATTEMPTS
            state = "sent" if outcome.ok else "failed" if over else row["state"]
            due = row["due_at"] if over else now + max(outcome.again_s or 0.0, pause_s(row["attempts"]))
            self._store.change(
                "UPDATE message SET state = ?, due_at = ?, leased_until = 0, status = ?, error = ?, done_at = ?"
                " WHERE id = ?",
                *(state, due, outcome.status, outcome.error, now if over else None, row["id"]),
            )

    def _release(self, rows: Sequence[sqlite3.Row], due_at: float) -> None:
        """They were not tried."""
        for row in rows:
            self._store.change(
                "UPDATE message SET leased_until = 0, attempts = attempts - 1, due_at = ? WHERE id = ?",
                *(due_at, row["id"]),
            )


def pause_s(attempts: int) -> float:
    """Seconds until the next try: 10, 40, 160 …, up to six hours, a fifth more at most so that not all come at once."""
    return min(10.0 * 4.0 ** (attempts - 1), LONGEST_WAIT_S) * (1 + random.random() / 5)  # noqa: S311
