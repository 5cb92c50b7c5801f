"""Reads of punches and sessions; what a person asks for begins at whom they may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, or_, select

from portico.domains.attendance import permissions
from portico.domains.attendance.evidence import EVIDENCE, Position
from portico.domains.attendance.models import Punch, WorkSession
from portico.domains.attendance.models.punches import KINDS, METHODS, STATUSES
from portico.domains.attendance.queries.reach import within_sight
from portico.domains.directory.models import Employee
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import COUNTED, ORDERED, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.prepared import Rows, prepared
from portico.kernel.unit_of_work import session

_employee = Employee.__table__.c
_punch = Punch.__table__.c
_session = WorkSession.__table__.c
HIDDEN = ("bssid", "position")
"""What stands behind `attendance.location:read`, but for the person's own."""
LIVE = ("accepted", "pending")


def _by_day(operator: str, value: str) -> Any:
    day = date.fromisoformat(value)
    column = _punch.work_on
    found = {"eq": column == day, "lt": column < day, "lte": column <= day, "gt": column > day, "gte": column >= day}
    return found[operator]


PUNCHES = Listing(
    id_column=_punch.id,
    filters={
        "employee_id": Filter(column=_punch.employee_id, operators=("eq", "in")),
        "kind": Filter(column=_punch.kind, operators=("eq", "in"), choices=KINDS),
        "status": Filter(column=_punch.status, operators=("eq", "in"), choices=STATUSES),
        "method": Filter(column=_punch.method, operators=("eq", "in"), choices=METHODS),
        "evidence": Filter(column=_punch.evidence, operators=("eq", "in"), choices=EVIDENCE),
        "work_on": Filter(kind="date", clause=_by_day, operators=("eq", "lt", "lte", "gt", "gte")),
        "occurred_at": Filter(kind="instant", column=_punch.occurred_at, operators=ORDERED),
        "created_at": Filter(kind="instant", column=_punch.created_at, operators=ORDERED),
    },
    sorts={"occurred_at": Sort(_punch.occurred_at, instant=True), "created_at": Sort(_punch.id)},
    default_sort="-occurred_at",
)


def visible_to(actor: Actor) -> AnySelect:
    """One's own; with the scope of the team those of one's people, for HR everybody's."""
    return select(Punch.__table__).where(
        _punch.workspace_id == actor.workspace_id, *within_sight(actor, _punch.employee_id)
    )


@reaches("punch")
def _reach(reader: Reader) -> AnySelect:
    return select(_punch.id).where(
        _punch.workspace_id == reader.workspace_id, *within_range(reader, _punch.employee_id)
    )


def shown(actor: Actor, row: Mapping[Any, Any]) -> dict[str, Any]:
    """A punch as this actor may see it: where it was is for the person, and for the scope of places."""
    one = dict(row)
    lat, lng, accuracy_m = one.pop("lat"), one.pop("lng"), one.pop("accuracy_m")
    one["position"] = None if lat is None else {"lat": lat, "lng": lng, "accuracy_m": accuracy_m}
    own = one["employee_id"] == actor.employee_id and not actor.through_app
    if not own and not actor.may(permissions.LOCATION_READ.name):
        for name in HIDDEN:
            del one[name]
        one["redacted"] = sorted(HIDDEN)
    return one


def page_of_punches(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), PUNCHES, actor.workspace_id, query)
    return replace(found, rows=[shown(actor, row._mapping) for row in found.rows])


def whole_punch(actor: Actor, punch_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One punch with every field, for who changes it. Raises NotFound."""
    statement = visible_to(actor).where(_punch.id == punch_id)
    row = session().execute(statement.with_for_update(key_share=True) if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def punch(actor: Actor, punch_id: str) -> dict[str, Any]:
    """One punch as the actor may see it. Raises NotFound."""
    return shown(actor, whole_punch(actor, punch_id))


def pending(actor: Actor, limit: int) -> list[dict[str, Any]]:
    """What waits for a decision of this actor, the oldest first: not their own."""
    waiting = visible_to(actor).where(_punch.status == "pending", _punch.employee_id != (actor.employee_id or ""))
    return [shown(actor, row._mapping) for row in session().execute(waiting.order_by(_punch.id).limit(limit))]


def count_pending(actor: Actor) -> int:
    """How many wait, counted no further than lists count."""
    waiting = visible_to(actor).where(_punch.status == "pending", _punch.employee_id != (actor.employee_id or ""))
    counted = waiting.with_only_columns(_punch.id).limit(COUNTED + 1).subquery()
    return session().scalar(select(func.count()).select_from(counted)) or 0


def punches_of_days(workspace_id: str, employee_id: str, first: date, last: date) -> list[dict[str, Any]]:
    """Every punch of these work dates, in the order of time."""
    mine = select(Punch.__table__).where(_punch.workspace_id == workspace_id, _punch.employee_id == employee_id)
    found = session().execute(mine.where(_punch.work_on.between(first, last)).order_by(_punch.occurred_at, _punch.id))
    return [dict(row._mapping) for row in found]


def neighbour(workspace_id: str, employee_id: str, until: datetime) -> dict[str, Any] | None:
    """The latest punch that counts or may count, up to an instant."""
    return _first(_neighbour(workspace_id, employee_id, until))


def any_after(workspace_id: str, employee_id: str, moment: datetime) -> bool:
    """Whether a punch that counts or may count came later than this instant."""
    return bool(_after(workspace_id, employee_id, moment))


def of_correction(workspace_id: str, correction_id: str) -> dict[str, Any] | None:
    """The punch that an approved correction has made already."""
    made = select(Punch.__table__).where(_punch.workspace_id == workspace_id, _punch.method == "correction")
    row = session().execute(made.where(_punch.correction_id == correction_id)).one_or_none()
    return None if row is None else dict(row._mapping)


def punch_of(workspace_id: str, employee_id: str, punch_id: str) -> dict[str, Any] | None:
    """This punch, if it is this person's."""
    mine = select(Punch.__table__).where(_punch.workspace_id == workspace_id, _punch.employee_id == employee_id)
    row = session().execute(mine.where(_punch.id == punch_id)).one_or_none()
    return None if row is None else dict(row._mapping)


def by_device_seq(workspace_id: str, device_id: str, device_seq: int | None) -> dict[str, Any] | None:
    """What a device brought under this number."""
    return None if device_seq is None else _first(_by_seq(workspace_id, device_id, device_seq))


def by_device_instant(workspace_id: str, employee_id: str, device_id: str, at: datetime) -> dict[str, Any] | None:
    """What a device brought of this person and instant."""
    return _first(_by_instant(workspace_id, employee_id, device_id, at))


def last_position(workspace_id: str, employee_id: str, before: datetime) -> tuple[Position, datetime] | None:
    """Where the person clocked last, where that was kept."""
    mine = select(Punch.__table__).where(_punch.workspace_id == workspace_id, _punch.employee_id == employee_id)
    located = mine.where(_punch.lat.is_not(None), _punch.occurred_at <= before)
    row = session().execute(located.order_by(_punch.occurred_at.desc()).limit(1)).one_or_none()
    return None if row is None else (Position(row.lat, row.lng, row.accuracy_m), row.occurred_at)


def open_session(workspace_id: str, employee_id: str) -> dict[str, Any] | None:
    return _first(_open_session(workspace_id, employee_id))


def sessions_of_days(workspace_id: str, employee_id: str, first: date, last: date) -> list[dict[str, Any]]:
    """The sessions of these work dates, in the order of time."""
    mine = select(WorkSession.__table__).where(
        _session.workspace_id == workspace_id, _session.employee_id == employee_id
    )
    found = session().execute(
        mine.where(_session.work_on.between(first, last)).order_by(_session.opened_at, _session.id)
    )
    return [dict(row._mapping) for row in found]


def due_to_close(now: datetime, limit: int) -> Sequence[tuple[str, str]]:
    """Whose open session is over, in all workspaces, as (workspace, employee). In a system unit."""
    rows = session().execute(
        select(_session.workspace_id, _session.employee_id)
        .where(_session.state == "open", _session.due_at < now)
        .order_by(_session.due_at)
        .limit(limit)
    )
    return [(row.workspace_id, row.employee_id) for row in rows]


def own_punches(actor: Actor) -> list[dict[str, Any]]:
    """All that the acting person clocked, the newest first, for their own copy."""
    mine = select(Punch.__table__).where(
        _punch.workspace_id == actor.workspace_id, _punch.employee_id == actor.employee_id
    )
    return [dict(row._mapping) for row in session().execute(mine.order_by(_punch.occurred_at.desc(), _punch.id))]


def held(workspace_id: str, employee_id: str) -> str | None:
    """Holds the employee's row, so that of two punches of one person the second sees what the first did. Answers
    their status."""
    found = _held(workspace_id, employee_id).one_or_none()
    return None if found is None else str(found.status)


# At nine everybody clocks at once: what each of them asks is prepared.


def _first(rows: Rows) -> dict[str, Any] | None:
    found = rows.one_or_none()
    return None if found is None else dict(found._mapping)


def _of(workspace_id: str, employee_id: str) -> AnySelect:
    return select(Punch.__table__).where(_punch.workspace_id == workspace_id, _punch.employee_id == employee_id)


def _live() -> ColumnElement[bool]:
    return or_(*(_punch.status == one for one in LIVE))


@prepared
def _neighbour(workspace_id: str, employee_id: str, until: datetime) -> AnySelect:
    mine = _of(workspace_id, employee_id).where(_punch.occurred_at <= until, _live())
    return mine.order_by(_punch.occurred_at.desc(), _punch.id.desc()).limit(literal_column("1"))


@prepared
def _after(workspace_id: str, employee_id: str, moment: datetime) -> AnySelect:
    later = _of(workspace_id, employee_id).where(_punch.occurred_at > moment, _live())
    return later.with_only_columns(_punch.id).limit(literal_column("1"))


@prepared
def _open_session(workspace_id: str, employee_id: str) -> AnySelect:
    return select(WorkSession.__table__).where(
        _session.workspace_id == workspace_id, _session.employee_id == employee_id, _session.state == "open"
    )


@prepared
def _by_seq(workspace_id: str, device_id: str, device_seq: int) -> AnySelect:
    numbered = select(Punch.__table__).where(_punch.workspace_id == workspace_id, _punch.device_id == device_id)
    return numbered.where(_punch.device_seq == device_seq)


@prepared
def _by_instant(workspace_id: str, employee_id: str, device_id: str, at: datetime) -> AnySelect:
    same = _of(workspace_id, employee_id).where(_punch.occurred_at == at, _punch.device_id == device_id)
    return same.where(_punch.method == "import")


@prepared
def _held(workspace_id: str, employee_id: str) -> AnySelect:
    mine = select(_employee.status).where(_employee.workspace_id == workspace_id, _employee.id == employee_id)
    return mine.with_for_update(key_share=True)
