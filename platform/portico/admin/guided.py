"""The guided minutes of who runs a company."""

from __future__ import annotations

from typing import Any

from portico.domains.audit.queries import done_since
from portico.domains.identity.guides import guide_of
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.web.guides import Step, shown

STEPS = (
    Step(
        N_("Invite a colleague"),
        N_("They get a link that works once; you choose their role and departments."),
        "admin.people_invite",
        ("employee.created",),
    ),
    Step(
        N_("Write an announcement"),
        N_("Choose who it is for, look at how many that are, and see later who has read it."),
        "admin.announcements_new",
        (
            "announcement.created",
            "announcement.published",
            "announcement.scheduled",
        ),
    ),
    Step(
        N_("Take a permission from an app, or pause it"),
        N_("Its page says what it may do and what it really did. It feels the change at its next request."),
        "admin.installations",
        (
            "app.scopes_changed",
            "app.suspended",
            "app.updated",
            "app.installed",
        ),
    ),
    Step(
        N_("Put a role together"),
        N_("Start from a copy of a built-in one and tick what it may do."),
        "admin.roles_new",
        ("role.created",),
    ),
    Step(
        N_("Change a setting"),
        N_("The name, the logo, the time zone: and find your change in the audit log."),
        "admin.settings",
        ("workspace.updated",),
    ),
)


def guide(actor: Actor) -> list[dict[str, Any]] | None:
    """The steps and which are done; None for who does not go through them."""
    chosen = guide_of(actor, "company")
    return None if chosen is None else shown(STEPS, done_since(actor, chosen.since))
