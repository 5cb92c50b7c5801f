"""How a request is changed: held, then written if nobody was faster, then told."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, update

from portico.domains.approvals import queries
from portico.domains.approvals.models import Approval, ApprovalApprover
from portico.domains.approvals.service import telling
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.errors import Conflict
from portico.kernel.events import EventType, emit
from portico.kernel.unit_of_work import session

table = cast(Table, Approval.__table__)
approvers = cast(Table, ApprovalApprover.__table__)


def who(actor: Actor) -> dict[str, Any]:
    """The actor as a request keeps it; an app with its name, which outlives it."""
    name = actor.display_name if actor.through_app else None
    return {**actor.as_dict(), **({"name": name} if name else {})}


def read(actor: Actor, approval_id: str) -> dict[str, Any]:
    """As it is now, whatever the actor may still see of it."""
    return queries.approval(system(actor.workspace_id), approval_id)


def write(actor: Actor, before: dict[str, Any], values: dict[str, Any]) -> None:
    """One UPDATE that takes only on the version and the step that were read. Raises Conflict."""
    done = session().execute(
        update(table)
        .where(table.c.workspace_id == actor.workspace_id, table.c.id == before["id"])
        .where(table.c.version == before["version"], table.c.step == before["step"], table.c.status == "pending")
        .values({**values, "updated_at": clock.now(), "version": before["version"] + 1})
        .returning(table.c.id)
    )
    if done.one_or_none() is None:
        raise Conflict()


def move(actor: Actor, approval_id: str, values: dict[str, Any], *which: Any) -> None:
    """Change the rows of approvers that meet these conditions."""
    session().execute(
        update(approvers)
        .where(approvers.c.workspace_id == actor.workspace_id, approvers.c.approval_id == approval_id, *which)
        .values(values)
    )


def close(
    actor: Actor, before: dict[str, Any], status: str, event: EventType, *, note: str | None = None
) -> dict[str, Any]:
    """The end of a request: what nobody said is passed by."""
    ended = {"status": status, "stuck": False, "closed_at": clock.now(), "closed_by": who(actor), "note": note}
    write(actor, before, ended)
    move(actor, before["id"], {"state": "passed"}, approvers.c.state.in_(("later", "waiting")))
    return tell(actor, before["id"], event)


def tell(actor: Actor, approval_id: str, event: EventType) -> dict[str, Any]:
    """Emit, and tell who is concerned; an app's request is told to that app alone. Answers the request as it stands."""
    after = read(actor, approval_id)
    emit(actor, event, after, installation_id=None if after["source"] == queries.CORE else after["source"])
    telling.tell(actor, after)
    return after
