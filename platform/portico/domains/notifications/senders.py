"""Who takes a notification out, for each of the channels. Another way is one more Sender here."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from dataclasses import dataclass

from portico.domains.notifications import pushes
from portico.domains.notifications.channels import EMAIL, PUSH, Message, Receiver
from portico.kernel import mail
from portico.kernel.registry import Registry
from portico.kernel.text import N_

NOT_TAKEN = (OSError, smtplib.SMTPException)
"""What a sender raises when it could not be sent now; then it is tried again."""


@dataclass(frozen=True, slots=True)
class Sender:
    """`reaches` says whether somebody can be reached by it at all."""

    name: str
    title: str
    reaches: Callable[[Receiver], bool]
    send: Callable[[Receiver, Message], None]


def _send_mail(to: Receiver, message: Message) -> None:
    mail.send(to.email or "", message.title, message.text)


SENDERS: Registry[Sender] = Registry("sender", lambda sender: sender.name)
SENDERS.add(Sender(EMAIL, N_("By e-mail"), lambda to: to.active and bool(to.email), _send_mail))
SENDERS.add(Sender(PUSH, N_("In my browsers"), lambda to: to.active and bool(to.browsers), pushes.send))
