"""A word of the requester: on the ticket, or, when that is over, on one that follows it."""

from __future__ import annotations

from typing import Any

from portico.domains.tickets import permissions, queries, statuses
from portico.domains.tickets.errors import TicketClosed
from portico.domains.tickets.service import commenting, handing_out, opening
from portico.kernel import clock
from portico.kernel.actor import Actor


def add_comment(actor: Actor, ticket_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Write on a ticket. A public reply of the requester opens what was pending or solved; on what is over it begins a
    ticket that follows, or goes to the one that does already. The comment says on which ticket it stands.

    Raises InsufficientScope, NotFound, Forbidden, TicketClosed, NewerCommentExists and Invalid (5,000 are enough).
    """
    permissions.require_may_comment(actor, values["visibility"])
    ticket = queries.whole_ticket(actor, ticket_id, lock=True)
    is_reply = values["visibility"] == "public" and commenting.is_requester(actor, ticket)
    if is_reply and statuses.is_over(ticket, clock.now()):
        return _follow_up(actor, ticket, values)
    if ticket["status"] == "closed":
        raise TicketClosed()
    return commenting.write(actor, ticket, values)


def _follow_up(actor: Actor, ticket: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The ticket that is over is held, so that two replies at once begin one."""
    said = {name: value for name, value in values.items() if name != "expected_last_comment_id"}
    following = queries.follow_up_of(actor, ticket["id"])
    if following is not None:
        return add_comment(actor, following, said)
    known = {name: ticket[name] for name in ("subject", "requester", "channel", "queue_id")}
    begun = opening.begin(actor, known, follow_up_of=ticket["id"])
    comment = commenting.append(actor, begun, said)
    handing_out.hand_out(actor, begun)
    return comment
