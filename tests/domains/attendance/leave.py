"""Absences for tests."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from portico.domains.approvals import queries as approvals
from portico.domains.approvals import service as deciding
from portico.domains.attendance.models import AttendancePeriod, Workday
from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.schemas.absences import AbsenceCreate
from portico.domains.attendance.service import absences
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.ids import new_id
from portico.kernel.schemas import load
from tests.domains.approvals.asking import told
from tests.support.cast import Cast


def span(first: str, last: str | None = None) -> dict[str, Any]:
    """`"2026-12-01 pm"` to `"2026-12-03"`."""
    return {name: _edge(value) for name, value in (("from", first), ("to", last or first))}


def _edge(value: str) -> dict[str, str]:
    on, _, slot = value.partition(" ")
    return {"on": on, "slot": slot or "full"}


def ask(cast: Cast, first: str, last: str | None = None, *, by: Any = "employee", **more: Any) -> dict[str, Any]:
    return write(cast, {**span(first, last), **more}, by=by)


def write(cast: Cast, body: dict[str, Any], *, by: Any = "employee") -> dict[str, Any]:
    actor: Actor = by if isinstance(by, Actor) else cast.actor(by)
    with cast.writing():
        values = load(AbsenceCreate(), {"type_key": "vacation", **body})
        return absences.create_absence(actor, values)[1]


def decide(cast: Cast, absence: dict[str, Any], decision: str = "approved", *, by: str = "hr_admin") -> dict[str, Any]:
    """By who is asked, in the inbox of all."""
    with cast.writing():
        [approval_id] = approvals.about(cast.system(), "absence", [absence["id"]]).values()
        deciding.decide(cast.actor(by), approval_id, decision)
    return read(cast, absence)


def read(cast: Cast, absence: dict[str, Any]) -> dict[str, Any]:
    with cast.reading():
        return queries.absence(cast.system(), absence["id"])


def events(cast: Cast, absence: dict[str, Any]) -> list[str]:
    return [name.removeprefix("absence.") for name in told(cast, absence)]


def lock(cast: Cast, month: str) -> None:
    now = clock.now()
    with cast.writing() as work:
        row = {"workspace_id": cast.acme, "id": new_id("per"), "month": month, "state": "locked", "version": 1}
        work.execute(insert(AttendancePeriod), [{**row, "created_at": now, "updated_at": now}])


def stale(cast: Cast, name: str = "employee") -> list[str]:
    """The days of a person that are to be reckoned anew."""
    with cast.reading() as work:
        mine = (Workday.workspace_id == cast.acme, Workday.employee_id == cast.employee_id(name), Workday.stale)
        return [on.isoformat() for on in work.scalars(select(Workday.work_on).where(*mine).order_by(Workday.work_on))]
