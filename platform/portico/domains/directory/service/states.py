"""The states of an employee, and what each step does besides, in the same transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from portico.domains.directory import queries
from portico.domains.directory.errors import InvalidState
from portico.domains.directory.events import (
    EMPLOYEE_ACTIVATED,
    EMPLOYEE_DEPARTED,
    EMPLOYEE_REHIRED,
    EMPLOYEE_SUSPENDED,
    EMPLOYEE_UPDATED,
)
from portico.domains.directory.ranges import require_within
from portico.domains.directory.service import inviting
from portico.domains.directory.service.employees import require_manager, write_employee
from portico.domains.directory.service.groups import leave_groups
from portico.domains.directory.service.holding import hold_departments, hold_tree
from portico.domains.directory.service.places import completed, require_departments, write_places
from portico.domains.identity import service as identity
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.events import EventType, emit
from portico.kernel.text import N_


def _require(row: dict[str, Any], status: str, allowed: tuple[str, ...]) -> None:
    if row["status"] not in allowed:
        hint = " Rehire them instead." if row["status"] == "departed" else ""
        raise InvalidState(f"An employee who is {row['status']} cannot become {status}.{hint}")


def _tell(actor: Actor, event: EventType, before: dict[str, Any]) -> dict[str, Any]:
    """Emit the step with all that it changed. Who leaves a department may leave the range of the app that did it."""
    anybody = replace(actor, data_range=None)
    now = queries.whole_employee(anybody, before["id"])
    changes = [name for name in (*queries.HIDDEN, "status", "departments") if before[name] != now[name]]
    emit(actor, event, queries.told(now), changes=changes, before=queries.told(before))
    return queries.employee(anybody, before["id"])


def _step(actor: Actor, employee_id: str, status: str, allowed: tuple[str, ...], event: EventType) -> dict[str, Any]:
    before = queries.whole_employee(actor, employee_id)
    if before["status"] == status:
        return queries.employee(actor, employee_id)
    _require(before, status, allowed)
    write_employee(actor, before, {"status": status})
    return _tell(actor, event, before)


def activate(actor: Actor, employee_id: str) -> dict[str, Any]:
    """The invited person came."""
    return _step(actor, employee_id, "active", ("invited",), EMPLOYEE_ACTIVATED)


def suspend(actor: Actor, employee_id: str) -> dict[str, Any]:
    """Keep the person out for now: sign-in, sessions and tokens of this workspace end at once, open tickets go back.

    Raises NotFound, Forbidden, InvalidState and LastOwner.
    """
    queries.whole_employee(actor, employee_id)
    identity.end_membership(actor, employee_id)
    return _step(actor, employee_id, "suspended", ("active",), EMPLOYEE_SUSPENDED)


def reactivate(actor: Actor, employee_id: str) -> dict[str, Any]:
    """Let a suspended person in again, in the role they had. Raises NotFound, Forbidden and InvalidState."""
    row = _step(actor, employee_id, "active", ("suspended",), EMPLOYEE_ACTIVATED)
    identity.resume_membership(actor, employee_id)
    return row


def depart(
    actor: Actor, employee_id: str, *, leaves_on: date | None = None, reassign_reports_to: str | None = None
) -> dict[str, Any]:
    """The person left. Login, tokens, open invitations, departments and groups end in the same transaction, open
    tickets go back; the history stays. Who reported to them reports to `reassign_reports_to`, where it is given.

    Raises NotFound, Forbidden, Invalid, InvalidState and LastOwner.
    """
    known = queries.whole_employee(actor, employee_id)
    if known["status"] == "departed":
        return queries.employee(actor, employee_id)
    identity.end_membership(actor, employee_id)
    inviting.withdraw_all(actor, employee_id)
    if reassign_reports_to is not None:
        _reassign(actor, known, reassign_reports_to)
    hold_departments(actor, [place["id"] for place in known["departments"]])
    before = queries.whole_employee(actor, employee_id, lock=True)
    _require(before, "departed", ("invited", "active", "suspended"))
    dates = {} if leaves_on is None else {"leaves_on": leaves_on}
    write_employee(actor, before, {"status": "departed", **dates})
    write_places(actor, {employee_id: (before["departments"], ())})
    leave_groups(actor, employee_id)
    return _tell(actor, EMPLOYEE_DEPARTED, before)


def _reassign(actor: Actor, leaver: dict[str, Any], to: str) -> None:
    """Give the leaver's people to another manager; those who stand above that one, and that one, to the leaver's."""
    hold_tree(actor)
    if to == leaver["id"]:
        raise invalid("/reassign_reports_to", "invalid", N_("This is who leaves."))
    require_manager(actor, to, "/reassign_reports_to")
    above = set(queries.managers_above(actor, to))
    for employee_id in queries.reports_of(actor, leaver["id"]):
        before = queries.whole_employee(actor, employee_id)
        manager_id = leaver["manager_id"] if employee_id in above else to
        write_employee(actor, before, {"manager_id": manager_id})
        row = queries.whole_employee(actor, employee_id)
        emit(actor, EMPLOYEE_UPDATED, queries.told(row), changes=["manager_id"], before=queries.told(before))


def rehire(
    actor: Actor, employee_id: str, *, departments: Sequence[dict[str, Any]] = (), **values: Any
) -> dict[str, Any]:
    """Somebody who left comes back: the same id and history, the role and login of before, in `departments` now.

    `values` are `hired_on`, and an address or a number where theirs is another's by now. Raises NotFound, Forbidden,
    Invalid, InvalidState and what is taken.
    """
    require_departments(actor, departments)
    before = queries.whole_employee(actor, employee_id, lock=True)
    if before["status"] == "active":
        return queries.employee(actor, employee_id)
    _require(before, "active", ("departed",))
    write_employee(actor, before, {"leaves_on": None, **values, "status": "active"})
    write_places(actor, {employee_id: (before["departments"], completed(departments))})
    require_within(actor, employee_id)
    identity.resume_membership(actor, employee_id)
    return _tell(actor, EMPLOYEE_REHIRED, before)
