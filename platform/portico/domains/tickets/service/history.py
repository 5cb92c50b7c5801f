"""Who did what to a ticket: a row for each change, signed with the name of that day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert

from portico.domains.directory import queries as directory
from portico.domains.tickets.models import TicketChange
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_changes = cast(Table, TicketChange.__table__)
Values = Mapping[str, Any]


def author(actor: Actor) -> dict[str, Any]:
    """The actor with the name they have now: what was said stays signed as it was. An app that writes in a person's
    name signs with both."""
    names = directory.names_of(actor, [actor.employee_id]) if actor.employee_id else {}
    person = names.get(actor.employee_id or "")
    by = actor.display_name or person
    if actor.kind == "app_for_employee" and person:
        by = f"{person} ({actor.display_name})" if actor.display_name else person
    return {**actor.as_dict(), "display_name": by}


def note(actor: Actor, action: str, ticket_id: str, changes: Values) -> None:
    """Add to the history of one ticket."""
    note_many(actor, action, {ticket_id: changes})


def note_many(actor: Actor, action: str, found: Mapping[str, Values]) -> None:
    """Add to the history of each of these tickets."""
    common = {"workspace_id": actor.workspace_id, "action": action, "author": author(actor), "created_at": clock.now()}
    rows = [{**common, "id": new_id("tch"), "ticket_id": one, "changes": dict(what)} for one, what in found.items()]
    if rows:
        session().execute(insert(_changes), rows)


def difference(before: Values, after: Values, names: Iterable[str]) -> dict[str, Any]:
    """By field what it was and what it is; `properties.<key>` looks into the properties."""
    return {name: {"from": _value(before, name), "to": _value(after, name)} for name in names}


def _value(ticket: Values, name: str) -> Any:
    whole, _, key = name.partition(".")
    value = ticket[whole].get(key) if key else ticket[whole]
    return clock.rfc3339(value) if isinstance(value, datetime) else value
