"""The guided minutes of who writes apps."""

from __future__ import annotations

from typing import Any

from portico.domains.audit.queries import done_since
from portico.domains.identity.guides import guide_of
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.web.guides import Step, shown

STEPS = (
    Step(
        N_("Register an app"),
        N_("Start from a template: the manifest says what it may do and where it shows up."),
        "console.apps_new",
        (
            "app_version.submitted",
            "app_version.released",
            "app_version.checked",
            "app_credential.created",
        ),
    ),
    Step(
        N_("Install it here"),
        N_("From its page, by one click: the consent is what your users will see."),
        "console.apps",
        ("app.installed",),
    ),
    Step(
        N_("Make a personal token"),
        N_("And read who you are with it: the page shows the line for the terminal."),
        "account.tokens",
        ("personal_token.created",),
    ),
    Step(
        N_("Raise a version"),
        N_("Change the manifest: the page shows what differs, and who would be asked again."),
        "console.apps",
        (
            "app_version.raised",
            "app_version.submitted",
            "app.upgraded",
        ),
    ),
)


def guide(actor: Actor) -> list[dict[str, Any]] | None:
    """The steps and which are done; None for who does not go through them."""
    chosen = guide_of(actor, "apps")
    return None if chosen is None else shown(STEPS, done_since(actor, chosen.since))
