"""From the inbox to the channels: what is due is let out or held on, gathered into digests, and sent one by one.

Rows are the truth. A sending is taken by a conditional update with a lease; who dies with one in hand costs that it is
sent twice at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, insert, update

from portico.domains.directory.presence import Facts, facts_of, quiet_reasons
from portico.domains.notifications.channels import CHANNELS, PUSH, Receiver
from portico.domains.notifications.holding import channels_of, is_released, release_at
from portico.domains.notifications.kinds import DIGEST
from portico.domains.notifications.models import Notification, NotificationSending
from portico.domains.notifications.queries import browsers, leaving
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.db import AnyRow
from portico.kernel.ids import new_id
from portico.kernel.jobs import enqueue
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

SEND = "notifications.send"
AT_ONCE = 500
LEASE = timedelta(minutes=2)
RETRY_FIRST, TRIES = timedelta(seconds=30), 8
AWAY = N_("%(count)s notifications came while you were away")
_WITHOUT_BROWSER = tuple(name for name in CHANNELS if name != PUSH)
_notes = cast(Table, Notification.__table__)
_sendings = cast(Table, NotificationSending.__table__)


def let_out(actor: Actor) -> int:
    """Of what is due, hold on to what must wait and lay out the rest for its channels. Answers how many were due."""
    now = clock.now()
    due = leaving.due_notifications(actor, now, AT_ONCE)
    mine: dict[str, list[AnyRow]] = defaultdict(list)
    for row in due:
        mine[row.employee_id].append(row)
    with_browsers = browsers.with_browsers(actor.workspace_id, mine)
    for known in facts_of(actor.workspace_id, mine, now, seen=False):
        able = CHANNELS if known.employee_id in with_browsers else _WITHOUT_BROWSER
        _let_out_to(actor, known, mine[known.employee_id], now, able)
    return len(due)


def _let_out_to(actor: Actor, known: Facts, rows: Sequence[AnyRow], now: datetime, able: Sequence[str]) -> None:
    """`able`: the channels by which this person can be reached at all."""
    ready = {row.id for row in rows if _may_leave(known, row, now)}
    released = any(row.state == "held" and row.id in ready for row in rows)
    _lay_out(actor, known, [row for row in rows if row.state == "new" and row.id in ready], now, able)
    if released:
        _gather(actor, known, leaving.held_of(actor, known.employee_id), now, able)
    waiting = [row for row in rows if row.id not in ready and not (released and row.state == "held")]
    if waiting:
        _move(actor, waiting, state="held", due_at=release_at(known, quiet_reasons(known, now), now))


def _may_leave(known: Facts, row: AnyRow, now: datetime) -> bool:
    return (row.urgent and known.urgent_allowed) or is_released(known, row.due_at, now)


def _move(actor: Actor, rows: Iterable[AnyRow], **values: Any) -> None:
    ids = [row.id for row in rows]
    session().execute(
        update(_notes).where(_notes.c.workspace_id == actor.workspace_id, _notes.c.id.in_(ids)).values(values)
    )


def _gather(actor: Actor, known: Facts, held: Sequence[AnyRow], now: datetime, able: Sequence[str]) -> None:
    """What was held, together: one by itself as it is, several as a digest that lists them."""
    unread = [row for row in held if row.read_at is None]
    if len(unread) < 2:
        _move(actor, [row for row in held if row.read_at is not None], state="out")
        _lay_out(actor, known, unread, now, able)
        return
    digest_id = new_id("ntf")
    session().execute(
        insert(_notes).values(
            workspace_id=actor.workspace_id,
            id=digest_id,
            employee_id=known.employee_id,
            kind=DIGEST.name,
            key=f"digest:{digest_id}",
            title=AWAY,
            params={"count": len(unread)},
            url="/notifications?show=unread",
            urgent=False,
            overrode=False,
            muted=False,
            sender=system(actor.workspace_id).as_dict(),
            state="out",
            # So that it is known for the person's digest of this day when it is looked at again.
            due_at=max(row.due_at for row in unread),
            created_at=now,
            # What it lists rings for itself.
            read_at=now,
        )
    )
    _move(actor, unread, state="out", digest_id=digest_id)
    _move(actor, [row for row in held if row.read_at is not None], state="out")
    wanted = {channel for row in unread for channel in channels_of(known, row.kind)}
    ways = [channel for channel in channels_of(known, DIGEST.name) if channel in wanted and channel in able]
    _send_by(actor, [(digest_id, channel) for channel in ways], now)


def _lay_out(actor: Actor, known: Facts, rows: Sequence[AnyRow], now: datetime, able: Sequence[str]) -> None:
    """A sending for each of the channels; what was read meanwhile needs none."""
    if not rows:
        return
    _move(actor, rows, state="out")
    unread = [row for row in rows if row.read_at is None]
    ways = [(row.id, channel) for row in unread for channel in channels_of(known, row.kind) if channel in able]
    _send_by(actor, ways, now)


def _send_by(actor: Actor, ways: Sequence[tuple[str, str]], now: datetime) -> None:
    rows = [
        {
            "workspace_id": actor.workspace_id,
            "id": new_id("nsd"),
            "notification_id": notification_id,
            "channel": channel,
            "state": "waiting",
            "due_at": now,
            "attempts": 0,
            "error": None,
            "sent_at": None,
        }
        for notification_id, channel in ways
    ]
    if rows:
        session().execute(insert(_sendings), rows)


@dataclass(frozen=True, slots=True)
class Taken:
    """A sending in hand, with what it says; `listed` is what a digest lists. Without `to` it is not to be sent."""

    row: AnyRow
    attempt: int
    to: Receiver | None
    listed: Sequence[AnyRow] = ()


def take_sending(actor: Actor) -> Taken | None:
    """The next that is due, for this caller alone as long as its lease lasts; None: nothing is due."""
    now = clock.now()
    row = leaving.next_sending(actor, now)
    if row is None:
        return None
    listed = [one for one in leaving.covered_by(actor, row.notification_id) if one.read_at is None]
    is_digest = row.kind == DIGEST.name
    if (is_digest and not listed) or (not is_digest and row.read_at is not None):
        return _dropped(actor, row)
    (known,) = facts_of(actor.workspace_id, [row.employee_id], now, seen=False)
    if not (row.urgent and known.urgent_allowed) and not is_released(known, row.told_due_at, now):
        _put(actor, row.id, state="waiting", due_at=release_at(known, quiet_reasons(known, now), now))
        return Taken(row, row.attempts, None)
    _put(actor, row.id, state="sending", due_at=now + LEASE, attempts=row.attempts + 1)
    return Taken(row, row.attempts + 1, leaving.receiver(actor, row.employee_id), listed)


def _dropped(actor: Actor, row: AnyRow) -> Taken:
    _put(actor, row.id, state="dropped")
    return Taken(row, row.attempts, None)


def _put(actor: Actor, sending_id: str, *also: Any, **values: Any) -> None:
    here = (_sendings.c.workspace_id == actor.workspace_id, _sendings.c.id == sending_id)
    session().execute(update(_sendings).where(*here, *also).values(values))


def finish_sending(actor: Actor, taken: Taken, state: str, error: str | None = None) -> None:
    """Write what became of it, unless its lease was over and another has it."""
    mine = (_sendings.c.attempts == taken.attempt, _sendings.c.state == "sending")
    now = clock.now()
    if state != "waiting":
        _put(actor, taken.row.id, *mine, state=state, error=error, sent_at=now if state == "sent" else None)
    elif taken.attempt >= TRIES:
        _put(actor, taken.row.id, *mine, state="failed", error=error)
    else:
        pause = RETRY_FIRST * 2 ** (taken.attempt - 1)
        _put(actor, taken.row.id, *mine, state="waiting", error=error, due_at=now + pause)


def let_go(actor: Actor, employee_id: str) -> None:
    """What is held for somebody leaves at once when they do not want to be left alone any more."""
    if not leaving.holds_any(actor.workspace_id, employee_id):
        return
    now = clock.now()
    (known,) = facts_of(actor.workspace_id, [employee_id], now, seen=False)
    if quiet_reasons(known, now):
        return
    of_these = (_notes.c.workspace_id == actor.workspace_id, _notes.c.employee_id == employee_id)
    session().execute(update(_notes).where(*of_these, _notes.c.state == "held").values(due_at=now))
    enqueue(system(actor.workspace_id), SEND)
