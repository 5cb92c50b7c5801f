"""The states of an employee, and what each step does besides."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import queries
from portico.domains.directory.errors import InvalidState
from portico.domains.directory.events import (
    EMPLOYEE_ACTIVATED,
    EMPLOYEE_DEPARTED,
    EMPLOYEE_REHIRED,
    EMPLOYEE_SUSPENDED,
)
from portico.domains.directory.service import inviting
from portico.domains.directory.service.employees import write_employee
from portico.domains.identity import service as identity
from portico.kernel.actor import Actor
from portico.kernel.events import EventType, emit


def _step(actor: Actor, employee_id: str, status: str, allowed: tuple[str, ...], event: EventType) -> dict[str, Any]:
    before = queries.whole_employee(actor, employee_id)
    if before["status"] == status:
        return queries.employee(actor, employee_id)
    if before["status"] not in allowed:
        raise InvalidState(f"An employee who is {before['status']} cannot become {status}.")
    write_employee(actor, before, {"status": status})
    emit(actor, event, queries.whole_employee(actor, employee_id), changes=["status"], before=before)
    return queries.employee(actor, employee_id)


def activate(actor: Actor, employee_id: str) -> dict[str, Any]:
    """The invited person came."""
    return _step(actor, employee_id, "active", ("invited",), EMPLOYEE_ACTIVATED)


def suspend(actor: Actor, employee_id: str) -> dict[str, Any]:
    """Keep the person out for now: sign-in, sessions and tokens of this workspace end at once. Raises InvalidState."""
    identity.end_membership(actor, employee_id)
    return _step(actor, employee_id, "suspended", ("active",), EMPLOYEE_SUSPENDED)


def reactivate(actor: Actor, employee_id: str) -> dict[str, Any]:
    """Let a suspended or departed person in again, with the same id. Raises InvalidState."""
    before = queries.whole_employee(actor, employee_id)
    event = EMPLOYEE_REHIRED if before["status"] == "departed" else EMPLOYEE_ACTIVATED
    row = _step(actor, employee_id, "active", ("suspended", "departed"), event)
    identity.resume_membership(actor, employee_id)
    return row


def depart(actor: Actor, employee_id: str) -> dict[str, Any]:
    """The person left: membership and open invitations end in the same transaction, the history stays.

    Raises Forbidden, InvalidState and LastOwner.
    """
    identity.end_membership(actor, employee_id)
    inviting.withdraw_all(actor, employee_id)
    return _step(actor, employee_id, "departed", ("invited", "active", "suspended"), EMPLOYEE_DEPARTED)
