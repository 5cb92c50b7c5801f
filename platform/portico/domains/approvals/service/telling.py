"""Who is told of a request in their inbox: who is to decide, who asked, and admins where nobody can decide."""

from __future__ import annotations

from typing import Any

from portico.domains.approvals import notices, queries
from portico.domains.directory import queries as directory
from portico.domains.identity import queries as identity
from portico.domains.notifications import service as notifications
from portico.kernel.actor import Actor
from portico.kernel.text import N_

_ASKED = N_("%(who)s asks for your approval: %(what)s")
_STUCK = N_("Nobody can decide about a request of %(who)s: %(what)s")
_ENDS = {
    "approved": N_("Your request was approved: %(what)s"),
    "rejected": N_("Your request was rejected: %(what)s"),
    "expired": N_("Nobody decided about your request in time: %(what)s"),
}
"""What one took back oneself is no news."""


def tell(actor: Actor, approval: dict[str, Any]) -> None:
    """As it stands now. Each is told once, however often this runs."""
    if approval["status"] == "pending":
        _tell_deciders(actor, approval)
        return
    for step in range(len(approval["modes"])):
        notifications.retract(actor.workspace_id, _key(approval, step))
    notifications.retract(actor.workspace_id, _stuck_key(approval))
    if approval["status"] in _ENDS:
        title, key = _ENDS[approval["status"]], f"approval:{approval['id']}:closed"
        _notify(actor, approval, notices.DECIDED.name, [approval["requester_id"]], title, key)


def _tell_deciders(actor: Actor, approval: dict[str, Any]) -> None:
    step = approval["step"]
    if step > 0:
        notifications.retract(actor.workspace_id, _key(approval, step - 1))
    rows = approval["steps"][step]["approvers"]
    waiting = [row["employee_id"] for row in rows if row["state"] == "waiting" and row["employee_id"] is not None]
    people = {*waiting, *queries.delegates_of(actor, waiting)} - {approval["requester_id"]}
    _notify(actor, approval, notices.WAITING.name, sorted(people), _ASKED, _key(approval, step))
    if approval["stuck"]:
        admins = identity.employees_with_roles(actor, ("admin", "owner"))
        _notify(actor, approval, notices.STUCK.name, admins, _STUCK, _stuck_key(approval))


def _key(approval: dict[str, Any], step: int) -> str:
    return f"approval:{approval['id']}:{step}"


def _stuck_key(approval: dict[str, Any]) -> str:
    return f"approval:{approval['id']}:stuck"


def _notify(actor: Actor, approval: dict[str, Any], kind: str, to: list[str], title: str, key: str) -> None:
    names = directory.names_of(actor, [approval["requester_id"]])
    notifications.notify(
        actor,
        kind,
        to,
        title=title,
        params={"who": names.get(approval["requester_id"], ""), "what": approval["title"]},
        url=f"/approvals/{approval['id']}",
        resource=("approval", approval["id"]),
        key=key,
    )
