"""People come, go and move: which attendance group are they in from then on?"""

from __future__ import annotations

from typing import Any

from portico.domains.attendance.jobs.settling import SETTLE
from portico.domains.attendance.service import settling, staling
from portico.kernel.actor import Actor
from portico.kernel.events import on
from portico.kernel.jobs import enqueue


@on("employee.created")
@on("employee.activated")
@on("employee.departed")
@on("employee.rehired")
@on("employee.updated")
def settle_one(actor: Actor, event: dict[str, Any]) -> None:
    settling.settle_people(actor, [event["resource_id"]])


@on("employee.departed")
@on("employee.rehired")
@on("employee.updated")
def employed_otherwise(actor: Actor, event: dict[str, Any]) -> None:
    """Days before one was hired, and after one left, are none; and the zone is the person's where no group says one."""
    if event["changes"] is None or {"hired_on", "leaves_on", "timezone"}.intersection(event["changes"]):
        staling.person_changed(actor, event["resource_id"], staling.FIRST)


@on("department.moved")
@on("department.archived")
@on("department.unarchived")
@on("department.deleted")
@on("group.members_changed")
@on("group.deleted")
def settle_all(actor: Actor, event: dict[str, Any]) -> None:
    """Many at once: a job asks for all."""
    enqueue(actor, SETTLE)
