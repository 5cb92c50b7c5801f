"""The one mail that goes out without a job: nobody's workspace owns a forgotten password."""

from __future__ import annotations

import logging
import smtplib

from portico.kernel import mail, public

_TEXT = """Someone, we hope you, asked for a new password.

Choose it here:
{url}

The link works once and for 30 minutes. If you did not ask, do nothing: your password stays.
"""
log = logging.getLogger("portico.mail")


def send_reset(email: str, token: str) -> None:
    """Mail the link. A server that does not answer is logged; the person asks again."""
    try:
        mail.send(email, "A new password for Portico", _TEXT.format(url=public.url(f"/account/reset/{token}")))
    except (OSError, smtplib.SMTPException):
        log.exception("the password mail could not be sent")
