"""What notifications refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class TooManyUrgent(Refusal):
    code, status, title = (
        "too_many_urgent",
        429,
        "You have told five urgent things today; tell the next one without urgency, or tomorrow.",
    )


class TooManySent(Refusal):
    code, status, title = (
        "too_many_sent",
        429,
        "This app tells people too much at once; wait as long as Retry-After says.",
    )


class NotMutable(Refusal):
    code, status, title = "not_mutable", 409, "You are always told of this; it cannot be muted."
