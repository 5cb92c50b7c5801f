"""What stands in the record of each workspace of a person about how they sign in."""

from __future__ import annotations

from typing import Any

from portico.domains.identity import queries
from portico.kernel.actor import Actor, system
from portico.kernel.events import EventType, emit


def record(
    user_id: str, kind: EventType, subject_id: str | None = None, *, by_platform: bool = False, **about: Any
) -> None:
    """In the name of the person, who may not be who did it: that is what the record is read for. Or in the name of
    the platform, for what its operator did."""
    for row in queries.memberships_of_user(user_id):
        person = Actor(
            kind="employee",
            workspace_id=row.workspace_id,
            id=row.employee_id,
            employee_id=row.employee_id,
            membership_id=row.id,
            user_id=user_id,
            role=row.role,
        )
        emit(
            system(row.workspace_id) if by_platform else person,
            kind,
            {"id": subject_id or row.id, "employee_id": row.employee_id, **about},
        )
