"""What announcements do when something happens to people. Whose audience it changes is found out by the sweep."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portico.domains.announcements import queries, service
from portico.kernel.actor import Actor, system
from portico.kernel.events import on


@on("employee.created")
@on("employee.activated")
@on("employee.updated")
@on("employee.suspended")
@on("employee.rehired")
def look_at_person(actor: Actor, event: dict[str, Any]) -> None:
    service.mark(actor, event["resource_id"])


@on("member.role_changed")
def look_at_member(actor: Actor, event: dict[str, Any]) -> None:
    service.mark(actor, event["data"]["employee_id"])


@on("department.moved")
@on("department.archived")
@on("department.unarchived")
@on("department.deleted")
@on("group.members_changed")
@on("group.updated")
@on("group.deleted")
def look_at_everybody(actor: Actor, event: dict[str, Any]) -> None:
    service.mark(actor)


@on("employee.departed")
def let_go(actor: Actor, event: dict[str, Any]) -> None:
    """Who leaves is let go by the sweep; what they were about to say waits for somebody who stands by it."""
    service.put_mark(actor, event["resource_id"])
    service.hold_back_all(replace(system(actor.workspace_id), cause=actor.cause), event["resource_id"])


@on("approval.approved")
@on("approval.rejected")
@on("approval.withdrawn")
@on("approval.expired")
def review_ended(actor: Actor, event: dict[str, Any]) -> None:
    asked = event["data"]
    if asked["subject"]["type"] == queries.KIND:
        outcome = event["type"].removeprefix("approval.")
        service.request_ended(actor, asked["subject"]["id"], outcome, asked["note"])
