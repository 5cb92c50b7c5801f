"""What people are told about: each kind is declared once, by the domain that tells."""

from __future__ import annotations

from dataclasses import dataclass

from portico.kernel.registry import Registry
from portico.kernel.text import N_


@dataclass(frozen=True, slots=True)
class NotificationKind:
    """`title` names the kind among a person's settings. `channels` are the ways besides the inbox by which it leaves
    unless the person chose others. What is not `mutable` is always told, as of the safety of a login."""

    name: str
    title: str
    channels: tuple[str, ...] = ()
    mutable: bool = True


KINDS: Registry[NotificationKind] = Registry("kind of notification", lambda kind: kind.name)

MAIL_AND_PUSH = ("email", "push")
"""What somebody should know soon."""
FROM_APP = KINDS.add(NotificationKind("app.message", N_("Messages of apps"), MAIL_AND_PUSH))
DIGEST = KINDS.add(NotificationKind("digest", N_("What came while you were away"), MAIL_AND_PUSH, mutable=False))
