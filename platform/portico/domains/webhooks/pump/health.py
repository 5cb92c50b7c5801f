"""How each endpoint fares: how many calls it may have at once, when its breaker opens, and in which lane it runs.

Kept in the memory of the one process that pumps. What must outlive that stands in the endpoint's row: until when
nothing is sent, and how often in a row the breaker has opened (`trips`); afterwards a single probe is sent.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portico.domains.webhooks.outcomes import PROXY_ERROR
from portico.kernel.outbound import Answer

START, MOST = 4, 32
IN_A_ROW = 5
LAST, WINDOW = 20, timedelta(seconds=60)
SLOW_MS = 2_000
WEIGHT = 0.2
"""Of the newest answer in the moving average of answer times."""
AHEAD, AHEAD_MS = 32, 500
"""Who has the most calls at once, and is well, may have this many times as many claimed besides: what it answers in
half a second."""
REMEMBERED = 20_000


@dataclass(slots=True)
class Health:
    limit: int = START
    transport_failures: int = 0
    recent: deque[tuple[datetime, bool]] = field(default_factory=lambda: deque(maxlen=LAST))
    average_ms: float = 0.0
    opened_at: datetime | None = None
    """Answers to calls that began before say nothing new."""

    def note(self, answer: Answer, now: datetime) -> bool:
        """Learn from an answer. Whether the breaker opens at it."""
        if self.opened_at is not None and answer.started_at <= self.opened_at:
            return False
        if answer.error == PROXY_ERROR:
            # Not its fault, so nothing is held against it; fewer calls, or an outage would be hammered.
            self.limit = max(1, self.limit // 2)
            return False
        unwell = answer.error is not None or (answer.status or 0) >= 500
        self.average_ms += WEIGHT * (answer.total_ms - self.average_ms)
        self.transport_failures = self.transport_failures + 1 if answer.error is not None else 0
        self.recent.append((now, unwell))
        if not unwell:
            self.limit = min(MOST, self.limit + 1)
            self.opened_at = None
            return False
        self.limit = max(1, self.limit // 2)
        if self.opened_at is None and not self._breaks(now):
            return False
        self.opened_at = now
        self.transport_failures = 0
        self.recent.clear()
        return True

    def _breaks(self, now: datetime) -> bool:
        """Five transport failures in a row; or half of the last twenty answers, all within a minute."""
        if self.transport_failures >= IN_A_ROW:
            return True
        if len(self.recent) < LAST or now - self.recent[0][0] > WINDOW:
            return False
        return 2 * sum(unwell for _, unwell in self.recent) >= LAST

    @property
    def is_well(self) -> bool:
        return self.limit >= START and self.average_ms < SLOW_MS

    @property
    def ahead(self) -> int:
        """How many more may be claimed than are sent at once, so that none of its slots waits for a claim."""
        if self.limit < MOST or not self.is_well:
            return 0
        return int(self.limit * min(AHEAD, AHEAD_MS / max(self.average_ms, 1.0)))


class Wards:
    """The health of all endpoints that this pump has called lately."""

    def __init__(self, start: int = START) -> None:
        self._start = start
        self._known: dict[str, Health] = {}

    def of(self, endpoint_id: str) -> Health:
        """Of an endpoint that nothing is known of: as if it were well."""
        return self._known.get(endpoint_id) or Health(limit=self._start)

    def limit(self, endpoint_id: str, trips: int) -> int:
        """How many calls it may have at once; one probe after its breaker was open."""
        return 1 if trips else self.of(endpoint_id).limit

    def note(self, endpoint_id: str, answer: Answer, now: datetime, *, probing: bool) -> bool:
        """Learn from an answer, of a probe or not. Whether the breaker opens at it."""
        health = self._known.setdefault(endpoint_id, Health(limit=self._start))
        if probing and health.opened_at is None:
            # The pump that opened the breaker was another one.
            health.opened_at = datetime.min.replace(tzinfo=now.tzinfo)
        opens = health.note(answer, now)
        if len(self._known) > REMEMBERED:
            self._known = {key: one for key, one in self._known.items() if not one.is_well or one.opened_at}
        return opens
