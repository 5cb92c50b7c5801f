"""The ways by which a notification leaves, besides the inbox. Another way is one more Sender here."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from portico.kernel import mail
from portico.kernel.registry import Registry
from portico.kernel.text import N_

NOT_TAKEN = (OSError, smtplib.SMTPException)
"""What a sender raises when it could not be sent now; then it is tried again."""


@dataclass(frozen=True, slots=True)
class Receiver:
    """To whom something leaves."""

    employee_id: str
    active: bool
    email: str | None
    locale: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves, in the receiver's language."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Sender:
    """`reaches` says whether somebody can be reached by it at all."""

    name: str
    title: str
    reaches: Callable[[Receiver], bool]
    send: Callable[[Receiver, Message], None]


SENDERS: Registry[Sender] = Registry("sender", lambda sender: sender.name)


def _send_mail(to: Receiver, message: Message) -> None:
    mail.send(to.email or "", message.title, message.text)


EMAIL = SENDERS.add(Sender("email", N_("By e-mail"), lambda to: to.active and bool(to.email), _send_mail))
CHANNELS: tuple[str, ...] = tuple(sender.name for sender in SENDERS)
