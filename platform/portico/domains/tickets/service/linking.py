"""What ties tickets to each other and to those who follow them."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, delete, insert, select
from sqlalchemy.exc import IntegrityError

from portico.domains.tickets import detail_queries, events, permissions, queries, queue_queries
from portico.domains.tickets.errors import LinkContradicts, LinkExists, TicketClosed
from portico.domains.tickets.models import TicketCounter, TicketFollower, TicketLink
from portico.domains.tickets.service import history
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

MAX_FOLLOWERS = 100
_links = cast(Table, TicketLink.__table__)
_followers = cast(Table, TicketFollower.__table__)
_counter = TicketCounter.__table__.c


def _worked_on(actor: Actor, ticket_id: str) -> dict[str, Any]:
    """A ticket that the actor works on, held. Raises NotFound and Forbidden."""
    ticket = queries.whole_ticket(actor, ticket_id, lock=True)
    permissions.require_works_on_tickets(actor)
    return ticket


def follow_ticket(actor: Actor, ticket_id: str, employee_id: str) -> dict[str, Any]:
    """Let somebody of the team follow; who does already does. Raises NotFound, Forbidden and Invalid."""
    _worked_on(actor, ticket_id)
    known = detail_queries.follower(actor, ticket_id, employee_id)
    if known is not None:
        return known
    if employee_id not in queue_queries.agents_among(actor, [employee_id]):
        raise invalid("/employee_id", "invalid", "There is no active employee with this id who works on tickets.")
    if detail_queries.follower_count(actor, ticket_id) >= MAX_FOLLOWERS:
        raise invalid("/employee_id", "too_many", f"At most {MAX_FOLLOWERS} people follow a ticket.")
    row = {"ticket_id": ticket_id, "employee_id": employee_id, "created_at": clock.now()}
    session().execute(insert(_followers), [{**row, "workspace_id": actor.workspace_id}])
    history.note(actor, "followed", ticket_id, {"follower_id": {"from": None, "to": employee_id}})
    emit(actor, events.TICKET_FOLLOWED, row, resource_id=ticket_id)
    return row


def unfollow_ticket(actor: Actor, ticket_id: str, employee_id: str) -> None:
    """Raises NotFound and Forbidden."""
    _worked_on(actor, ticket_id)
    row = detail_queries.follower(actor, ticket_id, employee_id)
    if row is None:
        raise NotFound()
    mine = (_followers.c.workspace_id == actor.workspace_id, _followers.c.ticket_id == ticket_id)
    session().execute(delete(_followers).where(*mine, _followers.c.employee_id == employee_id))
    history.note(actor, "unfollowed", ticket_id, {"follower_id": {"from": employee_id, "to": None}})
    emit(actor, events.TICKET_UNFOLLOWED, row, resource_id=ticket_id)


def link_ticket(actor: Actor, ticket_id: str, kind: str, other_id: str) -> dict[str, Any]:
    """Link two tickets. Raises NotFound, Forbidden, TicketClosed, Invalid, LinkExists and LinkContradicts."""
    if ticket_id == other_id:
        raise invalid("/ticket_id", "invalid", "A ticket is not linked to itself.")
    ticket = _both_held(actor, ticket_id, other_id)
    if ticket["status"] == "closed":
        raise TicketClosed()
    if kind == "parent":
        _require_no_ring(actor, ticket_id, other_id)
    elif kind != "relates" and detail_queries.is_linked(actor, other_id, ticket_id, kind):
        raise LinkContradicts()
    ends = sorted((ticket_id, other_id)) if kind == "relates" else (ticket_id, other_id)
    row = {"id": new_id("tln"), "ticket_id": ends[0], "other_id": ends[1], "kind": kind, "created_at": clock.now()}
    try:
        with session().begin_nested():
            session().execute(insert(_links), [{**row, "workspace_id": actor.workspace_id}])
    except IntegrityError:
        raise LinkExists() from None
    _note(actor, "linked", row)
    emit(actor, events.TICKET_LINKED, row, resource_id=ticket_id)
    stored = detail_queries.link(actor, ticket_id, str(row["id"]))
    return detail_queries.links_shown(actor, ticket_id, [stored])[0]


def _both_held(actor: Actor, ticket_id: str, other_id: str) -> dict[str, Any]:
    """In the order of their ids, so that two who link at once wait and do not lock. Raises NotFound, Forbidden
    and Invalid."""
    queries.whole_ticket(actor, ticket_id)
    permissions.require_works_on_tickets(actor)
    found = {}
    for one in sorted((ticket_id, other_id)):
        try:
            found[one] = queries.whole_ticket(actor, one, lock=True)
        except NotFound:
            if one == other_id:
                raise invalid("/ticket_id", "invalid", "There is no ticket with this id.") from None
            raise
    return found[ticket_id]


def _require_no_ring(actor: Actor, ticket_id: str, child_id: str) -> None:
    """The child is none of those above. One parent is given at a time in a workspace: rings close far from each other.

    Raises LinkContradicts.
    """
    session().execute(select(_counter.last).where(_counter.workspace_id == actor.workspace_id).with_for_update())
    above: str | None = ticket_id
    while above is not None:
        if above == child_id:
            raise LinkContradicts("The other ticket stands above this one already.")
        above = detail_queries.parent_of(actor, above)


def unlink_ticket(actor: Actor, ticket_id: str, link_id: str) -> None:
    """Raises NotFound and Forbidden."""
    _worked_on(actor, ticket_id)
    row = dict(detail_queries.link(actor, ticket_id, link_id)._mapping)
    session().execute(delete(_links).where(_links.c.workspace_id == actor.workspace_id, _links.c.id == link_id))
    _note(actor, "unlinked", row)
    emit(actor, events.TICKET_UNLINKED, row, resource_id=ticket_id)


def _note(actor: Actor, action: str, row: dict[str, Any]) -> None:
    """In the history of both."""
    ends = ((row["ticket_id"], row["other_id"]), (row["other_id"], row["ticket_id"]))
    history.note_many(actor, action, {one: {row["kind"]: {"ticket_id": other}} for one, other in ends})
