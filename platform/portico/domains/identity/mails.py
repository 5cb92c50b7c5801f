"""The mails that go out without a job: nobody's workspace owns a password."""

from __future__ import annotations

import logging
import smtplib

from portico.kernel import mail, public

_TEXT = """Someone, we hope you, asked for a new password.

Choose it here:
{url}

The link works once and for 30 minutes. If you did not ask, do nothing: your password stays.
"""
_CHANGED = """The password of your login at Portico was changed just now.

Everywhere else you are signed out, your personal tokens are revoked, and apps must ask you again.

If this was not you, choose another password at once:
{url}
"""
log = logging.getLogger("portico.mail")


def send_reset(email: str, token: str) -> None:
    """Mail the link. A server that does not answer is logged; the person asks again."""
    _send(email, "A new password for Portico", _TEXT.format(url=public.url(f"/account/reset/{token}")))


def send_password_changed(email: str) -> None:
    """Tell the person, who may not be who changed it."""
    _send(email, "Your password was changed", _CHANGED.format(url=public.url("/account/forgot")))


def _send(email: str, subject: str, body: str) -> None:
    try:
        mail.send(email, subject, body)
    except (OSError, smtplib.SMTPException):
        log.exception("a mail about a password could not be sent")
