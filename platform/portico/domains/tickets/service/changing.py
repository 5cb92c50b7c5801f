"""Changes of a ticket: the status, the fields, and the events that tell of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from sqlalchemy import Table, update

from portico.domains.directory import queries as directory
from portico.domains.directory import ranges
from portico.domains.properties import service as properties
from portico.domains.tickets import events, permissions, queries, status_queries, statuses
from portico.domains.tickets.errors import TicketClosed
from portico.domains.tickets.models import Ticket
from portico.domains.tickets.schemas import PRIORITIES
from portico.domains.tickets.service import indexing
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict, InvalidTransition, Stale, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.unit_of_work import session

_table = cast(Table, Ticket.__table__)
# Told by events of their own.
_STATUS = frozenset({"status", "status_id"})
_STAMPS = frozenset({"solved_at", "closed_at", "close_due_at", "reopen_count"})
_SPECIAL = frozenset({*_STATUS, *_STAMPS, "assignee_id"})


def rank(priority: str) -> int:
    return PRIORITIES.index(priority)


def require_assignee(actor: Actor, employee_id: str | None) -> None:
    """Raises Invalid and OutOfRange."""
    ranges.require_within(actor, employee_id)
    if employee_id is not None and directory.active_employee(actor, employee_id) is None:
        raise invalid("/assignee_id", "invalid", "There is no active employee with this id.")


def update_ticket(
    actor: Actor, ticket_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change the given fields. Raises NotFound, Forbidden, Stale, Invalid, InvalidTransition and TicketClosed."""
    before = queries.whole_ticket(actor, ticket_id, lock=True)
    if not permissions.works_on_tickets(actor):
        permissions.require_requester_may(before, values)
        _require_in_time(before, values)
    if expected_version not in (None, before["version"]):
        raise Stale()
    if "status_id" in values:
        values = {**values, **_certain_status(actor, values)}
    if "properties" in values:
        merged = properties.merge(actor, "ticket", before["properties"], values["properties"])
        values = {**values, "properties": merged}
    return queries.shown_to(actor, apply(actor, before, values))


def _require_in_time(before: dict[str, Any], values: dict[str, Any]) -> None:
    """Raises InvalidTransition: later, the requester's next word begins a ticket that follows."""
    if values["status"] == "open" and statuses.is_over(before, clock.now()):
        raise InvalidTransition("It was solved too long ago; reply, and a ticket that follows it is opened.")


def _certain_status(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    row = status_queries.usable(actor, values["status_id"])
    if values.get("status", row.category) != row.category:
        raise invalid("/status", "invalid", f"The status with this id belongs to the category {row.category}.")
    return {"status": row.category, "status_id": row.id}


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
    if "assignee_id" in changes:
        require_assignee(actor, changes["assignee_id"])


def apply(actor: Actor, before: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Write what differs, compare-and-set on the version, and tell. Answers the whole ticket."""
    changes = {name: value for name, value in values.items() if before[name] != value}
    if not changes:
        return before
    _require_allowed(actor, before, changes)
    if changes.get("assignee_id") and "status" not in changes:
        changes |= _status_change(before, statuses.after_assignment(before["status"]))
    now = clock.now()
    if "status" in changes:
        changes.setdefault("status_id", status_queries.default_of(actor, changes["status"]))
        changes |= statuses.stamps(before, changes["status"], now)
    after = write(actor, before, changes, now)
    if "subject" in changes:
        indexing.index(actor, after, indexing.requester_name(actor, after["requester"]))
    moved = properties.index(actor, "ticket", after["id"], before["properties"], after["properties"])
    for kind, names in _news(before, changes, moved):
        emit(actor, kind, after, changes=names, before=before)
    return after


def close_when_due(actor: Actor, ticket_id: str) -> None:
    """Close what has been solved for long, unless somebody wrote or opened it meanwhile. Raises NotFound."""
    before = queries.whole_ticket(actor, ticket_id, lock=True)
    if before["status"] == "solved" and before["close_due_at"] <= clock.now():
        apply(actor, before, {"status": "closed"})


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
    if _STATUS & changes.keys():
        yield events.TICKET_STATUS_CHANGED, sorted(_STATUS & changes.keys())
    if "status" in changes:
        special = _SPECIAL_NEWS.get(changes["status"])
        if special is not None:
            yield special, ["status"]
        elif before["status"] == "solved":
            yield events.TICKET_REOPENED, ["status"]


_SPECIAL_NEWS = {"solved": events.TICKET_SOLVED, "closed": events.TICKET_CLOSED}
