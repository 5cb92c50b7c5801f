"""Giving out what waits in a queue: by turns, or to who has the least."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Table, update

from portico.domains.directory import presence
from portico.domains.tickets import events, queue_queries
from portico.domains.tickets.models import QueueMember
from portico.domains.tickets.service.changing import apply
from portico.domains.tickets.statuses import UNSOLVED
from portico.kernel import clock
from portico.kernel.actor import Actor, system
from portico.kernel.db import AnyRow
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

_members = cast(Table, QueueMember.__table__)


def _platform(actor: Actor) -> Actor:
    """The queue gives, not who opened the ticket; what made them write is its cause too."""
    return replace(system(actor.workspace_id), cause=actor.cause)


def hand_out(actor: Actor, ticket: dict[str, Any]) -> dict[str, Any]:
    """Give a ticket that has just come into its queue to somebody. When nobody can take it, it stays there and that is
    told. Answers the ticket."""
    waits = ticket["assignee_id"] is None and ticket["snoozed_until"] is None and ticket["status"] in UNSOLVED
    if ticket["queue_id"] is None or not waits:
        return ticket
    giver = _platform(actor)
    queue = queue_queries.usable(giver, ticket["queue_id"])
    if queue.assignment == "manual":
        return ticket
    taker = _pick(giver, queue)
    if taker is not None:
        return apply(giver, ticket, {"assignee_id": taker})
    reason = "nobody_available" if queue_queries.members(giver, queue.id) else "no_members"
    emit(giver, events.TICKET_ASSIGNMENT_MISSED, {**ticket, "reason": reason})
    return ticket


def hand_out_waiting(actor: Actor, queue_id: str, most: int) -> int:
    """Give out what waits while somebody can take it. Answers how many were given."""
    queue = queue_queries.usable(actor, queue_id)
    for given in range(most):
        ticket = queue_queries.next_waiting(actor, queue_id)
        taker = None if ticket is None or queue.assignment == "manual" else _pick(actor, queue)
        if ticket is None or taker is None:
            return given
        apply(actor, ticket, {"assignee_id": taker})
    return most


def _pick(actor: Actor, queue: AnyRow) -> str | None:
    """Who gets the next ticket of a queue, held to the end of the transaction.

    First those whom nobody else gives something at this moment; only when none of them can take it, the others are
    waited for: that somebody is busy for a moment does not mean that nobody can.
    """
    for wait in (False, True):
        skipped = False
        for member in _in_turn(actor, queue):
            if not queue_queries.held(actor, queue.id, member, wait=wait):
                skipped = True
                continue
            # Counted after the row is held: what others gave until now is in it.
            load = queue_queries.loads(actor, queue.id).get(member.employee_id, 0)
            if member.capacity is None or load < member.capacity:
                _note_given(actor, queue.id, member.employee_id)
                return str(member.employee_id)
        if not skipped:
            return None
    return None


def _in_turn(actor: Actor, queue: AnyRow) -> list[AnyRow]:
    members = queue_queries.members(actor, queue.id)
    able = queue_queries.agents_among(actor, [member.employee_id for member in members])
    able -= presence.away(actor.workspace_id, able)
    there = [member for member in members if member.employee_id in able]
    if queue.assignment == "least_loaded":
        loads = queue_queries.loads(actor, queue.id)
        there.sort(key=lambda member: loads.get(member.employee_id, 0))
    return there


def _note_given(actor: Actor, queue_id: str, employee_id: str) -> None:
    session().execute(
        update(_members)
        .where(_members.c.workspace_id == actor.workspace_id, _members.c.queue_id == queue_id)
        .where(_members.c.employee_id == employee_id)
        .values(last_given_at=clock.now())
    )
