"""What people say of whether they are there, and their breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, case, or_, update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.directory import models
from portico.domains.directory.events import PRESENCE_CHANGED
from portico.domains.directory.presence import Presence, presences
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import Forbidden
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

_table = cast(Table, models.Presence.__table__)
_row = _table.c
_ENDS = (_row.clears_at, _row.break_until, _row.dnd_until)
_TOLD = ("availability", "source", "until", "text", "emoji", "dnd_until")


def set_presence(
    actor: Actor,
    *,
    availability: str | None = None,
    text: str | None = None,
    emoji: str | None = None,
    clears_at: datetime | None = None,
    dnd_until: datetime | None = None,
) -> Presence:
    """What the person says of themselves, whole. Raises Forbidden for who is nobody's."""
    values = {
        "availability": availability,
        "text": text,
        "emoji": emoji,
        "clears_at": clears_at,
        "dnd_until": dnd_until,
    }
    return _change(actor, _own(actor), values)


def take_break(actor: Actor, *, minutes: int) -> Presence:
    """On a break from now; another one takes the place of the one before. Raises Forbidden."""
    return _change(actor, _own(actor), {"break_until": clock.now() + timedelta(minutes=minutes)})


def end_break(actor: Actor) -> Presence:
    """Back from the break; who is on none stays as they are. Raises Forbidden."""
    return _change(actor, _own(actor), {"break_until": None})


def end_presence(actor: Actor, employee_id: str) -> None:
    """Nothing that somebody said of themselves outlives that they are here."""
    said = ("availability", "text", "emoji", "clears_at", "break_until", "dnd_until")
    _change(actor, employee_id, dict.fromkeys(said))


def _own(actor: Actor) -> str:
    if actor.employee_id is None:
        raise Forbidden("Only a person has a presence of their own.")
    return actor.employee_id


def _change(actor: Actor, employee_id: str, values: dict[str, Any]) -> Presence:
    now = clock.now()
    before = presences(actor.workspace_id, [employee_id], now)[employee_id]
    # First the row, which is held from here: of two changes at once the later one sees what the first one did.
    values = {**values, "updated_at": now}
    ends = _touch(actor.workspace_id, employee_id, values, {**values, "version": _row.version + 1})
    after = presences(actor.workspace_id, [employee_id], now)[employee_id]
    _tell(actor, before, after, ends)
    return after


def _touch(workspace_id: str, employee_id: str, made: dict[str, Any], changed: dict[str, Any]) -> AnyRow:
    """Make the row of this person or change the one that there is. Answers its ends."""
    build: Any = postgresql.insert if session().get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = (
        build(_table)
        .values(workspace_id=workspace_id, employee_id=employee_id, **made)
        .on_conflict_do_update(index_elements=["workspace_id", "employee_id"], set_=changed)
        .returning(*_ENDS)
    )
    return session().execute(statement).one()


def _tell(actor: Actor, before: Presence, after: Presence, ends: Sequence[datetime | None]) -> None:
    """Say what has changed since `before`, and note when to look again."""
    now = clock.now()
    # Hours begin and end for everybody every day: nobody is told of that.
    known = [*ends, after.until if after.source in ("on_leave", "off_shift") else None]
    due_at = min((end for end in known if end is not None and end > now), default=None)
    session().execute(
        update(_table)
        .where(_row.workspace_id == actor.workspace_id, _row.employee_id == after.employee_id)
        .values(told=_told(after), due_at=due_at)
    )
    changes = [name for name in _TOLD if getattr(before, name) != getattr(after, name)]
    if changes:
        shown, held = asdict(after), asdict(before)
        emit(actor, PRESENCE_CHANGED, shown, changes=changes, before=held, resource_id=after.employee_id)


def _told(shown: Presence) -> dict[str, Any]:
    values = {name: getattr(shown, name) for name in _TOLD}
    return {name: clock.rfc3339(one) if isinstance(one, datetime) else one for name, one in values.items()}


def _as_told(after: Presence, told: dict[str, Any]) -> Presence:
    """What was said last."""
    ends = {name: datetime.fromisoformat(told[name]) if told.get(name) else None for name in ("until", "dnd_until")}
    return Presence(
        employee_id=after.employee_id,
        availability=told.get("availability", "offline"),
        source=told.get("source", "last_seen"),
        until=ends["until"],
        text=told.get("text"),
        emoji=told.get("emoji"),
        dnd_until=ends["dnd_until"],
        version=after.version,
    )


def look_again(workspace_id: str, employee_id: str, at: datetime) -> None:
    """For the sources of presence: at that instant something that they say of this person begins or ends."""
    sooner = case((or_(_row.due_at.is_(None), _row.due_at > at), at), else_=_row.due_at)
    _touch(workspace_id, employee_id, {"due_at": at}, {"due_at": sooner})


def tell_when_due(actor: Actor, employee_id: str) -> bool:
    """Tell what time has changed, once, whoever looks. Answers whether it was due."""
    now = clock.now()
    taken = session().execute(
        update(_table)
        .where(_row.workspace_id == actor.workspace_id, _row.employee_id == employee_id, _row.due_at <= now)
        .values(due_at=None)
        .returning(_row.told, *_ENDS)
    )
    row = taken.one_or_none()
    if row is None:
        return False
    after = presences(actor.workspace_id, [employee_id], now)[employee_id]
    _tell(actor, _as_told(after, row.told or {}), after, row[1:])
    return True
