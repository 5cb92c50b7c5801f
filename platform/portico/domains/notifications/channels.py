"""The ways by which a notification leaves, besides the inbox: what each has to be told."""

from __future__ import annotations

from dataclasses import dataclass

from portico.kernel.web_push import Browser

EMAIL, PUSH = "email", "push"
CHANNELS = (EMAIL, PUSH)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A browser to tell something in."""

    id: str
    browser: Browser


@dataclass(frozen=True, slots=True)
class Receiver:
    """To whom something leaves."""

    workspace_id: str
    employee_id: str
    active: bool
    email: str | None
    locale: str | None
    browsers: tuple[Subscribed, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """What leaves, in the receiver's language: `text` is all of it, `short` the few words that stand below the title
    where there is little room, `url` where it leads."""

    title: str
    text: str
    short: str
    url: str
    urgent: bool = False
