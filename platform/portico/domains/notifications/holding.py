"""Whether a person is told now or later, and by which ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portico.domains.directory import working_hours
from portico.domains.directory.presence import Facts, quiet_reasons
from portico.domains.notifications.kinds import KINDS

UNKNOWN = timedelta(hours=1)
"""When nobody knows the end, it is looked at again after so long."""
LATE = timedelta(hours=1)
"""A digest that was due at the person's time of day may leave so much later."""


@dataclass(frozen=True, slots=True)
class Way:
    """How one notification goes to one person."""

    state: str
    due_at: datetime
    overrode: bool = False


def way_of(known: Facts, kind: str, at: datetime, *, urgent: bool) -> Way:
    """Held while the person wants to be left alone; out at once where it leaves by no channel."""
    reasons = quiet_reasons(known, at)
    if reasons and not (urgent and known.urgent_allowed):
        return Way("held", release_at(known, reasons, at))
    return Way("new" if channels_of(known, kind) else "out", at, overrode=bool(reasons))


def channels_of(known: Facts, kind: str) -> list[str]:
    """By what a kind leaves to this person, besides the inbox."""
    return list(known.channels.get(kind, KINDS[kind].channels))


def release_at(known: Facts, reasons: dict[str, datetime | None], at: datetime) -> datetime:
    """When what is held is looked at again: when all reasons are over. What the hours hold comes at the time of day
    that the person chose for their digest."""
    ends = dict(reasons)
    if known.digest_at is not None and "working_hours" in ends:
        ends["working_hours"] = working_hours.next_at(known.hours or {}, known.zone, at, known.digest_at)
    return max(at + UNKNOWN if end is None else end for end in ends.values())


def is_released(known: Facts, due_at: datetime, at: datetime) -> bool:
    """Whether what was due at `due_at` may leave now."""
    reasons = quiet_reasons(known, at)
    if not reasons:
        return True
    # The digest comes at its time although the working hours have not begun.
    digest = known.digest_at is not None and f"{due_at.astimezone(known.zone):%H:%M}" == known.digest_at
    return digest and reasons.keys() == {"working_hours"} and at - due_at < LATE
