"""From a claim to its written result: what is in flight, what has answered, which breakers have opened."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from portico.domains.webhooks import counting, directives
from portico.domains.webhooks.pump import results
from portico.domains.webhooks.pump.health import Wards
from portico.domains.webhooks.pump.lease import Lease
from portico.domains.webhooks.pump.preparing import Sending
from portico.domains.webhooks.pump.results import Result
from portico.domains.webhooks.pump.shards import shard_of
from portico.domains.webhooks.pump.turns import Ready
from portico.domains.webhooks.service import blocking
from portico.kernel import clock
from portico.kernel.errors import Unavailable
from portico.kernel.unit_of_work import system_unit

MOST_RESULTS = 1_000
GATHER_S, GATHER_MANY_S = 0.02, 0.1
"""Results that come within this time are written together; the second where many come and nobody waits for them."""
MANY_RESULTS = 50
_Place = tuple[str, str]
log = logging.getLogger("portico.pump")


class Books:
    """One thread claims, one hears and one writes; each keeps to its own methods. What they share are dicts and deques
    of which each step is atomic, so none waits for another."""

    def __init__(self, wards: Wards) -> None:
        self._wards = wards
        self._flying: dict[str, Sending] = {}
        self._unwritten: deque[Result] = deque()
        self._returned: deque[Sending] = deque()
        self._last_written = 0
        self._to_open: dict[_Place, datetime] = {}
        """Breakers that have opened, and that is not written yet."""
        self._opening: dict[_Place, datetime] = {}
        """Endpoints left alone until a question to the database is sure to see that their breakers are open."""
        self._opened: deque[tuple[_Place, datetime]] = deque()

    @property
    def in_flight(self) -> int:
        """Deliveries claimed whose result is not written yet."""
        return len(self._flying)

    # --- who claims ---

    def before_asking(self) -> None:
        """What is asked from here on sees the breakers that were written."""
        while self._opened:
            place, since = self._opened.popleft()
            if self._opening.get(place) == since:
                del self._opening[place]

    def callable(self, ready: Iterable[Ready]) -> list[Ready]:
        return [one for one in ready if (one.workspace_id, one.endpoint_id) not in self._opening]

    def calls(self) -> list[Sending]:
        """What uses a slot. What has answered and is only not written yet uses none."""
        answered = {result.sending.delivery_id for result in list(self._unwritten)}
        return [sending for sending in list(self._flying.values()) if sending.delivery_id not in answered]

    def claimed(self, sendings: Iterable[Sending]) -> None:
        self._flying.update({sending.delivery_id: sending for sending in sendings})

    def known(self) -> list[str]:
        """Deliveries that are in flight or have answered."""
        return [one for sending in list(self._flying.values()) for one in sending.delivery_ids]

    def busy_shards(self) -> set[str]:
        return {shard_of(sending.endpoint_id) for sending in list(self._flying.values())}

    # --- who hears: from here on the slots are free ---

    def hear(self, came: Sequence[Result]) -> set[str]:
        """Learn from each answer once, however often writing it fails. Answers which endpoints did not take a call:
        what they have queued is to be `returned`."""
        now = clock.now()
        unwilling = set()
        for result in came:
            self._unwritten.append(result)
            sent = result.sending
            if not result.answer.ok or directives.HEADER in result.answer.headers:
                unwilling.add(sent.endpoint_id)
            if self._wards.note(sent.endpoint_id, result.answer, now, probing=sent.probing):
                place = sent.workspace_id, sent.endpoint_id
                self._to_open[place] = self._opening[place] = now
                counting.BREAKERS.inc()
        return unwilling

    def returned(self, sendings: Iterable[Sending]) -> None:
        """Claimed, and not sent: it waits again, and no attempt is spent."""
        self._returned.extend(sendings)

    # --- who writes ---

    def gathering_s(self) -> float:
        """How long to wait for more. A transaction for a few costs as much as one for many."""
        unwritten = list(self._unwritten)
        awaited = self._to_open or self._returned or any(result.sending.order_keys for result in unwritten)
        return GATHER_S if awaited or self._last_written < MANY_RESULTS else GATHER_MANY_S

    def calls_up(self) -> bool:
        """Whether what is to be written lets another delivery of its key go."""
        return any(result.sending.order_keys for result in list(self._unwritten))

    def write(self, lease: Lease) -> bool:
        """Results in, in one transaction before whose end nobody can take over. Answers whether there were any."""
        # In this order: a breaker that opened is written with, or after, the answers that opened it.
        batch, opening = self._next_results(), dict(self._to_open)
        unsent = list(self._returned)
        if not batch and not opening and not unsent:
            return False
        with system_unit("pump: write results", write=True):
            lease.require()
            results.write(batch)
            if unsent:
                results.give_back(unsent)
            for place, since in opening.items():
                blocking.open_breaker(*place, since)
        self._opened.extend(opening.items())
        for place, since in opening.items():
            if self._to_open.get(place) == since:
                del self._to_open[place]
        self._last_written = len(batch)
        for result in batch:
            self._unwritten.popleft()
            self._land(result.sending)
        for sending in unsent:
            self._returned.popleft()
            self._land(sending)
        return True

    def _next_results(self) -> list[Result]:
        """The oldest that are not written, as many as one transaction takes: the deliveries count."""
        found, count = [], 0
        for result in list(self._unwritten):
            found.append(result)
            count += len(result.sending.delivery_ids)
            if count >= MOST_RESULTS:
                break
        return found

    def _land(self, sending: Sending) -> None:
        # What waits again may have been claimed again already.
        if self._flying.get(sending.delivery_id) is sending:
            del self._flying[sending.delivery_id]

    # --- the end ---

    def settle(self, lease: Lease) -> None:
        """Write what has answered, give back the rest."""
        while self.write(lease):
            pass
        with system_unit("pump: give back what has not answered", write=True):
            lease.require()
            results.give_back(list(self._flying.values()))

    def forget(self) -> None:
        """What is in flight is another pump's, or will be."""
        self._flying.clear()
        self._unwritten.clear()
        self._returned.clear()
        self._to_open.clear()
        self._opening.clear()
        self._opened.clear()


class Writer:
    """The thread that writes results while the pump's own one claims and the sender sends."""

    def __init__(self, write: Callable[[], bool], gathering_s: Callable[[], float]) -> None:
        self._write = write
        self._gathering_s = gathering_s
        self._came = threading.Event()
        self._stop = threading.Event()
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="pump-writer", daemon=True)

    def __enter__(self) -> Writer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._came.set()
        self._thread.join()

    def wake(self) -> None:
        self._came.set()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._came.wait()
                began = time.monotonic()
                while time.monotonic() - began < self._gathering_s() and not self._stop.is_set():
                    self._stop.wait(GATHER_S)
                self._came.clear()
                while self._write() and not self._stop.is_set():
                    pass
            except (SQLAlchemyError, Unavailable) as error:
                log.warning("The database does not answer: %s. Trying again.", type(error).__name__)
                self._stop.wait(1.0)
                self._came.set()
            except Exception as error:  # noqa: BLE001 - the edge of a thread: the pump's own thread raises it again
                self.failure = error
                return
