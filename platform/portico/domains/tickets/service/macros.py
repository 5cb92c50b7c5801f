"""Macros: a reply and changes that come together, made once and used often."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.directory import queries as directory
from portico.domains.identity import queries as identity
from portico.domains.tickets import events, macro_queries, permissions, queries, queue_queries, status_queries
from portico.domains.tickets.errors import MacroExists
from portico.domains.tickets.models import Macro
from portico.domains.tickets.rendering import render
from portico.domains.tickets.schemas import MAX_TAGS
from portico.domains.tickets.service import history, indexing
from portico.domains.tickets.service.following import add_comment
from portico.domains.tickets.service.updating import update_ticket
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.errors import Stale, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

LONGEST = 65_536
_macros = cast(Table, Macro.__table__)


def create_macro(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Make a macro, shared or one's own. Raises Forbidden, InsufficientScope, MacroExists and Invalid."""
    permissions.require_works_on_tickets(actor)
    owner_id = None if values["shared"] else actor.employee_id
    if not values["shared"] and owner_id is None:
        raise invalid("/shared", "invalid", "An app has no macros of its own; make it shared.")
    _require_may_write(actor, owner_id)
    now = clock.now()
    row = {name: values[name] for name in ("name", "body", "visibility", "effects")}
    row |= {"id": new_id("mac"), "owner_employee_id": owner_id, "created_at": now, "updated_at": now, "version": 1}
    _require_sound(actor, row)
    key = {"workspace_id": actor.workspace_id, "owner_key": owner_id or "", "name_key": text.search_key(row["name"])}
    try:
        with session().begin_nested():
            session().execute(insert(_macros), [{**row, **key}])
    except IntegrityError:
        raise MacroExists() from None
    _tell(actor, events.MACRO_CREATED, row)
    return row


def _require_may_write(actor: Actor, owner_id: str | None) -> None:
    if owner_id is None:
        permissions.require_may_share(actor)


def _require_sound(actor: Actor, row: dict[str, Any]) -> None:
    """It does something, and what it names is there. Raises Invalid."""
    effects = row["effects"]
    if row["body"] is None and not effects:
        raise invalid("/body", "required", "A macro writes something, changes something, or both.")
    if "status_id" in effects:
        category = status_queries.usable(actor, effects["status_id"], "/effects/status_id").category
        if effects.get("status", category) != category:
            raise invalid("/effects/status", "invalid", f"The status with this id belongs to {category}.")
    if effects.get("queue_id") is not None:
        queue_queries.usable(actor, effects["queue_id"], "/effects/queue_id")
    holder = effects.get("assignee_id")
    if holder is not None and directory.active_employee(actor, holder) is None:
        raise invalid("/effects/assignee_id", "invalid", "There is no active employee with this id.")


def _tell(actor: Actor, kind: EventType, row: dict[str, Any], **more: Any) -> None:
    """What somebody keeps for themselves is nobody's news."""
    if row["owner_employee_id"] is None:
        emit(actor, kind, row, **more)


def update_macro(
    actor: Actor, macro_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Change the given fields. Raises Forbidden, InsufficientScope, NotFound, Stale, MacroExists and Invalid."""
    before = macro_queries.macro(actor, macro_id, lock=True)
    _require_may_write(actor, before["owner_employee_id"])
    if expected_version not in (None, before["version"]):
        raise Stale()
    changes = {name: value for name, value in values.items() if before[name] != value}
    if not changes:
        return before
    after = {**before, **changes, "updated_at": clock.now(), "version": before["version"] + 1}
    _require_sound(actor, after)
    columns = {name: after[name] for name in (*changes, "updated_at", "version")}
    columns["name_key"] = text.search_key(after["name"])
    try:
        with session().begin_nested():
            mine = (_macros.c.workspace_id == actor.workspace_id, _macros.c.id == macro_id)
            session().execute(update(_macros).where(*mine).values(columns))
    except IntegrityError:
        raise MacroExists() from None
    _tell(actor, events.MACRO_UPDATED, after, changes=list(changes), before=before)
    return after


def delete_macro(actor: Actor, macro_id: str, *, expected_version: int | None = None) -> None:
    """Raises Forbidden, InsufficientScope, NotFound and Stale."""
    before = macro_queries.macro(actor, macro_id, lock=True)
    _require_may_write(actor, before["owner_employee_id"])
    if expected_version not in (None, before["version"]):
        raise Stale()
    session().execute(delete(_macros).where(_macros.c.workspace_id == actor.workspace_id, _macros.c.id == macro_id))
    _tell(actor, events.MACRO_DELETED, before)


def preview_macro(actor: Actor, ticket_id: str, macro_id: str) -> dict[str, Any]:
    """What the macro would write on the ticket, and change of it. Raises Forbidden, NotFound and Invalid."""
    ticket = queries.whole_ticket(actor, ticket_id)
    macro = macro_queries.macro(actor, macro_id)
    wanted = _wanted(actor, ticket, macro["effects"])
    # A step by the category takes its default status, unless the ticket is in the category already.
    differing = [name for name, value in wanted.items() if ticket[name] != value]
    return {
        "body": _filled(actor, ticket, macro["body"]),
        "visibility": macro["visibility"],
        "changes": history.difference(ticket, {**ticket, **wanted}, differing),
    }


def apply_macro(actor: Actor, ticket_id: str, macro_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Write and change, both or neither.

    Raises Forbidden, InsufficientScope, NotFound, Invalid, InvalidTransition, TicketClosed and NewerCommentExists.
    """
    ticket = queries.whole_ticket(actor, ticket_id, lock=True)
    macro = macro_queries.macro(actor, macro_id)
    body = _filled(actor, ticket, macro["body"])
    wanted = _wanted(actor, ticket, macro["effects"])
    comment = None
    if body is not None:
        comment = add_comment(actor, ticket_id, {"body": body, "visibility": macro["visibility"], **values})
    changed = update_ticket(actor, ticket_id, wanted) if wanted else queries.ticket(actor, ticket_id)
    return {"ticket": changed, "comment": comment}


def _wanted(actor: Actor, ticket: dict[str, Any], effects: dict[str, Any]) -> dict[str, Any]:
    """The effects as an update of this ticket says them. Raises Invalid."""
    wanted = {name: value for name, value in effects.items() if name not in ("add_tags", "assign_to_me")}
    if effects.get("assign_to_me"):
        if actor.employee_id is None:
            raise invalid("", "invalid", "This macro gives the ticket to who uses it, and an app takes none.")
        wanted["assignee_id"] = actor.employee_id
    if "add_tags" in effects:
        wanted["tags"] = list(dict.fromkeys([*ticket["tags"], *effects["add_tags"]]))
        if len(wanted["tags"]) > MAX_TAGS:
            raise invalid("/tags", "too_many", f"A ticket has at most {MAX_TAGS} tags.")
    return wanted


def _filled(actor: Actor, ticket: dict[str, Any], body: str | None) -> str | None:
    if body is None:
        return None
    values = {f"ticket.{name}": ticket[name] for name in ("number", "subject", "status", "priority")}
    values["requester.display_name"] = _requester_name(actor, ticket["requester"])
    values["agent.display_name"] = history.author(actor)["display_name"] or ""
    values["workspace.name"] = identity.workspace(actor.workspace_id).name
    return render(body, values)[:LONGEST]


def _requester_name(actor: Actor, requester: dict[str, str]) -> str:
    """Nothing for whoever may not read contacts: a place tells no more than the contact would."""
    if "contact_id" in requester and not actor.may("contacts:read"):
        return ""
    return indexing.requester_name(actor, requester) or ""
