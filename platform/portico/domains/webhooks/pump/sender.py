"""The thread that holds the connections: it signs and sends what it is given, and hands the answers back."""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import cast

from portico.domains.webhooks import signing
from portico.domains.webhooks.pump.preparing import Sending
from portico.domains.webhooks.pump.results import Result
from portico.kernel import clock
from portico.kernel.outbound import EgressPolicy, Many, Request

_Token = tuple[Sending, int]
DEADLINE_S = 15.0
CONNECT_S = 3.0
TURN_S = 1.0


class Sender:
    """`put` what is to be sent, `take` what came back; `answered` is called when something did.

    `limit` says how many calls the endpoint of a sending may have at once: what is more waits in a queue of that
    endpoint, and `retract` takes it out again.
    """

    def __init__(
        self,
        policy: EgressPolicy,
        answered: Callable[[], None],
        limit: Callable[[Sending], int],
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._many = Many(policy)
        self._answered = answered
        self._limit = limit
        self._deadline_s = deadline_s
        self._to_send: deque[Sending] = deque()
        self._queues: dict[str, deque[Sending]] = {}
        self._calls: Counter[str] = Counter()
        self._halted: set[str] = set()
        """Endpoints that did not take a call: nothing more begins there until it was heard, and retracted."""
        self._results: deque[Result] = deque()
        self._stopping = False
        self.failure: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="pump-sender", daemon=True)
        self._thread.start()

    def put(self, sendings: Iterable[Sending]) -> None:
        self._to_send.extend(sendings)
        self._many.wake()

    def take(self) -> list[Result]:
        """The results so far. Raises what ended the thread, if something did."""
        if self.failure is not None:
            raise self.failure
        results = []
        while self._results:
            results.append(self._results.popleft())
        return results

    def queued(self) -> dict[str, int]:
        """By endpoint, how much has no slot yet. From any thread."""
        return {endpoint_id: len(queue) for endpoint_id, queue in list(self._queues.items())}

    def retract(self, endpoint_id: str) -> list[Sending]:
        """What the endpoint has queued is not sent. From any thread."""
        found = list(_drained(self._queues.pop(endpoint_id, deque())))
        self._halted.discard(endpoint_id)
        return found

    def stop(self, patience_s: float) -> None:
        """Start nothing more, and wait a while for what is in flight."""
        self._stopping = True
        self._many.wake()
        self._thread.join(patience_s)

    def _run(self) -> None:
        try:
            while not self._stopping or self._many.in_flight:
                self._turn()
        except Exception as error:  # noqa: BLE001 - the edge of a thread: the pump's own thread raises it again
            self.failure = error
            self._answered()
        finally:
            self._many.close()

    def _turn(self) -> None:
        for endpoint_id in self._sort_out():
            self._start_some(endpoint_id)
        answers = self._many.poll(TURN_S)
        freed = set()
        for token, answer in answers:
            sending, timestamp = cast(_Token, token)
            self._results.append(Result(sending, timestamp, answer))
            self._calls[sending.endpoint_id] -= 1
            freed.add(sending.endpoint_id)
            if not answer.ok:
                self._halted.add(sending.endpoint_id)
        if answers:
            self._answered()
        for endpoint_id in freed:
            self._start_some(endpoint_id)
            if not self._calls[endpoint_id]:
                del self._calls[endpoint_id]

    def _sort_out(self) -> set[str]:
        """What came, into the queues of its endpoints; answers which."""
        came = set()
        for sending in _drained(self._to_send):
            self._queues.setdefault(sending.endpoint_id, deque()).append(sending)
            came.add(sending.endpoint_id)
        return came

    def _start_some(self, endpoint_id: str) -> None:
        queue = self._queues.get(endpoint_id)
        if queue is None or self._stopping or endpoint_id in self._halted:
            return
        for sending in _drained(queue, lambda first: self._calls[endpoint_id] < self._limit(first)):
            self._start(sending)
        if not queue:
            self._queues.pop(endpoint_id, None)

    def _start(self, sending: Sending) -> None:
        self._calls[sending.endpoint_id] += 1
        # Stamped now and not at the claim: receivers allow five minutes.
        timestamp = int(clock.now().timestamp())
        headers = signing.open_headers(sending.message_id, timestamp, sending.installation_id)
        headers["webhook-signature"] = signing.signature(
            sending.secrets, sending.message_id, timestamp, sending.body, sending.keys
        )
        request = Request(
            "POST",
            sending.url,
            headers=headers,
            body=sending.body,
            deadline_s=self._deadline_s,
            connect_s=min(CONNECT_S, self._deadline_s),
        )
        self._many.start(request, (sending, timestamp))


def _drained(queue: deque[Sending], wanted: Callable[[Sending], bool] = lambda _: True) -> Iterator[Sending]:
    """From the front, as long as they are wanted; another thread may take some too, and each is taken once."""
    with suppress(IndexError):
        while wanted(queue[0]):
            yield queue.popleft()
