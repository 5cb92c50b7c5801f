"""What people are told about tickets. Never what was written: that may be taken out of a ticket again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portico.domains.notifications.kinds import KINDS, MAIL_AND_PUSH, NotificationKind
from portico.domains.notifications.service import notify
from portico.domains.tickets import detail_queries, queries, queue_queries
from portico.kernel.actor import Actor, system
from portico.kernel.errors import NotFound
from portico.kernel.text import N_

ASSIGNED = KINDS.add(NotificationKind("ticket.assigned", N_("A ticket is given to me"), MAIL_AND_PUSH))
ANSWERED = KINDS.add(NotificationKind("ticket.answered", N_("Answers to what I asked for"), MAIL_AND_PUSH))
WRITTEN = KINDS.add(NotificationKind("ticket.written", N_("News on tickets that I have or follow")))
_GIVEN = N_("Ticket #%(number)s is given to you: %(subject)s")
_REPLY = N_("There is an answer on your ticket #%(number)s: %(subject)s")
_SOLVED = N_("Your ticket #%(number)s is solved: %(subject)s")
_NEWS = N_("There is something new on ticket #%(number)s: %(subject)s")


def _tell(actor: Actor, kind: str, people: Iterable[str | None], title: str, ticket: dict[str, Any], what: str) -> None:
    """Everybody but who did it."""
    to = [one for one in people if one is not None and one != actor.employee_id]
    if not to:
        return
    notify(
        actor,
        kind,
        to,
        title=title,
        params={"number": ticket["number"], "subject": ticket["subject"]},
        url=f"/tickets/{ticket['id']}",
        resource=("ticket", ticket["id"]),
        key=f"ticket:{ticket['id']}:{what}",
    )


def given(actor: Actor, ticket: dict[str, Any]) -> None:
    """Somebody has it now."""
    _tell(actor, ASSIGNED.name, [ticket.get("assignee_id")], _GIVEN, ticket, f"given:{ticket['version']}")


def solved(actor: Actor, ticket: dict[str, Any]) -> None:
    requester = ticket.get("requester", {}).get("employee_id")
    _tell(actor, ANSWERED.name, [requester], _SOLVED, ticket, f"solved:{ticket['version']}")


def written(actor: Actor, comment: dict[str, Any]) -> None:
    """The requester hears of public words alone; who works on it, of all."""
    workspace = system(actor.workspace_id)  # an app that may write need not see the ticket
    try:
        ticket = queries.whole_ticket(workspace, comment["ticket_id"])
    except NotFound:
        return  # it lies in the trash: nobody is told of what they cannot open
    requester = ticket["requester_employee_id"]
    if comment["visibility"] == "public":
        _tell(actor, ANSWERED.name, [requester], _REPLY, ticket, comment["id"])
    followers = detail_queries.follower_ids(workspace, ticket["id"])
    able = queue_queries.agents_among(workspace, followers) if comment["visibility"] == "internal" else followers
    others = {*able, ticket["assignee_id"]} - {requester}
    _tell(actor, WRITTEN.name, sorted(one for one in others if one), _NEWS, ticket, comment["id"])
