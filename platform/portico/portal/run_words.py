"""Runs of actions in words."""

from __future__ import annotations

from flask_babel import gettext

from portico.kernel.text import N_

_STATES = {
    "running": N_("Under way"),
    "waiting": N_("Waiting for the app"),
    "answered": N_("Done"),
    "refused": N_("Something has to be corrected"),
    "failed": N_("Failed"),
    "unanswered": N_("No answer"),
}
TONES = {
    "running": "info",
    "waiting": "info",
    "answered": "success",
    "refused": "warning",
    "failed": "danger",
    "unanswered": "warning",
}
FAILURES = {
    "blocked": N_("This server may not call the address of the app."),
    "unreachable": N_("The app could not be reached."),
    "timeout": N_("The app did not answer within 10 seconds. It may still answer within 24 hours."),
    "status": N_("The app could not do it just now."),
    "too_large": N_("The app answered more than can be shown."),
    "not_json": N_("The app answered something that cannot be read."),
    "invalid": N_("The app answered something that cannot be shown."),
    "interrupted": N_("The server stopped while the app was asked, so nobody knows whether it did it."),
    "expired": N_("The app did not answer within 24 hours."),
    "not_called": N_("The app answered none of the others, so it was not asked any more."),
}
UNKNOWN = N_("There is no answer.")


def state(name: str) -> str:
    return str(gettext(_STATES[name]))
