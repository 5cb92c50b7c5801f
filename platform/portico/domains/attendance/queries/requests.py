"""Reads of requests for overtime and for corrections; each begins at whose the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from portico.domains.attendance.models import AttendanceCorrection, OvertimeRequest, Workday
from portico.domains.attendance.models.requests import CORRECTED_KINDS, CORRECTION_STATUSES, OVERTIME_STATUSES
from portico.domains.attendance.queries.reach import within_sight
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_overtime = OvertimeRequest.__table__.c
_correction = AttendanceCorrection.__table__.c
_workday = Workday.__table__.c

OVERTIME = Listing(
    id_column=_overtime.id,
    filters={
        "employee_id": Filter(column=_overtime.employee_id, operators=("eq", "in")),
        "status": Filter(column=_overtime.status, operators=("eq", "ne", "in"), choices=OVERTIME_STATUSES),
        "work_on": Filter(kind="date", column=_overtime.work_on, operators=("eq", "lt", "lte", "gt", "gte")),
        "updated_at": Filter(kind="instant", column=_overtime.updated_at, operators=ORDERED),
    },
    sorts={"created_at": Sort(_overtime.id)},
)
CORRECTIONS = Listing(
    id_column=_correction.id,
    filters={
        "employee_id": Filter(column=_correction.employee_id, operators=("eq", "in")),
        "status": Filter(column=_correction.status, operators=("eq", "ne", "in"), choices=CORRECTION_STATUSES),
        "kind": Filter(column=_correction.kind, operators=("eq", "in", "exists"), choices=CORRECTED_KINDS),
        "work_on": Filter(kind="date", column=_correction.work_on, operators=("eq", "lt", "lte", "gt", "gte")),
        "updated_at": Filter(kind="instant", column=_correction.updated_at, operators=ORDERED),
    },
    sorts={"created_at": Sort(_correction.id)},
)


TEAM, WRITE, ADMIN = "attendance.team:read", "attendance.requests:write", "attendance:admin"


def overtime_visible_to(actor: Actor, scope: str = TEAM) -> AnySelect:
    """`scope` is what the operation asked for: who decides finds what they decide, also without reading."""
    return select(OvertimeRequest.__table__).where(
        _overtime.workspace_id == actor.workspace_id, *within_sight(actor, _overtime.employee_id, scope=scope)
    )


def corrections_visible_to(actor: Actor, scope: str = TEAM) -> AnySelect:
    return select(AttendanceCorrection.__table__).where(
        _correction.workspace_id == actor.workspace_id, *within_sight(actor, _correction.employee_id, scope=scope)
    )


@reaches("overtime")
def _reach_of_overtime(reader: Reader) -> AnySelect:
    return select(_overtime.id).where(
        _overtime.workspace_id == reader.workspace_id, *within_range(reader, _overtime.employee_id)
    )


@reaches("correction")
def _reach_of_corrections(reader: Reader) -> AnySelect:
    return select(_correction.id).where(
        _correction.workspace_id == reader.workspace_id, *within_range(reader, _correction.employee_id)
    )


def with_credit(actor: Actor, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """Approved overtime with what its day came to, where that is reckoned."""
    days = {(row.employee_id, row.work_on) for row in rows if row.status == "approved"}
    credits: dict[tuple[str, date], int] = {}
    if days:
        found = session().execute(
            select(_workday.employee_id, _workday.work_on, _workday.overtime_s).where(
                _workday.workspace_id == actor.workspace_id,
                _workday.employee_id.in_({who for who, _ in days}),
                _workday.work_on.in_({on for _, on in days}),
                ~_workday.stale,
                _workday.status != "open",
            )
        )
        credits = {(row.employee_id, row.work_on): row.overtime_s // 60 for row in found}
    return [
        {
            **row._mapping,
            "credited_minutes": credits.get((row.employee_id, row.work_on)) if row.status == "approved" else None,
        }
        for row in rows
    ]


def overtime(actor: Actor, overtime_id: str, *, lock: bool = False, scope: str = TEAM) -> dict[str, Any]:
    """Raises NotFound."""
    statement = overtime_visible_to(actor, scope).where(_overtime.id == overtime_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return with_credit(actor, [row])[0]


def page_of_overtime(actor: Actor, query: ListQuery) -> Page:
    found = page(overtime_visible_to(actor), OVERTIME, actor.workspace_id, query)
    return replace(found, rows=with_credit(actor, found.rows))


def own_overtime(actor: Actor) -> list[dict[str, Any]]:
    """Every request of the person themselves, the newest first."""
    own = overtime_visible_to(actor).where(_overtime.employee_id == actor.employee_id).order_by(_overtime.id.desc())
    return with_credit(actor, session().execute(own).all())


def own_corrections(actor: Actor) -> list[dict[str, Any]]:
    """Every correction that the person themselves asked for, the newest first."""
    own = corrections_visible_to(actor).where(_correction.employee_id == actor.employee_id)
    return [dict(row._mapping) for row in session().execute(own.order_by(_correction.id.desc()))]


def correction(actor: Actor, correction_id: str, *, lock: bool = False, scope: str = TEAM) -> dict[str, Any]:
    """Raises NotFound."""
    statement = corrections_visible_to(actor, scope).where(_correction.id == correction_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def page_of_corrections(actor: Actor, query: ListQuery) -> Page:
    return page(corrections_visible_to(actor), CORRECTIONS, actor.workspace_id, query)


def corrections_in_month(workspace_id: str, employee_id: str, on: date) -> int:
    """How many a person has asked for in the month of this date that were not refused or taken back."""
    first = on.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    statement = select(func.count()).where(
        _correction.workspace_id == workspace_id,
        _correction.employee_id == employee_id,
        _correction.status.in_(("submitted", "approved")),
        _correction.work_on >= first,
        _correction.work_on < following,
    )
    return session().scalar(statement) or 0
