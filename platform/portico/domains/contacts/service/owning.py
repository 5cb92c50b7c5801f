"""Who looks after a contact or a company."""

from __future__ import annotations

from portico.domains.directory import queries as directory
from portico.domains.directory import ranges
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid


def require_owner(actor: Actor, employee_id: str | None) -> None:
    """An active employee within the actor's range, or nobody. Raises OutOfRange and Invalid."""
    ranges.require_within(actor, employee_id)
    if employee_id is not None and directory.active_employee(actor, employee_id) is None:
        raise invalid("/owner_employee_id", "invalid", "There is no active employee with this id.")
