"""Whether people are there: what they say themselves, and what absences, shifts, hours and sessions say of them.

What stands first in `PRECEDENCE` wins. Ends are looked at when somebody reads, so nothing has to run for a presence to
be over; the sweep only tells that it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, select

from portico.domains.directory import queries, working_hours
from portico.domains.directory.models import Employee, NotificationPolicy
from portico.domains.directory.models import Presence as Row
from portico.domains.directory.working_hours import Hours
from portico.domains.identity import queries as identity
from portico.domains.identity.seen import seen_since
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.unit_of_work import session

PRECEDENCE = ("dnd", "on_leave", "break", "chosen", "off_shift", "working_hours", "last_seen")
AWAY = ("on_leave", "on_break", "off_shift")
SEEN_LATELY = timedelta(minutes=10)
AT_ONCE = 1_000
"""How many people one statement names."""
_employee = Employee.__table__.c
_row = Row.__table__.c
_policy = NotificationPolicy.__table__.c


@dataclass(frozen=True, slots=True)
class Standing:
    """What a source says of a person, and until when, where that is known."""

    availability: str
    until: datetime | None = None


Source = Callable[[str, Sequence[str], datetime], Mapping[str, Standing]]
"""(workspace, employees, instant) → those of whom it has something to say."""

PRESENCE_SOURCES: dict[str, Source] = {}
"""What stands above the directory says of people: `on_leave`, an approved absence; `off_shift`, where their shift is
over or has not begun. Who is on shift right now may be said to be `available` by it."""


def presence_source(name: str) -> Callable[[Source], Source]:
    """Register one of the two."""
    if name not in ("on_leave", "off_shift"):
        raise ValueError(f"There is no place for a source {name!r} in PRECEDENCE.")

    def register(source: Source) -> Source:
        PRESENCE_SOURCES[name] = source
        return source

    return register


@dataclass(frozen=True, slots=True)
class Presence:
    """`source` says which of `PRECEDENCE` decided; text and emoji are the person's own while they last."""

    employee_id: str
    availability: str
    source: str
    until: datetime | None = None
    text: str | None = None
    emoji: str | None = None
    dnd_until: datetime | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of one person; what has ended is still in it."""

    employee_id: str
    zone: ZoneInfo
    status: str = "active"
    availability: str | None = None
    text: str | None = None
    emoji: str | None = None
    clears_at: datetime | None = None
    break_until: datetime | None = None
    dnd_until: datetime | None = None
    hours: Hours | None = None
    hold_outside: bool = False
    digest_at: str | None = None
    urgent_allowed: bool = True
    channels: Mapping[str, list[str]] = field(default_factory=dict)
    leave: Standing | None = None
    shift: Standing | None = None
    seen: bool = False
    version: int = 0


def presences(workspace_id: str, employee_ids: Iterable[str], at: datetime | None = None) -> dict[str, Presence]:
    """The presence of each of these employees; whom there is not is left out."""
    at = at or clock.now()
    return {known.employee_id: judge(known, at) for known in facts_of(workspace_id, employee_ids, at)}


def quiet(workspace_id: str, employee_ids: Iterable[str], at: datetime | None = None) -> dict[str, datetime | None]:
    """Those of these employees who want to be left alone now, each until when; None where nobody knows that."""
    at = at or clock.now()
    found: dict[str, datetime | None] = {}
    for known in facts_of(workspace_id, employee_ids, at, seen=False):
        reasons = quiet_reasons(known, at)
        if reasons:
            found[known.employee_id] = _latest(reasons.values())
    return found


def away(workspace_id: str, employee_ids: Iterable[str], at: datetime | None = None) -> set[str]:
    """Those to whom nothing is to be given now: on leave, on a break, or off shift, disturbed or not."""
    at = at or clock.now()
    there = facts_of(workspace_id, employee_ids, at, seen=False)
    return {one.employee_id for one in there if judge(replace(one, dnd_until=None), at).availability in AWAY}


def _latest(ends: Iterable[datetime | None]) -> datetime | None:
    known = list(ends)
    return None if None in known else max(end for end in known if end is not None)


def quiet_reasons(known: Facts, at: datetime) -> dict[str, datetime | None]:
    """Why somebody is to be left alone, and until when."""
    reasons: dict[str, datetime | None] = {}
    if known.dnd_until is not None and known.dnd_until > at:
        reasons["dnd"] = known.dnd_until
    if known.leave is not None:
        reasons["on_leave"] = known.leave.until
    if known.break_until is not None and known.break_until > at:
        reasons["break"] = known.break_until
    if known.hold_outside:
        if known.shift is not None and known.shift.availability == "off_shift":
            reasons["working_hours"] = known.shift.until
        elif known.shift is None and not _inside(known, at):
            reasons["working_hours"] = working_hours.next_start(known.hours or {}, known.zone, at)
    return reasons


def _inside(known: Facts, at: datetime) -> bool:
    return working_hours.inside(known.hours or {}, known.zone, at)


def judge(known: Facts, at: datetime) -> Presence:
    """The one presence of somebody, by `PRECEDENCE`."""
    lasts = known.clears_at is None or known.clears_at > at
    dnd_until = known.dnd_until if known.dnd_until is not None and known.dnd_until > at else None
    source, standing = next(_candidates(known, at, dnd_until, known.availability if lasts else None))
    return Presence(
        employee_id=known.employee_id,
        availability=standing.availability,
        source=source,
        until=standing.until,
        text=known.text if lasts else None,
        emoji=known.emoji if lasts else None,
        dnd_until=dnd_until,
        version=known.version,
    )


def _candidates(
    known: Facts, at: datetime, dnd_until: datetime | None, chosen: str | None
) -> Iterator[tuple[str, Standing]]:
    """In the order of `PRECEDENCE`; the last always has something to say."""
    if dnd_until is not None:
        yield "dnd", Standing("busy", dnd_until)
    if known.leave is not None:
        yield "on_leave", known.leave
    if known.break_until is not None and known.break_until > at:
        yield "break", Standing("on_break", known.break_until)
    if chosen is not None:
        yield "chosen", Standing(chosen, known.clears_at)
    if known.shift is not None:
        yield "off_shift", known.shift
    if not _inside(known, at):
        yield "working_hours", Standing("offline", working_hours.next_start(known.hours or {}, known.zone, at))
    yield "last_seen", Standing("available" if known.seen else "offline")


def facts_of(workspace_id: str, employee_ids: Iterable[str], at: datetime, *, seen: bool = True) -> Iterator[Facts]:
    """What is known of these people. Without `seen`, nobody's sessions are looked at."""
    ids = sorted(set(employee_ids))
    zone = identity.workspace(workspace_id).timezone if ids else "UTC"
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        said = {name: source(workspace_id, some, at) for name, source in PRESENCE_SOURCES.items()}
        here = seen_since(workspace_id, some, at - SEEN_LATELY) if seen else set()
        for row in session().execute(_stored(workspace_id, some)):
            yield Facts(
                zone=ZoneInfo(row.own_zone or row.employee_zone or zone),
                leave=said.get("on_leave", {}).get(row.employee_id),
                shift=said.get("off_shift", {}).get(row.employee_id),
                seen=row.employee_id in here,
                **_of_row(row),
            )


def _of_row(row: AnyRow) -> dict[str, Any]:
    return {
        "employee_id": row.employee_id,
        "status": row.status,
        "availability": row.availability,
        "text": row.text,
        "emoji": row.emoji,
        "clears_at": row.clears_at,
        "break_until": row.break_until,
        "dnd_until": row.dnd_until,
        "hours": row.working_hours,
        "hold_outside": bool(row.hold_outside),
        "digest_at": row.digest_at,
        "urgent_allowed": row.urgent_allowed is not False,
        "channels": row.channels or {},
        "version": row.version or 0,
    }


def _stored(workspace_id: str, employee_ids: Sequence[str]) -> Any:
    mine = and_(_row.workspace_id == _employee.workspace_id, _row.employee_id == _employee.id)
    wishes = and_(_policy.workspace_id == _employee.workspace_id, _policy.employee_id == _employee.id)
    return (
        select(
            _employee.id.label("employee_id"),
            _employee.status,
            _employee.timezone.label("employee_zone"),
            *(_row[name] for name in ("availability", "text", "emoji", "clears_at", "break_until", "dnd_until")),
            _row.version,
            _policy.timezone.label("own_zone"),
            *(_policy[name] for name in ("working_hours", "hold_outside", "digest_at", "urgent_allowed", "channels")),
        )
        .select_from(Employee.__table__)
        .outerjoin(Row.__table__, mine)
        .outerjoin(NotificationPolicy.__table__, wishes)
        .where(_employee.workspace_id == workspace_id, _employee.id.in_(employee_ids))
    )


def due(at: datetime, most: int) -> list[tuple[str, str]]:
    """(workspace, employee) of those whose presence time has changed, in all workspaces."""
    rows = session().execute(
        select(_row.workspace_id, _row.employee_id).where(_row.due_at <= at).order_by(_row.due_at).limit(most)
    )
    return [(row.workspace_id, row.employee_id) for row in rows]


def presence_of(actor: Actor, employee_id: str) -> Presence:
    """One that the actor may see. Raises NotFound."""
    queries.employee(actor, employee_id)
    return presences(actor.workspace_id, [employee_id])[employee_id]


def visible_presences(actor: Actor, employee_ids: Sequence[str]) -> list[Presence]:
    """Of those whom the actor may see, in the order of their ids."""
    seen = session().scalars(
        queries.employees_visible_to(actor)
        .with_only_columns(_employee.id)
        .where(_employee.id.in_(employee_ids), _employee.status != "departed")
    )
    found = presences(actor.workspace_id, seen)
    return [found[one] for one in sorted(found)]
