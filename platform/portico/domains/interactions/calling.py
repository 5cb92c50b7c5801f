"""Calling apps in the middle of a request: threads of their own, a deadline, and no more calls than an app deserves.

Whoever asked waits for a moment and not until the deadline: what comes after that is written by the thread that called.
An app that hangs holds a few of these threads and nobody else's.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.exc import SQLAlchemyError

from portico import settings
from portico.domains.interactions.errors import AppBusy
from portico.kernel import clock, signatures
from portico.kernel.circuit import Circuit
from portico.kernel.errors import Unavailable
from portico.kernel.outbound import Answer, EgressPolicy, Request, send

DEADLINE_S = 10.0
PATIENCE_S = 3.0
"""How long whoever pressed the button waits for the answer, before the page says that it is on its way."""
AGAIN_S = 0.3
SOON_MS = 2_000
"""What failed later than that was no restart."""
MOST, MOST_PER_APP = 16, 4
LEFT_ALONE_S = 15.0
READ_CAP = 64 * 1024 + 1
log = logging.getLogger("portico.interactions")


@dataclass(frozen=True, slots=True)
class Caller:
    """Where an app is called, and what signs it (newest secret first)."""

    app_id: str
    installation_id: str
    base_url: str
    secrets: tuple[bytes, ...]


def signed(caller: Caller, path: str, message_id: str, body: dict[str, Any], **more: Any) -> Request:
    """One call by Standard Webhooks. `message_id` is constant over retries."""
    content, stamp = orjson.dumps(body), int(clock.now().timestamp())
    headers = {
        "content-type": "application/json; charset=utf-8",
        "accept": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signatures.signature(caller.secrets, message_id, stamp, content),
        "portico-installation-id": caller.installation_id,
        **more.pop("headers", {}),
    }
    return Request("POST", caller.base_url + path, headers, content, read_cap=READ_CAP, **more)


def ask(make: Callable[[], Request], *, again: bool = True) -> Answer:
    """Send, and once more where no connection was to be had: an app that restarts is back in a moment. Both carry the
    same id."""
    policy = EgressPolicy.of(settings.current())
    answer = send(make(), policy)
    if not again or answer.error != "connect" or answer.status is not None or answer.total_ms > SOON_MS:
        return answer
    threading.Event().wait(AGAIN_S)
    return send(make(), policy)


class Breakers:
    """Which cards are left alone for a while, because somebody asked for them in vain. One caller in some seconds
    tries, the others see what is kept at once."""

    def __init__(self) -> None:
        self._known: dict[str, Circuit] = {}
        self._lock = threading.Lock()

    def may_try(self, name: str) -> bool:
        circuit = self._known.get(name)
        return circuit is None or circuit.may_try()

    def note(self, name: str, *, answered: bool) -> None:
        if answered:
            circuit = self._known.get(name)
            if circuit is not None:
                circuit.worked()
            return
        with self._lock:
            self._known.setdefault(name, Circuit(LEFT_ALONE_S)).failed()


BREAKERS = Breakers()


class Calls:
    """The calls in the air in this process."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._in_the_air: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._over = threading.Condition(self._lock)

    @property
    def in_the_air(self) -> int:
        return self._in_the_air.total()

    def settle(self, seconds: float) -> None:
        """Wait until nothing is in the air, or the time has passed; for who closes the process's database."""
        with self._over:
            self._over.wait_for(lambda: not self._in_the_air, seconds)

    def require_room(self, app_id: str) -> None:
        """Raises AppBusy. Asked before the intent is written, so that nothing is left behind."""
        if self._in_the_air[app_id] >= MOST_PER_APP or self._in_the_air.total() >= MOST:
            raise AppBusy(headers={"Retry-After": "5"})

    def start(self, app_id: str, work: Callable[[], None]) -> Future[None]:
        """Have it done in a thread of its own."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(MOST, thread_name_prefix="app-call")
            self._in_the_air[app_id] += 1
        return self._pool.submit(self._do, app_id, work)

    def _do(self, app_id: str, work: Callable[[], None]) -> None:
        try:
            work()
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("What an app answered was not written: %s. The sweep will say so.", type(error).__name__)
        except Exception:  # the edge of the thread
            log.exception("a call of an app failed")
        finally:
            with self._lock:
                self._in_the_air[app_id] -= 1
                if not self._in_the_air[app_id]:
                    del self._in_the_air[app_id]
                    self._over.notify_all()


CALLS = Calls()


def call_and_wait(app_id: str, work: Callable[[], None], seconds: float | None = None) -> None:
    """Start it, and wait for a moment: afterwards it is done, or goes on by itself."""
    wait([CALLS.start(app_id, work)], timeout=PATIENCE_S if seconds is None else seconds)
