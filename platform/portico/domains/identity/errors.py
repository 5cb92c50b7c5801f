"""What identity refuses."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class SignInFailed(Refusal):
    code, status, title = "sign_in_failed", 401, "This e-mail address and password do not belong together."


class SignInThrottled(Refusal):
    code, status, title = (
        "sign_in_throttled",
        429,
        "Too many tries. Wait a few minutes, or reset the password.",
    )


class LinkDead(Refusal):
    code, status, title = "link_dead", 410, "This link was used already or has expired. Ask for a new one."


class SlugTaken(Refusal):
    code, status, title = "slug_taken", 409, "A workspace with this short name exists already."


class AlreadyMember(Refusal):
    code, status, title = "already_member", 409, "This person is a member of the workspace already."


class RoleNameTaken(Refusal):
    code, status, title = "role_name_taken", 409, "There is a role of this name already."


class RoleInUse(Refusal):
    code, status, title = "role_in_use", 409, "People have this role; name another that they shall have."


class LastOwner(Refusal):
    code, status, title = "last_owner", 409, "A workspace keeps at least one owner; make another one first."


class SecondStepOver(Refusal):
    code, status, title = (
        "second_step_over",
        401,
        "This sign-in took too long or was finished already. Sign in again.",
    )


class PasskeyRefused(Refusal):
    code, status, title = "passkey_refused", 422, "The passkey was not accepted. Try again, or use another way."


class PasskeysImpossible(Refusal):
    code, status, title = (
        "passkeys_impossible",
        409,
        "Passkeys need a host name and https (or localhost); this server is reached by an address of numbers.",
    )


class OtherWorkspaces(Refusal):
    code, status, title = (
        "other_workspaces",
        409,
        "This person belongs to other workspaces too or operates this instance: only its operator can reset their "
        "second factor, with `portico operator reset-two-factor`.",
    )


class OwnFactorFirst(Refusal):
    code, status, title = "own_factor_first", 409, "Turn on a second factor for yourself first."
