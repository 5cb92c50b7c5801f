"""What installations refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class AlreadyInstalled(Refusal):
    code, status, title = "already_installed", 409, "This app is installed in the workspace already."


class AppSuspended(Refusal):
    code, status, title = "app_suspended", 409, "This app is stopped everywhere; nobody can install it now."


class RatingNeedsUse(Refusal):
    code, status, title = "rating_needs_use", 403, "Only who used the app in the last 30 days can rate it."


class RatingOfOwnApp(Refusal):
    code, status, title = "rating_of_own_app", 403, "People of the publisher’s workspace cannot rate its apps."


class InstallationState(Refusal):
    code, status, title = "installation_state", 409, "The installation is not in the state that this step needs."


class TrialNeedsAdmin(Refusal):
    code, status, title = "trial_needs_admin", 403, "This app asks for more than you may give; an admin can install it."


class PolicyDenies(Refusal):
    code, status, title = "policy_denies", 409, "The policy of this workspace does not let this app in."


class RequestClosed(Refusal):
    code, status, title = "request_closed", 409, "This request was decided already, or its time is up."


class AppNotInstalled(Refusal):
    code, status, title = "app_not_installed", 409, "The app is not installed and active in this workspace."


class DevNeedsAdmin(Refusal):
    code, status, title = "dev_needs_admin", 403, "Others use this app; an admin or app manager can run it like this."
