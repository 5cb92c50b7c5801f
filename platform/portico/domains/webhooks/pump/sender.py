"""The thread that holds the connections: it signs and sends what it is given, and hands the answers back."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from typing import cast

from portico.domains.webhooks import signing
from portico.domains.webhooks.pump.claiming import Sending
from portico.domains.webhooks.pump.results import Result
from portico.kernel import clock
from portico.kernel.outbound import EgressPolicy, Many, Request

_Token = tuple[Sending, int]
DEADLINE_S = 15.0
CONNECT_S = 3.0
TURN_S = 1.0


class Sender:
    """`put` what is to be sent, `take` what came back; `answered` is called when something did."""

    def __init__(self, policy: EgressPolicy, answered: Callable[[], None], deadline_s: float = DEADLINE_S) -> None:
        self._many = Many(policy)
        self._answered = answered
        self._deadline_s = deadline_s
        self._to_send: deque[Sending] = deque()
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

    def stop(self, patience_s: float) -> None:
        """Start nothing more, and wait a while for what is in flight."""
        self._to_send.clear()
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
        while self._to_send:
            self._start(self._to_send.popleft())
        answers = self._many.poll(TURN_S)
        for token, answer in answers:
            sending, timestamp = cast(_Token, token)
            self._results.append(Result(sending, timestamp, answer))
        if answers:
            self._answered()

    def _start(self, sending: Sending) -> None:
        # Stamped now and not at the claim: receivers allow five minutes.
        timestamp = int(clock.now().timestamp())
        headers = signing.open_headers(sending.event_id, timestamp, sending.installation_id)
        headers["webhook-signature"] = signing.signature(
            sending.secrets, sending.event_id, timestamp, sending.body, sending.keys
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
