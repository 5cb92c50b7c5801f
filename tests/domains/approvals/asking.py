"""Requests for tests: who asks, who decides, what stands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any

from sqlalchemy import select

from portico.domains.approvals import queries, service
from portico.domains.approvals.service import Step
from portico.domains.directory import service as directory
from portico.kernel.actor import Actor
from portico.kernel.events import Event
from portico.kernel.listing import ListQuery
from tests.support.cast import Cast

_numbers = count(1)


def ask(cast: Cast, *steps: Step, by: str = "employee", **more: Any) -> dict[str, Any]:
    given = {"kind": "thing", "title": "Thing", "subject": ("thing", f"thg_{next(_numbers)}"), **more}
    with cast.writing():
        return service.ask(
            cast.actor(by), requester_id=cast.employee_id(by), steps=steps or [named(cast, "hr_admin")], **given
        )


def named(cast: Cast, *names: str, mode: Any = "any") -> Step:
    return Step([cast.employee_id(name) for name in names], mode)


def decide(cast: Cast, approval: dict[str, Any], by: str, decision: str = "approved", **more: Any) -> dict[str, Any]:
    with cast.writing():
        return service.decide(cast.actor(by), approval["id"], decision, **more)


def read(cast: Cast, approval: dict[str, Any]) -> dict[str, Any]:
    with cast.reading():
        return queries.approval(cast.system(), approval["id"])


def inbox(cast: Cast, by: str) -> list[str]:
    with cast.reading():
        return [row["id"] for row in queries.inbox(cast.actor(by), ListQuery()).rows]


def states(cast: Cast, approval: dict[str, Any], step: int = 0) -> dict[str | None, str]:
    """By name, who stands where in a step."""
    names: dict[str | None, str | None] = {cast.employee_id(name): name for name in cast.users}
    rows = read(cast, approval)["steps"][step]["approvers"]
    return {names.get(row["employee_id"], row["employee_id"]): row["state"] for row in rows}


def told(cast: Cast, approval: dict[str, Any]) -> list[str]:
    with cast.reading() as work:
        mine = (Event.workspace_id == cast.acme, Event.resource_id == approval["id"])
        found = work.scalars(select(Event.type).where(*mine).order_by(Event.seq))
        return [name.removeprefix("approval.") for name in found]


def manager(cast: Cast, of: str, name: str) -> None:
    with cast.writing():
        values = {"manager_id": cast.employee_id(name)}
        directory.update_employee(cast.actor("owner"), cast.employee_id(of), values)


def depart(cast: Cast, name: str) -> None:
    with cast.writing():
        directory.depart(cast.actor("owner"), cast.employee_id(name))


def suspend(cast: Cast, name: str) -> None:
    with cast.writing():
        directory.suspend(cast.actor("owner"), cast.employee_id(name))


def app(cast: Cast, *scopes: str, installation_id: str = "ins_01jd0000000000000000000000", **more: Any) -> Actor:
    about: Any = {"kind": "app", "workspace_id": cast.acme, "id": installation_id, "scopes": frozenset(scopes), **more}
    return Actor(installation_id=installation_id, display_name="Leave", **about)


def people(approvers: Sequence[dict[str, Any]]) -> list[str | None]:
    return [row["employee_id"] for row in approvers if row["state"] != "replaced"]
