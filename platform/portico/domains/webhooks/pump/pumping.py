"""The pump's own thread: fan out, write results, claim, hand over; and the life around it."""

from __future__ import annotations

import logging
import threading
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from portico.domains.webhooks.pump import replaying, results
from portico.domains.webhooks.pump.claiming import Sending, claim, feel_pulse
from portico.domains.webhooks.pump.fan_out import FanOut
from portico.domains.webhooks.pump.health import START, Wards
from portico.domains.webhooks.pump.lease import Lease, LeaseLost, Renewal
from portico.domains.webhooks.pump.results import Result
from portico.domains.webhooks.pump.sender import DEADLINE_S, Sender
from portico.domains.webhooks.pump.turns import IN_FLIGHT, Ready, Turns
from portico.domains.webhooks.service import blocking
from portico.kernel import clock
from portico.kernel.errors import Unavailable
from portico.kernel.outbound import EgressPolicy
from portico.kernel.unit_of_work import system_unit

POLL_S = 1.0
STOP_PATIENCE_S = 5.0
log = logging.getLogger("portico.pump")


class Pump:
    """`run` for a process; `take`, `step` and `close` for whoever wants to see each step."""

    def __init__(
        self,
        policy: EgressPolicy,
        *,
        per_endpoint: int = START,
        in_flight: int = IN_FLIGHT,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        self._policy = policy
        self._deadline_s = deadline_s
        self._wake = threading.Event()
        self._fan_out = FanOut()
        self._wards = Wards(per_endpoint)
        self._turns = Turns(self._wards, in_flight)
        self._sender: Sender | None = None
        self._flying: dict[str, Sending] = {}
        self._unwritten: list[Result] = []
        self._opening: dict[tuple[str, str], datetime] = {}
        """Endpoints whose breaker has opened, and that is not written yet."""
        self.lease = Lease()
        self.holding = False

    @property
    def in_flight(self) -> int:
        """Deliveries claimed whose result is not written yet."""
        return len(self._flying)

    def wake(self) -> None:
        """There may be something to do; from any thread."""
        self._wake.set()

    def wait(self, seconds: float = POLL_S) -> None:
        """Until somebody wakes the pump, or the time has passed."""
        self._wake.wait(seconds)
        self._wake.clear()

    # --- one step after the other ---

    def take(self) -> bool:
        """Become the pump, if there is none: what the one before left half done is taken again."""
        if not self.lease.try_take():
            return False
        with system_unit("pump: take again what a dead pump was sending", write=True):
            again = results.take_again(self.lease.fencing)
        if again:
            log.info("took deliveries again", extra={"count": again})
        self._sender = Sender(self._policy, self.wake, self._deadline_s)
        self.holding = True
        return True

    def step(self) -> bool:
        """Do what is there to do now. Answers whether there may be more at once. Raises LeaseLost."""
        self._hear()
        pulse = feel_pulse()
        more = self._fan_out.step() if pulse.events else False
        if pulse.replays:
            more = replaying.step(self.lease) or more
        if more or pulse.events:
            pulse = feel_pulse()
        ready = [one for one in pulse.ready if (one.workspace_id, one.endpoint_id) not in self._opening]
        shares = self._turns.free(ready, self._calls())
        if not shares and not self._unwritten:
            return more
        self._exchange(shares)
        return True

    def _hear(self) -> None:
        """Take the answers that have come, and learn from each once, however often writing them fails."""
        now = clock.now()
        for result in self._holder().take():
            self._unwritten.append(result)
            sent = result.sending
            if self._wards.note(sent.endpoint_id, result.answer, now, probing=sent.probing):
                self._opening[sent.workspace_id, sent.endpoint_id] = now

    def _exchange(self, shares: list[tuple[Ready, int]]) -> None:
        """Results in, claims out, in one transaction that no other pump can overtake."""
        written = {result.sending.delivery_id for result in self._unwritten}
        with system_unit("pump: write results, claim deliveries", write=True):
            self.lease.require()
            if self._unwritten:
                results.write(self._unwritten, self.lease.fencing)
            for place, since in self._opening.items():
                blocking.open_breaker(*place, since)
            claimed = claim(shares, self.lease.fencing)
        self._unwritten = []
        self._opening.clear()
        for delivery_id in written:
            self._flying.pop(delivery_id, None)
        self._flying.update({sending.delivery_id: sending for sending in claimed})
        self._holder().put(claimed)

    def _calls(self) -> list[Sending]:
        """What uses a slot. What has answered and is only not written yet uses none."""
        answered = {result.sending.delivery_id for result in self._unwritten}
        return [sending for sending in self._flying.values() if sending.delivery_id not in answered]

    def _holder(self) -> Sender:
        if self._sender is None:
            raise LeaseLost("This pump does not hold the lease.")
        return self._sender

    def close(self, patience_s: float = STOP_PATIENCE_S) -> None:
        """Wait a while for what is in flight, write it, give back the rest, and let the next pump begin."""
        if self._sender is None:
            return
        self._sender.stop(patience_s)
        self._unwritten += self._sender.take()
        try:
            self._settle_accounts()
        except LeaseLost:
            log.info("another pump has taken over")
        finally:
            self._drop()

    def _settle_accounts(self) -> None:
        with system_unit("pump: write results, give back the rest", write=True):
            self.lease.require()
            results.write(self._unwritten, self.lease.fencing)
            results.give_back(list(self._flying.values()), self.lease.fencing)
        self.lease.release()

    def _drop(self) -> None:
        """Forget what is in flight: it is another pump's, or will be."""
        if self._sender is not None:
            self._sender.stop(0)
        self._sender, self.holding = None, False
        self._flying.clear()
        self._unwritten.clear()
        self._opening.clear()

    # --- a life ---

    def run(self, stop: threading.Event) -> None:
        """Pump until `stop` is set (and `wake` called). Waits for the lease as long as another pump has it."""
        while not stop.is_set():
            try:
                if self.take():
                    self._serve(stop)
            except LeaseLost:
                log.warning("another pump has taken over")
                self._drop()
            except (SQLAlchemyError, Unavailable) as error:
                log.warning("The database does not answer: %s. Trying again.", type(error).__name__)
            if not stop.is_set():
                self.wait()
        self._close_at_last()

    def _serve(self, stop: threading.Event) -> None:
        with Renewal(self.lease) as renewal:
            while not stop.is_set():
                if renewal.lost:
                    raise LeaseLost()
                if not self._try_step():
                    self.wait()

    def _try_step(self) -> bool:
        """A step; the results of one that the database did not take are kept for the next."""
        try:
            return self.step()
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("The database does not answer: %s. Trying again.", type(error).__name__)
            return False

    def _close_at_last(self) -> None:
        try:
            self.close()
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("The pump could not say goodbye: %s. The next one takes its work again.", type(error).__name__)
