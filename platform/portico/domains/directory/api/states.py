"""How employees come, pause, go and come back."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import schemas, service
from portico.domains.directory.api.blueprint import WRITE, blp
from portico.domains.directory.api.employees import EMPLOYEE
from portico.kernel.actor import Actor
from portico.kernel.schemas import Nothing


@blp.post(
    f"{EMPLOYEE}/suspend",
    scope=WRITE,
    body=Nothing,
    optional_body=True,
    answer=schemas.Employee,
    summary="Suspend an employee: sign-in and tokens end at once",
    refusals=("invalid_state", "last_owner"),
)
def suspend_employee(actor: Actor, employee_id: str, body: dict[str, Any]) -> Any:
    """Their open tickets go back to whoever takes them; departments, groups and manager stay."""
    return service.suspend(actor, employee_id)


@blp.post(
    f"{EMPLOYEE}/reactivate",
    scope=WRITE,
    body=Nothing,
    optional_body=True,
    answer=schemas.Employee,
    summary="Let a suspended employee in again",
    refusals=("invalid_state",),
)
def reactivate_employee(actor: Actor, employee_id: str, body: dict[str, Any]) -> Any:
    """In the role they had. Tokens that ended stay ended."""
    return service.reactivate(actor, employee_id)


@blp.post(
    f"{EMPLOYEE}/depart",
    scope=WRITE,
    body=schemas.Departure,
    optional_body=True,
    answer=schemas.Employee,
    summary="Record that an employee left",
    refusals=("invalid_state", "last_owner"),
)
def depart_employee(actor: Actor, employee_id: str, body: dict[str, Any]) -> Any:
    """Login, tokens, invitations, departments and groups end, open tickets go back; the history stays. With
    `reassign_reports_to` the people who reported to them have that manager; without, they keep the one who left."""
    return service.depart(actor, employee_id, **body)


@blp.post(
    f"{EMPLOYEE}/rehire",
    scope=WRITE,
    body=schemas.Rehiring,
    optional_body=True,
    answer=schemas.Employee,
    summary="Take back an employee who left, with the same id",
    refusals=("invalid_state", "email_taken", "employee_no_taken"),
)
def rehire_employee(actor: Actor, employee_id: str, body: dict[str, Any]) -> Any:
    """They stand in `departments` and in no other, in no group, and may sign in in the role they had. Where their
    address or number is another's by now, give a new one."""
    return service.rehire(actor, employee_id, **body)
