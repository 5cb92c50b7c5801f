"""The guided minutes of who works here."""

from __future__ import annotations

from typing import Any

from portico.domains.audit.queries import done_since
from portico.domains.identity.guides import guide_of
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.web.guides import Step, shown

STEPS = (
    Step(
        N_("Clock in"),
        N_("Work begins; your days show how each was reckoned."),
        "portal.attendance",
        ("attendance.punch.created",),
    ),
    Step(
        N_("Ask for help"),
        N_("Write a ticket as you would to a colleague. The agents see it at once."),
        "portal.tickets_new",
        ("ticket.created",),
    ),
    Step(
        N_("Ask for a day off"),
        N_("Your manager is asked; approved, it counts in your attendance."),
        "portal.absences_new",
        (
            "absence.requested",
            "approval.requested",
        ),
    ),
    Step(
        N_("Take a break"),
        N_("From the menu with your name: what is not urgent waits until you are back."),
        "portal.home",
        ("presence.changed",),
    ),
)


def guide(actor: Actor) -> list[dict[str, Any]] | None:
    """The steps and which are done; None for who does not go through them."""
    chosen = guide_of(actor, "work")
    return None if chosen is None else shown(STEPS, done_since(actor, chosen.since))
