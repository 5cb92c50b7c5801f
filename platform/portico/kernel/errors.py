"""Refusals: each error that a caller can meet is a class with a stable code and a status.

Domains declare theirs in `errors.py`; a code can be declared once. `web.problems` turns them into
`application/problem+json` (RFC 9457), pages into a message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from portico.kernel.actor import Caller

REFUSALS: dict[str, type[Refusal]] = {}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field. `pointer` is a JSON Pointer (RFC 6901) into the body, or `/query/<name>`."""

    pointer: str
    code: str
    message: str

    def as_dict(self) -> dict[str, str]:
        return {"pointer": self.pointer, "code": self.code, "message": self.message}


class Refusal(Exception):
    """What was asked is refused. Subclasses set `code`, `status`, `title`; `detail` says what to do."""

    code: ClassVar[str] = ""
    status: ClassVar[int] = 400
    title: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        known = REFUSALS.get(cls.code)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise TypeError(f"The error code {cls.code!r} is declared by {known.__qualname__} already.")
        REFUSALS[cls.code] = cls

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Iterable[FieldError] = (),
        headers: dict[str, str] | None = None,
        extra: dict[str, Any] | None = None,
    ) -> None:
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.headers = headers or {}
        self.extra = extra or {}
        self.caller: Caller | None = None
        """Whose credential it was that is refused."""
        super().__init__(self.detail)


class Malformed(Refusal):
    code, status, title = "malformed", 400, "The request cannot be read."


class CursorInvalid(Refusal):
    code, status, title = "cursor_invalid", 400, "This cursor was not made by this server; begin without one."


class CursorMismatch(Refusal):
    code, status, title = (
        "cursor_mismatch",
        400,
        "This cursor belongs to another filter or sort; begin without one.",
    )


class Forbidden(Refusal):
    code, status, title = "forbidden", 403, "This is not allowed to you."


class NotFound(Refusal):
    code, status, title = "not_found", 404, "There is nothing here that you can see."


class Conflict(Refusal):
    code, status, title = "conflict", 409, "Another change came first; read again and repeat."


class InvalidTransition(Refusal):
    code, status, title = "invalid_transition", 409, "The state that it is in does not allow this step."


class Stale(Refusal):
    code, status, title = "stale", 412, "It has changed since you read it; read again and repeat."


class Invalid(Refusal):
    """422 with every wrong field at once."""

    code, status, title = "invalid", 422, "Some fields are wrong."


class RateLimited(Refusal):
    code, status, title = "rate_limited", 429, "Too many requests; wait as long as Retry-After says."


class Unavailable(Refusal):
    code, status, title = "unavailable", 503, "Busy for the moment; try again shortly."


def invalid(pointer: str, code: str, message: str) -> Invalid:
    """An Invalid about one field."""
    return Invalid(message, errors=[FieldError(pointer, code, message)])
