"""Rate limits by caller and kind of call, and the headers that tell of them.

A call in a person's name counts twice: for that person with this app, and for the app in the workspace, which has one
allowance for its own tokens and for everybody's. So an app that floods stands in nobody's way but its own.

Redis holds the counts for all processes when it is set; when it is gone, each process counts for itself and goes on,
and looks for it every few seconds.
Headers: `RateLimit-Policy` and `RateLimit` of the IETF draft (draft-ietf-httpapi-ratelimit-headers).
"""

from __future__ import annotations

import logging
import math
import threading
import time
from dataclasses import dataclass
from functools import cache
from typing import Literal

import redis
from limits import RateLimitItemPerMinute
from limits.storage import RedisStorage, Storage
from limits.strategies import FixedWindowRateLimiter

from portico.kernel import metrics
from portico.kernel.actor import Actor
from portico.kernel.circuit import Circuit
from portico.kernel.errors import RateLimited
from portico.settings import Settings

Kind = Literal["read", "write", "search", "token"]

PER_MINUTE: dict[Kind, int] = {"read": 600, "write": 300, "search": 120, "token": 300}
"""For a person. `token` is asking for tokens: of one client, from one address."""
NAMES: dict[str, Kind] = {"reads_per_minute": "read", "writes_per_minute": "write", "searches_per_minute": "search"}
"""How a caller's allowances are called in `/me`."""
APP_FACTOR = 3
FAILURES_PER_MINUTE = 20
log = logging.getLogger("portico.limits")
REFUSED = metrics.counter("portico_rate_limited_total", "Calls refused because there were too many, by kind.", "kind")


class OwnStorage(Storage):
    """Counts in this process. The library's own starts a thread for each expiry, which costs more than the call."""

    STORAGE_SCHEME = ["portico+process"]  # noqa: RUF012 - the library's own way
    MOST_KEYS = 10_000

    def __init__(self) -> None:
        super().__init__()
        self._counts: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        now = time.time()
        with self._lock:
            ends, count = self._counts.get(key, (0.0, 0))
            if ends <= now:
                self._drop_expired(now)
                ends, count = now + expiry, 0
            self._counts[key] = (ends, count + amount)
        return count + amount

    def spend(self, key: str, most: int, expiry: float, cost: int) -> tuple[bool, int, int]:
        """Count, and say whether it was allowed, what is left and in how many seconds the window ends; at once."""
        now = time.time()
        with self._lock:
            ends, count = self._counts.get(key, (0.0, 0))
            if ends <= now:
                self._drop_expired(now)
                ends, count = now + expiry, 0
            count += cost
            self._counts[key] = (ends, count)
        return count <= most, max(0, most - count), max(0, math.ceil(ends - now))

    def _drop_expired(self, now: float) -> None:
        if len(self._counts) >= self.MOST_KEYS:
            self._counts = {key: value for key, value in self._counts.items() if value[0] > now}

    def get(self, key: str) -> int:
        ends, count = self._counts.get(key, (0.0, 0))
        return count if ends > time.time() else 0

    def get_expiry(self, key: str) -> float:
        return self._counts.get(key, (time.time(), 0))[0]

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        with self._lock:
            dropped = len(self._counts)
            self._counts = {}
        return dropped

    def clear(self, key: str) -> None:
        with self._lock:
            self._counts.pop(key, None)


@cache
def _tenths(quota: int) -> RateLimitItemPerMinute:
    return RateLimitItemPerMinute(quota * 10)


@dataclass(frozen=True, slots=True)
class Count:
    """Where a caller stands with one kind of call: what is left, and in how many seconds the minute ends."""

    kind: Kind
    quota: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"{self.kind}";q={self.quota};w=60',
            "RateLimit": f'"{self.kind}";r={self.remaining};t={self.reset}',
        }


class Limits:
    """Counts calls. Costs are in tenths, so that an item of a batch can cost a tenth of a call."""

    def __init__(self, settings: Settings) -> None:
        self._factor = settings.limits_factor
        self._own = OwnStorage()
        self._shared: FixedWindowRateLimiter | None = None
        self._circuit = Circuit()
        if settings.redis_url:
            self._shared = FixedWindowRateLimiter(
                RedisStorage(settings.redis_url, socket_timeout=0.5, socket_connect_timeout=0.5)
            )

    def quota(self, kind: Kind, *, factor: int = 1) -> int:
        """Calls of this kind that may be made in a minute."""
        return max(1, int(PER_MINUTE[kind] * factor * self._factor))

    def quotas(self, actor: Actor) -> dict[str, int]:
        """What this caller may ask for in a minute, by kind."""
        factor = APP_FACTOR if actor.is_app else 1
        return {name: self.quota(kind, factor=factor) for name, kind in NAMES.items()}

    def spend(self, actor: Actor, kind: Kind, *, cost: float = 1.0) -> dict[str, str]:
        """Count one call; answers the headers. Raises RateLimited, with the headers and Retry-After.

        Of two counts the headers tell the one that is nearer to its end. What the first refuses, the second does not
        count: one person's use of an app cannot take the app from the others.
        """
        quota = self.quota(kind, factor=APP_FACTOR if actor.is_app else 1)
        own = self._spend(kind, quota, (actor.workspace_id, actor.caller_key, kind), cost)
        if not actor.shared_key:
            return own.headers
        quota = self.quota(kind, factor=APP_FACTOR)
        shared = self._spend(kind, quota, (actor.workspace_id, actor.shared_key, kind), cost)
        return min(own, shared, key=lambda count: count.remaining).headers

    def spend_as_client(self, *who: str) -> dict[str, str]:
        """Count one request for a token. The headers as `spend` answers them."""
        return self._spend("token", self.quota("token"), ("token", *who), 1.0).headers

    def _spend(self, kind: Kind, quota: int, keys: tuple[str, ...], cost: float) -> Count:
        allowed, remaining, reset = self._count(_tenths(quota), keys, math.ceil(cost * 10))
        count = Count(kind, quota, remaining // 10, reset)
        if not allowed:
            REFUSED.labels(kind).inc()
            raise RateLimited(headers={**count.headers, "Retry-After": str(max(1, reset))})
        return count

    def note_failure(self, *who: str) -> None:
        """Count a failed authentication of somebody who is not known by a token."""
        self._count(self._failures(), ("failure", *who), 1)

    def refuse_guessing(self, *who: str) -> None:
        """Raises RateLimited, with Retry-After, when they failed too often within a minute."""
        item = self._failures()
        _, remaining, reset = self._count(item, ("failure", *who), 0)
        if not remaining:
            REFUSED.labels("guessing").inc()
            raise RateLimited(headers={"Retry-After": str(max(1, reset))})

    def _failures(self) -> RateLimitItemPerMinute:
        return RateLimitItemPerMinute(max(1, int(FAILURES_PER_MINUTE * self._factor)))

    def _count(self, item: RateLimitItemPerMinute, keys: tuple[str, ...], cost: int) -> tuple[bool, int, int]:
        if self._shared is not None and self._circuit.may_try():
            try:
                found = self._ask(self._shared, item, keys, cost)
                self._circuit.worked()
                return found
            except redis.RedisError as error:
                self._circuit.failed()
                log.warning("Limits are counted in this process: %s.", type(error).__name__)
        return self._own.spend(f"{item.amount}/{'/'.join(keys)}", item.amount, item.get_expiry(), cost)

    @staticmethod
    def _ask(
        limiter: FixedWindowRateLimiter, item: RateLimitItemPerMinute, keys: tuple[str, ...], cost: int
    ) -> tuple[bool, int, int]:
        allowed = limiter.hit(item, *keys, cost=cost)
        stats = limiter.get_window_stats(item, *keys)
        return allowed, max(0, stats.remaining), max(0, math.ceil(stats.reset_time - time.time()))
