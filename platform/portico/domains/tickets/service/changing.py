"""Changes of a ticket: the status, the fields, and the events that tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import Table, update

from portico.domains.directory import queries as directory
from portico.domains.directory import ranges
from portico.domains.properties import service as properties
from portico.domains.tickets import events, queue_queries, status_queries, statuses
from portico.domains.tickets.errors import TicketClosed
from portico.domains.tickets.models import Ticket
from portico.domains.tickets.schemas import PRIORITIES
from portico.domains.tickets.service import history, indexing
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict, InvalidTransition, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.unit_of_work import session

_table = cast(Table, Ticket.__table__)
# Told by events of their own.
_STATUS = frozenset({"status", "status_id"})
_STAMPS = frozenset({"snoozed_until", "solved_at", "closed_at", "close_due_at", "reopen_count"})
# What follows from something else that is told.
_UNTOLD = frozenset({"solved_at", "closed_at", "close_due_at", "reopen_count", "properties"})
_SPECIAL = frozenset({*_STATUS, *_STAMPS, "assignee_id"})


def rank(priority: str) -> int:
    return PRIORITIES.index(priority)


def require_assignee(actor: Actor, employee_id: str | None, queue_id: str | None) -> None:
    """Who is given a ticket is there, and in its queue or an admin. Raises Invalid and OutOfRange."""
    ranges.require_within(actor, employee_id)
    if employee_id is None:
        return
    if directory.active_employee(actor, employee_id) is None:
        raise invalid("/assignee_id", "invalid", "There is no active employee with this id.")
    if not queue_queries.may_have(actor, queue_id, employee_id):
        raise invalid("/assignee_id", "not_in_queue", "This person is not in the ticket's queue, and no admin.")


def _require_reason(before: dict[str, Any], changes: dict[str, Any]) -> None:
    """Raises Invalid for a ticket on hold without a reason, and for a reason without a hold."""
    on_hold = changes.get("status", before["status"]) == "on_hold"
    if on_hold and not changes.get("hold_reason", before["hold_reason"]):
        raise invalid("/hold_reason", "required", "Say what it waits for.")
    if not on_hold and changes.get("hold_reason"):
        raise invalid("/hold_reason", "invalid", "Only a ticket on hold has a reason for it.")


def _require_allowed(actor: Actor, before: dict[str, Any], changes: dict[str, Any]) -> None:
    status = changes.get("status")
    if status is not None and not statuses.may_follow(before["status"], status):
        allowed = ", ".join(statuses.STEPS[before["status"]]) or "nothing"
        raise InvalidTransition(f"After {before['status']} can come: {allowed}.")
    if before["status"] == "closed":
        raise TicketClosed()
    _require_reason(before, changes)
    if changes.get("queue_id") is not None:
        queue_queries.usable(actor, changes["queue_id"])
    if "assignee_id" in changes:
        require_assignee(actor, changes["assignee_id"], changes.get("queue_id", before["queue_id"]))


def apply(actor: Actor, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Write what differs, compare-and-set on the version, and tell. Answers the whole ticket."""
    changes = {name: value for name, value in values.items() if before[name] != value}
    if not changes:
        return before
    _require_allowed(actor, before, changes)
    changes |= _left_behind(actor, before, changes)
    if changes.get("assignee_id") and "status" not in changes:
        changes |= _status_change(before, statuses.after_assignment(before["status"]))
    now = clock.now()
    if "status" in changes:
        changes.setdefault("status_id", status_queries.default_of(actor, changes["status"]))
        changes |= statuses.stamps(before, changes["status"], now)
        if before["snoozed_until"] is not None and changes["status"] in ("solved", "closed"):
            changes["snoozed_until"] = None
    after = write(actor, before, changes, now)
    if "subject" in changes:
        indexing.index(actor, after, indexing.requester_name(actor, after["requester"]))
    moved = properties.index(actor, "ticket", after["id"], before["properties"], after["properties"])
    told = [name for name in changes if name not in _UNTOLD]
    history.note(actor, "changed", after["id"], history.difference(before, after, [*told, *moved]))
    for kind, names in _news(before, changes, moved):
        emit(actor, kind, after, changes=names, before=before)
    return after


def _left_behind(actor: Actor, before: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Who has a ticket that goes to a queue of others has it no more."""
    if "queue_id" not in changes or "assignee_id" in changes or before["assignee_id"] is None:
        return {}
    stays = queue_queries.may_have(actor, changes["queue_id"], before["assignee_id"])
    return {} if stays else {"assignee_id": None}


def _status_change(before: dict[str, Any], status: str) -> dict[str, Any]:
    return {} if status == before["status"] else {"status": status}


def write(actor: Actor, before: dict[str, Any], changes: dict[str, Any], now: Any) -> dict[str, Any]:
    """One UPDATE that takes only if nobody was faster. Raises Conflict."""
    stamped = {**changes, "updated_at": now, "version": before["version"] + 1}
    columns = dict(stamped)
    if "priority" in changes:
        columns["priority_rank"] = rank(changes["priority"])
    done = session().execute(
        update(_table)
        .where(_table.c.workspace_id == actor.workspace_id, _table.c.id == before["id"])
        .where(_table.c.version == before["version"])
        .values(columns)
        .returning(_table.c.id)
    )
    if done.one_or_none() is None:
        raise Conflict()
    return {**before, **stamped}


def _news(before: dict[str, Any], changes: dict[str, Any], moved: list[str]) -> Iterator[tuple[EventType, list[str]]]:
    plain = [*(name for name in changes if name not in _SPECIAL and name != "properties"), *moved]
    if plain:
        yield events.TICKET_UPDATED, plain
    if "assignee_id" in changes:
        yield events.TICKET_ASSIGNED, ["assignee_id"]
    if "snoozed_until" in changes:
        yield events.TICKET_SNOOZED if changes["snoozed_until"] else events.TICKET_WOKEN, ["snoozed_until"]
    if _STATUS & changes.keys():
        yield events.TICKET_STATUS_CHANGED, sorted(_STATUS & changes.keys())
    if "status" in changes:
        special = _SPECIAL_NEWS.get(changes["status"])
        if special is not None:
            yield special, ["status"]
        elif before["status"] == "solved":
            yield events.TICKET_REOPENED, ["status"]


_SPECIAL_NEWS = {"solved": events.TICKET_SOLVED, "closed": events.TICKET_CLOSED}
