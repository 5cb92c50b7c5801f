"""What becomes of absences when others decide, come and go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.service import absence_changes, absence_types
from portico.domains.attendance.service.absences import SUBJECT
from portico.domains.directory import service as directory
from portico.domains.directory.presence import Standing, presence_source
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.events import on


@on("member.joined")
def begin_with_types(actor: Actor, event: dict[str, Any]) -> None:
    """A workspace begins with its first member."""
    absence_types.seed_types(actor)


@on("approval.approved")
@on("approval.rejected")
@on("approval.withdrawn")
@on("approval.expired")
def absence_decided(actor: Actor, event: dict[str, Any]) -> None:
    subject = event["data"]["subject"]
    if subject["type"] == SUBJECT:
        absence_changes.approval_ended(actor, subject["id"], event["type"].removeprefix("approval."))


@presence_source("on_leave")
def on_leave(workspace_id: str, employee_ids: Sequence[str], at: datetime) -> dict[str, Standing]:
    """Who is away says so everywhere: tickets go to others, reminders and digests wait."""
    return {
        employee_id: Standing("on_leave", until)
        for employee_id, until in queries.away_at(workspace_id, employee_ids, at).items()
    }


@on("absence.approved")
@on("absence.cancelled")
@on("absence.changed")
def tell_presence(actor: Actor, event: dict[str, Any]) -> None:
    """That somebody is away, or is not any more, is told when it begins: soon, or on that day."""
    absence = queries.absence(system(actor.workspace_id), event["resource_id"])
    at = max(clock.now(), absence["starts_at"])
    directory.look_again(actor.workspace_id, absence["employee_id"], at)


@on("employee.departed")
def nobody_is_away_who_left(actor: Actor, event: dict[str, Any]) -> None:
    absence_changes.cancel_to_come(actor, event["resource_id"])
