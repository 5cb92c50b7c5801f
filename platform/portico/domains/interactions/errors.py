"""What interactions refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class SurfaceGone(Refusal):
    code, status, title = "surface_gone", 410, "The app was suspended or uninstalled, or is not for you any more."


class ActionNeedsSignIn(Refusal):
    code, status, title = (
        "action_needs_sign_in",
        403,
        "This action acts in the name of a person, so it runs only where that person is signed in: in the portal.",
    )


class AppHasNoAddress(Refusal):
    code, status, title = (
        "app_has_no_address",
        409,
        "This app lives by the event stream and has no address, so it cannot be asked for this.",
    )


class AppBusy(Refusal):
    code, status, title = "app_busy", 429, "The app has not answered earlier calls yet; try again shortly."


class InteractionAnswered(Refusal):
    code, status, title = "interaction_answered", 409, "This interaction has its answer, or is being called again."


class InteractionExpired(Refusal):
    code, status, title = "interaction_expired", 410, "An interaction can be answered for 24 hours."
