"""What the directory does when identity's members come."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import queries, service
from portico.domains.directory.service.inviting import role_deleted
from portico.domains.identity import queries as identity
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.events import on


@on("member.joined")
def give_an_employee(actor: Actor, event: dict[str, Any]) -> None:
    """Every membership has exactly one employee: made with it, or invited before."""
    employee_id = event["data"]["employee_id"]
    try:
        known = queries.employee(actor, employee_id)
    except NotFound:
        member = identity.member(actor, event["data"]["id"])
        values = {"display_name": member.display_name, "primary_email": member.email}
        service.create_employee(actor, values, employee_id=employee_id)
        return
    if known["status"] == "invited":
        service.activate(actor, employee_id)


@on("role.deleted")
def invite_into_another(actor: Actor, event: dict[str, Any]) -> None:
    role_deleted(actor, event["data"]["id"], event["data"]["moved_to"])


@on("employee.departed")
@on("employee.suspended")
def end_presence(actor: Actor, event: dict[str, Any]) -> None:
    service.end_presence(actor, event["resource_id"])
