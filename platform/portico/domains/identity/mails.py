"""The mails about a login: no workspace owns them, so they are errands and not jobs. A server that does not answer
raises, and the errand is done later."""

from __future__ import annotations

from portico.kernel import mail, public

_TEXT = """Someone, we hope you, asked for a new password.

Choose it here:
{url}

The link works once and for 30 minutes. If you did not ask, do nothing: your password stays.
"""
_AFTER = """
Everywhere else you are signed out, your personal tokens are revoked, and apps must ask you again.

If this was not you, choose another password at once:
{url}
"""
_WHAT = {
    "password_changed": ("Your password was changed", "The password of your login at Portico was changed just now."),
    "two_factor_enabled": (
        "Two-factor sign-in is on",
        "Two-factor sign-in was turned on for your login at Portico just now.",
    ),
    "two_factor_changed": (
        "Your second factors were changed",
        "The second factors or recovery codes of your login at Portico were changed just now.",
    ),
    "two_factor_disabled": (
        "Two-factor sign-in is off",
        "Two-factor sign-in was turned off for your login at Portico just now. The password alone opens it.",
    ),
    "two_factor_reset": (
        "Your second factor was reset",
        "An administrator took the second factors off your login at Portico just now, so that you can set up new ones.",
    ),
}


def send_reset(email: str, token: str) -> None:
    mail.send(email, "A new password for Portico", _TEXT.format(url=public.url(f"/account/reset/{token}")))


def tell(email: str, what: str) -> None:
    """Say what was changed, to the person, who may not be who changed it."""
    subject, sentence = _WHAT[what]
    mail.send(email, subject, sentence + "\n" + _AFTER.format(url=public.url("/account/forgot")))
