"""The words of tickets, for selects and sentences. The badges of the templates say the same."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext

from portico.kernel.text import N_

STATUSES = {
    "new": N_("New"),
    "open": N_("Open"),
    "pending": N_("Pending"),
    "on_hold": N_("On hold"),
    "solved": N_("Solved"),
    "closed": N_("Closed"),
}
PRIORITIES = {"low": N_("Low"), "normal": N_("Normal"), "high": N_("High"), "urgent": N_("Urgent")}


def status(name: str) -> str:
    return str(gettext(STATUSES.get(name, name)))


def status_label(row: Any) -> str:
    """What a company calls a status; what nobody has named is translated."""
    return status(row.category) if row.label == STATUSES.get(row.category) else str(row.label)


def priority(name: str) -> str:
    return str(gettext(PRIORITIES.get(name, name)))
