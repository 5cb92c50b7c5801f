"""What an answer means for its delivery and its endpoint: the schedule of retries, and when no attempt is spent."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from portico.domains.webhooks.directives import ABORT, DISABLE, directive
from portico.kernel.outbound import Answer

SCHEDULE = (0, 5, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 43200, 86400, 86400)
"""Seconds before each attempt, counted from the one before."""
JITTER = 0.2
TIME_TO_LIVE = timedelta(days=4)
PROXY_ERROR = "proxy_error"
PROXY_PAUSE = timedelta(seconds=30)
"""After which it is tried whether the operator's proxy works again; no endpoint is to blame meanwhile."""
PAUSE_SHORTEST, PAUSE_LONGEST = timedelta(seconds=1), timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Outcome:
    """`spent` is false when it asked for time or our proxy failed: it pauses, and the attempt does not count."""

    state: str
    error_class: str | None = None
    next_at: datetime | None = None
    spent: bool = True
    pause_until: datetime | None = None
    disabled_for: str | None = None
    """Set when the endpoint gets nothing more until somebody enables it."""

    @property
    def finished(self) -> bool:
        return self.state != "waiting"


def judge(answer: Answer, attempts: int, now: datetime) -> Outcome:
    """What follows from the answer to an attempt before which `attempts` had been spent."""
    if answer.error == PROXY_ERROR:
        return Outcome("waiting", PROXY_ERROR, now, spent=False, pause_until=now + _jittered(PROXY_PAUSE))
    ending = _ending(answer)
    if answer.ok:
        return Outcome("succeeded", disabled_for=ending)
    pause = pause_asked(answer, now)
    if directive(answer) == ABORT:
        return Outcome("failed", "aborted", pause_until=now + pause if pause else None)
    if pause is not None and ending is None:
        return Outcome("waiting", "throttled", now, spent=False, pause_until=now + pause)
    error_class = _error_class(answer)
    if attempts + 1 >= len(SCHEDULE):
        return Outcome("failed", error_class, disabled_for=ending)
    # Who wants nothing more gets nothing until it is enabled; what waits then goes at once.
    next_at = now if ending else now + delay(attempts + 1)
    return Outcome("waiting", error_class, next_at, disabled_for=ending)


def _ending(answer: Answer) -> str | None:
    """Why nothing more shall go to this endpoint, if the receiver says so."""
    if answer.error is None and answer.status == 410:
        return "gone"
    return "asked" if directive(answer) == DISABLE else None


def delay(attempts: int) -> timedelta:
    """How long to wait after this many attempts."""
    return _jittered(timedelta(seconds=SCHEDULE[attempts]))


def _jittered(wait: timedelta) -> timedelta:
    return wait * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load


def pause_asked(answer: Answer, now: datetime) -> timedelta | None:
    """`Retry-After` of a 429 or 503 (RFC 9110 section 10.2.3), in seconds or as a date, between 1 s and 24 h."""
    value = answer.headers.get("retry-after", "").strip()
    if answer.error is not None or answer.status not in (429, 503) or not value:
        return None
    if value.isascii() and value.isdigit():
        asked = timedelta(seconds=min(int(value[:9]), 86400))
    else:
        try:
            asked = parsedate_to_datetime(value) - now
        except (ValueError, TypeError):  # no date; or one without a zone, which cannot be subtracted
            return None
    return min(max(asked, PAUSE_SHORTEST), PAUSE_LONGEST)


def _error_class(answer: Answer) -> str:
    if answer.error is not None:
        return answer.error
    status = answer.status or 0
    if status == 410:
        return "gone"
    if 300 <= status < 400:
        return "redirect"
    return "rejected" if status < 500 else "server_error"
