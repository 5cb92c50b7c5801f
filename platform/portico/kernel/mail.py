"""Mail: to the console, into a folder of `.eml` files (the default), or by SMTP. Never sent inside a unit of work."""

from __future__ import annotations

import smtplib
import sys
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from portico.kernel import clock
from portico.kernel.ids import new_id
from portico.settings import Settings, SettingsError

Sender = Callable[[EmailMessage], None]
TIMEOUT_SECONDS = 15
_sender: Sender | None = None
_from = "Portico <portico@localhost>"


def configure(settings: Settings) -> None:
    """Choose the sender: PORTICO_SMTP_URL is `smtp://user:password@host:587?from=…`, `smtps://…`, or `console:`."""
    global _sender, _from
    if settings.smtp_url is None:
        _sender = _to_folder(settings.home / "mail")
        return
    parts = urlsplit(settings.smtp_url)
    if parts.scheme == "console":
        _sender = _to_console
    elif parts.scheme in ("smtp", "smtps") and parts.hostname:
        _from = parse_qs(parts.query).get("from", [_from])[0]
        _sender = _by_smtp(settings.smtp_url)
    else:
        raise SettingsError("PORTICO_SMTP_URL must begin with smtp://, smtps:// or be console:.")


def sender() -> str:
    """From whom mails come, as their readers see it."""
    return _from


def sender_address() -> str:
    """The address alone."""
    return parseaddr(_from)[1]


def send(to: str, subject: str, body: str) -> None:
    """Send a plain text. Raises OSError or smtplib.SMTPException; the job that calls this tries again."""
    if _sender is None:
        raise RuntimeError("Mail is not configured; call portico.app.start(settings) first.")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = _from, to, " ".join(subject.split())
    message["Date"] = clock.now()
    message["Message-ID"] = make_msgid(domain="portico.invalid")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    _sender(message)


def refusal(to: str, subject: str, body: str) -> str | None:
    """Send a mail to see whether it can be: None, or the answer of the server, or what went wrong on the way to it."""
    try:
        send(to, subject, body)
    except (OSError, smtplib.SMTPException) as error:
        return _answer_of(error)
    return None


def _answer_of(error: Exception) -> str:
    said: list[Any] = [getattr(error, "smtp_error", None) or str(error) or type(error).__name__]
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        said = [words for _, words in error.recipients.values()]
    text = "; ".join(one.decode("utf-8", "replace") if isinstance(one, bytes) else str(one) for one in said)
    code = getattr(error, "smtp_code", None)
    return (f"{code} {text}" if code else text)[:300]


def _to_console(message: EmailMessage) -> None:
    sys.stdout.write(f"{message}\n")


def _to_folder(folder: Path) -> Sender:
    def write(message: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / f"{new_id('mail')}.eml"
        path.touch(mode=0o600)
        path.write_bytes(bytes(message))

    return write


def _by_smtp(url: str) -> Sender:
    parts = urlsplit(url)

    def send_by_smtp(message: EmailMessage) -> None:
        kind = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
        with kind(parts.hostname or "", parts.port or 0, timeout=TIMEOUT_SECONDS) as server:
            if parts.scheme == "smtp" and server.has_extn("starttls"):
                server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)

    return send_by_smtp
