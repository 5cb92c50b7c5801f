"""The words of tickets, for selects and sentences. The badges of the templates say the same."""

from __future__ import annotations

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


def priority(name: str) -> str:
    return str(gettext(PRIORITIES.get(name, name)))
