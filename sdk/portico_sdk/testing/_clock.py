from __future__ import annotations

from datetime import UTC, datetime, timedelta


class HeldClock:
    """Time that moves when you say so. Call it for Unix seconds, as `time.time`."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)) -> None:
        if start.tzinfo is None:
            raise ValueError(f"{start!r} has no time zone: use an aware datetime")
        self._now = start

    def __call__(self) -> float:
        return self._now.timestamp()

    def now(self) -> datetime:
        return self._now

    def advance(
        self,
        seconds: float = 0,
        *,
        minutes: float = 0,
        hours: float = 0,
        days: float = 0,
        to: datetime | None = None,
    ) -> None:
        """By so much, or to a moment."""
        by = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        self._now = to if to is not None else self._now + by
