"""Punches over the API."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance import service
from portico.domains.attendance.api.blueprint import blp
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.queries import today
from portico.domains.attendance.schemas import punches as schemas
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.kernel.schemas import load
from portico.web.api import Created
from portico.web.batch import Batch, BatchAnswer, Changes, run

_ONE = '/attendance/punches/<id("pun"):punch_id>'


@blp.post(
    "/attendance/punches",
    scope="attendance:punch",
    people_only=True,
    body=schemas.PunchCreate,
    answer=schemas.Punch,
    also=(201,),
    summary="Clock in or out, begin or end a break",
    refusals=(
        *("already_clocked_in", "not_clocked_in", "already_on_break", "not_on_break", "no_attendance_rule"),
        *("punch_method_not_allowed", "punch_refused", "punch_too_old"),
    ),
)
def create_punch(actor: Actor, body: dict[str, Any]) -> Any:
    """For oneself, now, by the server's clock. The same step again within 60 seconds is the first one, with 200; a
    second `in` later than that is `409 already_clocked_in` with the open `session`. Without a network: say with
    `offset_s` how many seconds ago it was; up to 24 hours it is taken as `pending`."""
    done = service.clock_step(actor, body)
    punch = done.punch
    return Created(punch, f"/api/v1/attendance/punches/{punch['id']}") if done.fresh else punch


@blp.get(
    "/attendance/punches",
    scope="attendance:read",
    listing=queries.PUNCHES,
    answer=schemas.Punch,
    summary="List punches",
)
def list_punches(actor: Actor, query: ListQuery) -> Page:
    """Your own; with `attendance.team:read` also those of your people, for HR and apps everybody's in range. Where a
    punch was made is for the person and for `attendance.location:read`, and for 90 days."""
    return queries.page_of_punches(actor, query)


@blp.get(_ONE, scope="attendance:read", answer=schemas.Punch, summary="Read a punch")
def get_punch(actor: Actor, punch_id: str) -> Any:
    return queries.punch(actor, punch_id)


@blp.post(
    f"{_ONE}/accept",
    scope=("attendance.team:read", "attendance.team:approve"),
    people_only=True,
    body=schemas.PunchDecision,
    optional_body=True,
    answer=schemas.Punch,
    summary="Let a pending punch count",
    refusals=("punch_decided",),
)
def accept_punch(actor: Actor, punch_id: str, body: dict[str, Any]) -> Any:
    """Of who reports to you, as HR of anybody; never your own."""
    return service.accept_punch(actor, punch_id, body["note"])


@blp.post(
    f"{_ONE}/reject",
    scope=("attendance.team:read", "attendance.team:approve"),
    people_only=True,
    body=schemas.PunchDecision,
    optional_body=True,
    answer=schemas.Punch,
    summary="Let a pending punch not count",
    refusals=("punch_decided",),
)
def reject_punch(actor: Actor, punch_id: str, body: dict[str, Any]) -> Any:
    """It stays where everybody concerned sees it."""
    return service.reject_punch(actor, punch_id, body["note"])


class _Rows(Changes):
    """Rows of devices know no update: one that is there already is answered again, with 200."""

    def apply(self, actor: Actor, item: dict[str, Any]) -> tuple[int, Any]:
        done = service.bring_in(actor, load(schemas.PunchRow(), item))
        return 201 if done.fresh else 200, done.punch


_ROWS = _Rows(
    create_schema=schemas.PunchRow,
    update_schema=schemas.PunchRow,
    answer=schemas.Punch,
    create=service.bring_in,
    update=lambda actor, punch_id, values: service.bring_in(actor, values),
)


@blp.post(
    "/attendance/punches/import",
    scope="attendance:import",
    body=Batch,
    answer=BatchAnswer,
    summary="Bring in punches of devices",
    refusals=("period_locked", "device_seq_taken"),
)
def import_punches(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Each row is `{employee_id | employee_no, kind?, occurred_at, device_id, device_seq?}`, in any order and as often
    as you like: a row is the same by device and `device_seq`, or by person, instant and device. Each has its own answer
    in the order of the rows: 201, 200 for what was there, or an `error`."""
    return run(actor, body, _ROWS)


@blp.get(
    "/attendance/today",
    scope="attendance:read",
    parameters={"employee_id": False},
    answer=schemas.Today,
    summary="Read what holds now",
)
def get_attendance_today(actor: Actor, employee_id: str | None = None) -> Any:
    """The rule, the shifts around now with their windows, the open session, and what can come next: yours, or of an
    employee whose punches you may see."""
    return today.today_of(actor, employee_id)
