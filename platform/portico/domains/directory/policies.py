"""Reads of how and when people want to be told."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portico.domains.directory.models import NotificationPolicy
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_policy = NotificationPolicy.__table__.c
WITHOUT: dict[str, Any] = {
    "working_hours": {},
    "timezone": None,
    "hold_outside": False,
    "digest_at": None,
    "urgent_allowed": True,
    "channels": {},
}
"""What holds for who has said nothing."""


def policy(actor: Actor, employee_id: str) -> dict[str, Any]:
    """The policy of an employee; version 0 is that of nobody yet."""
    row = (
        session()
        .execute(
            select(NotificationPolicy.__table__).where(
                _policy.workspace_id == actor.workspace_id, _policy.employee_id == employee_id
            )
        )
        .one_or_none()
    )
    return {**WITHOUT, "updated_at": None, "version": 0} if row is None else dict(row._mapping)
