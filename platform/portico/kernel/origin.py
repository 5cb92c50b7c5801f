"""From where a change comes: the address, the program and the request. The edge says it; `emit` keeps it.

Only the audit shows it. No event that leaves the outbox carries it: it is personal data of whoever acted.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import asdict, dataclass

MOST = 200


@dataclass(frozen=True, slots=True)
class Origin:
    address: str
    user_agent: str
    request_id: str
    credential: str = ""
    """By what the caller was known: session, personal_token, installation_token or user_token. Never the secret."""

    def as_dict(self) -> dict[str, str]:
        return {name: value.replace("\x00", "")[:MOST] for name, value in asdict(self).items() if value}


_here: ContextVar[Origin | None] = ContextVar("portico_origin", default=None)


def begin(origin: Origin) -> None:
    """A request begins on this thread."""
    _here.set(origin)


def through(credential: str) -> None:
    """The caller of this request is known now, by this kind of credential."""
    here = _here.get()
    if here is not None:
        _here.set(Origin(here.address, here.user_agent, here.request_id, credential))


def end() -> None:
    """What comes next on this thread is no request, or another one."""
    _here.set(None)


def current() -> dict[str, str] | None:
    """From where the present work was asked for; None for what the platform does by itself."""
    origin = _here.get()
    return None if origin is None else origin.as_dict()
