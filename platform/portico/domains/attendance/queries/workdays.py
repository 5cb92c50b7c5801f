"""Reads of workdays; each begins at whom the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, select

from portico.domains.attendance.models import Workday
from portico.domains.attendance.models.workdays import STATUSES
from portico.domains.attendance.queries.reach import within_sight
from portico.domains.attendance.queries.setup import dated
from portico.domains.directory.ranges import within_range
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

DAY = cast(Table, Workday.__table__)


def _troubled(operator: str, value: Any) -> ColumnElement[bool]:
    return DAY.c.status == "exception" if value else DAY.c.status != "exception"


WORKDAYS = Listing(
    DAY.c.id,
    filters={
        "employee_id": Filter(column=DAY.c.employee_id),
        "work_on": dated(DAY.c.work_on),
        "group_id": Filter(column=DAY.c.group_id),
        "status": Filter(column=DAY.c.status, choices=STATUSES),
        "stale": Filter(kind="bool", column=DAY.c.stale, operators=("eq",)),
        "exception": Filter(kind="bool", clause=_troubled, operators=("eq",)),
    },
    sorts={"work_on": Sort(DAY.c.work_on, instant=True), "created_at": Sort(DAY.c.id)},
    default_sort="-work_on",
)


@reaches("workday")
def _reach(reader: Reader) -> AnySelect:
    return select(DAY.c.id).where(DAY.c.workspace_id == reader.workspace_id, *within_range(reader, DAY.c.employee_id))


def visible_to(actor: Actor) -> AnySelect:
    return select(DAY).where(DAY.c.workspace_id == actor.workspace_id, *within_sight(actor, DAY.c.employee_id))


def plain(value: Any) -> Any:
    """As JSON stores it: instants as text."""
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    if isinstance(value, Mapping):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


_MINUTES = ("planned", "worked", "paid", "break", "late", "early", "absent", "overtime", "absence")


def shown(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A day as it goes out: in minutes, with what its details hold."""
    details = row["details"]
    return {
        **row,
        **{f"{name}_minutes": row[f"{name}_s"] // 60 for name in _MINUTES},
        "worked_seconds": row["worked_s"],
        "absence_by_type": {key: value // 60 for key, value in details.get("absence_by_type", {}).items()},
        "first_in_at": _instant(details.get("first_in_at")),
        "last_out_at": _instant(details.get("last_out_at")),
        "day_credit": details.get("day_credit", 0),
        "holiday": details.get("holiday"),
        "shifts": details.get("shifts", []),
    }


def _instant(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(value)


def page_of_workdays(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), WORKDAYS, actor.workspace_id, query)
    return replace(found, rows=[shown(row._mapping) for row in found.rows])


def row(actor: Actor, workday_id: str, *, lock: bool = False) -> dict[str, Any]:
    """Raises NotFound."""
    statement = visible_to(actor).where(DAY.c.id == workday_id)
    found = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if found is None:
        raise NotFound()
    return dict(found._mapping)


def workday(actor: Actor, workday_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    return shown(row(actor, workday_id))


def days_between(actor: Actor, first: date, last: date, *only: ColumnElement[bool]) -> list[dict[str, Any]]:
    """For pages and reports: by person and date."""
    statement = visible_to(actor).where(DAY.c.work_on.between(first, last), *only)
    rows = session().execute(statement.order_by(DAY.c.employee_id, DAY.c.work_on)).mappings()
    return [dict(found) for found in rows]


def stale_days(limit: int) -> dict[str, list[tuple[str, date]]]:
    """Days of all workspaces that wait to be computed, by workspace. In a system unit."""
    rows = session().execute(
        select(DAY.c.workspace_id, DAY.c.employee_id, DAY.c.work_on)
        .where(DAY.c.stale)
        .order_by(DAY.c.workspace_id, DAY.c.employee_id, DAY.c.work_on)
        .limit(limit)
    )
    found: dict[str, list[tuple[str, date]]] = {}
    for one in rows:
        found.setdefault(one.workspace_id, []).append((one.employee_id, one.work_on))
    return found


def count_stale(workspace_id: str) -> int:
    statement = select(func.count()).select_from(DAY).where(DAY.c.workspace_id == workspace_id, DAY.c.stale)
    return session().scalar(statement) or 0
