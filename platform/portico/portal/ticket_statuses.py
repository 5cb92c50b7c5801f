"""A company's own statuses, as the pages of tickets show and offer them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms.fields.choices import SelectChoice

from portico.domains.tickets import status_queries
from portico.domains.tickets.statuses import STEPS
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.portal import words


def labelled(actor: Actor, tickets: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tickets with `status_label`."""
    labels = {row.id: words.status_label(row) for row in status_queries.all_statuses(actor)}
    return [{**ticket, "status_label": labels.get(ticket.get("status_id") or "")} for ticket in tickets]


def offered(actor: Actor, ticket: dict[str, Any]) -> dict[str, AnyRow]:
    """What this ticket may be set to, by the value of its choice: the category for its default, else the id."""
    within = (ticket["status"], *STEPS[ticket["status"]])
    return {
        row.category if row.is_default else row.id: row
        for row in status_queries.all_statuses(actor)
        if row.category in within and (row.active or row.id == ticket["status_id"])
    }


def choices(found: dict[str, AnyRow]) -> list[SelectChoice]:
    """One that waits for somebody is marked, so that its reason can be asked for."""
    return [
        SelectChoice(value, words.status_label(row), render_kw={"data-hold": ""} if row.category == "on_hold" else {})
        for value, row in found.items()
    ]


def chosen(ticket: dict[str, Any], found: dict[str, AnyRow]) -> str:
    """The value of the status that a ticket has."""
    return next((value for value, row in found.items() if row.id == ticket["status_id"]), ticket["status"])
