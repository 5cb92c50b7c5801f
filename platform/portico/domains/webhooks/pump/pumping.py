"""The pump's own thread: fan out, write results, claim, hand over; and the life around it."""

from __future__ import annotations

import logging
import threading
import time

from sqlalchemy.exc import SQLAlchemyError

from portico.domains.webhooks import counting
from portico.domains.webhooks.pump import replaying, results
from portico.domains.webhooks.pump.books import Books, Writer
from portico.domains.webhooks.pump.claiming import claim
from portico.domains.webhooks.pump.fan_out import FanOut
from portico.domains.webhooks.pump.health import START, Wards
from portico.domains.webhooks.pump.lease import Lease, LeaseLost, Renewal
from portico.domains.webhooks.pump.preparing import Sending
from portico.domains.webhooks.pump.pulse import Pulse, feel_pulse
from portico.domains.webhooks.pump.sender import DEADLINE_S, Sender
from portico.domains.webhooks.pump.shards import LAYING_OUT
from portico.domains.webhooks.pump.turns import IN_FLIGHT, Ready, Turns
from portico.kernel import bell
from portico.kernel.errors import Unavailable
from portico.kernel.outbound import EgressPolicy
from portico.kernel.statistics import Refreshing
from portico.kernel.unit_of_work import system_unit

POLL_S = 1.0
TEND_S = 5.0
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
        self._pace = replaying.Pace()
        self._wards = Wards(per_endpoint)
        self._turns = Turns(self._wards, in_flight)
        self._sender: Sender | None = None
        self._books = Books(self._wards)
        self._writer: Writer | None = None
        self._refreshing: Refreshing | None = None
        self._is_rung = True
        """Whether somebody said that something has happened."""
        self.lease = Lease()
        self._tend_at = 0.0
        self._to_take_again: set[str] = set()
        self._is_unsure = False
        """Whether a claim was committed, perhaps, of which no answer came."""

    @property
    def holding(self) -> bool:
        """Whether this pump owns shards, and so sends."""
        return self._sender is not None

    @property
    def in_flight(self) -> int:
        """Deliveries claimed whose result is not written yet."""
        return self._books.in_flight

    def wake(self) -> None:
        """Something has happened; from any thread."""
        self._is_rung = True
        self._wake.set()

    def wait(self, seconds: float = POLL_S) -> None:
        """Until somebody wakes the pump, or the time has passed."""
        self._wake.wait(seconds)
        self._wake.clear()

    # --- one step after the other ---

    def take(self) -> bool:
        """Live on, and take the shards that are free up to the fair share; what their owners before left half done is
        taken again. Answers whether any are held."""
        self._to_take_again |= self.lease.tend() - {LAYING_OUT}
        held = {name: self.lease.held[name] for name in self._to_take_again & self.lease.held.keys()}
        if held:
            with system_unit("pump: take again what a dead pump was sending", write=True):
                again = results.take_again(held)
            if again:
                log.info("took deliveries again", extra={"count": again})
        self._to_take_again.clear()
        if self._sender is None and self.lease.serving():
            self._sender = Sender(self._policy, self._answered, self._calls_allowed, self._deadline_s)
        return self.holding

    def step(self) -> bool:
        """Do what is there to do now. Answers whether there may be more at once. Raises LeaseLost."""
        self._hear(self._holder())
        written = self._write()
        return self._turn() or written

    def _write(self) -> bool:
        calls_up = self._books.calls_up()
        written = self._books.write(self.lease)
        if written and calls_up:
            self._wake.set()
        return written

    def _turn(self) -> bool:
        """Lay out, claim, hand over to the sender. Answers whether there may be more at once."""
        counting.STEPS.inc()
        self._take_back()
        self._books.before_asking()
        more = self._lay_out_what_rang()
        pulse = feel_pulse(self.lease.serving())
        more = self._lay_out(pulse) or more
        if pulse.events or (more and not pulse.ready):
            pulse = feel_pulse(self.lease.serving())
        ready = self._books.callable(pulse.ready)
        shares = self._turns.free(ready, self._books.calls(), self._holder().queued())
        if shares:
            self._claim(shares)
        self._leave()
        return more or bool(shares)

    def _take_back(self) -> None:
        """A connection that ends at a commit does not tell whether it was one: what is marked as being sent by this
        pump, and of which it knows nothing, waits again."""
        if self._is_unsure:
            with system_unit("pump: take back what an unanswered claim has marked", write=True):
                self.lease.require()
                results.take_back(self.lease.held, self._books.known())
            self._is_unsure = False

    def _claim(self, shares: list[tuple[Ready, int]]) -> None:
        self._is_unsure = True
        with system_unit("pump: claim deliveries", write=True):
            self.lease.require()
            claimed = claim(shares, self.lease.held)
        self._is_unsure = False
        if claimed:
            count = sum(len(sending.delivery_ids) for sending in claimed)
            counting.CLAIMED.observe(count)
            self._pace.claimed(count)
            if self._refreshing is not None:
                self._refreshing.grew(count)
        self._books.claimed(claimed)
        self._holder().put(claimed)

    def _answered(self) -> None:
        """Called in the sender's thread when answers are there, or when it has failed."""
        if self._writer is not None and self._sender is not None and self._sender.failure is None:
            came = self._hear(self._sender)
            self._writer.wake()
            if not self._turns.wants_more(came, self._sender.queued()):
                return
        self._wake.set()

    def _hear(self, sender: Sender) -> set[str]:
        """Take the answers; who did not take a call gets nothing more before it is claimed anew. Answers whose."""
        came = sender.take()
        for endpoint_id in self._books.hear(came):
            self._books.returned(sender.retract(endpoint_id))
        return {result.sending.endpoint_id for result in came}

    def _calls_allowed(self, sending: Sending) -> int:
        return self._wards.limit(sending.endpoint_id, int(sending.probing))

    def _lay_out_what_rang(self) -> bool:
        """Whoever rings has most often written an event: it is not asked first whether there is one."""
        rung, self._is_rung = self._is_rung, False
        if not rung or LAYING_OUT not in self.lease.held:
            return False
        more = self._fan_out.step()
        if self.lease.has_company and self._fan_out.found:
            bell.ring()
        return more

    def _lay_out(self, pulse: Pulse) -> bool:
        """Events and replays become deliveries, in one pump, so that they come in the order of the events."""
        if LAYING_OUT not in self.lease.held:
            return False
        more = self._fan_out.step() if pulse.events else False
        # Where nothing is ready there is room for certain.
        if pulse.replays and (not pulse.ready or self._pace.is_due()):
            more = self._pace.looked(found=replaying.step(self.lease, may_be_late=pulse.events)) or more
        if self.lease.has_company and (pulse.events or more):
            bell.ring()
        return more

    def _leave(self) -> None:
        """Let other pumps have the shards that are more than a fair share, as soon as nothing is in flight there."""
        if self.lease.leaving:
            empty = self.lease.leaving - self._books.busy_shards()
            if empty:
                self.lease.give_up(empty)

    def _holder(self) -> Sender:
        if self._sender is None:
            raise LeaseLost("This pump has no shards.")
        return self._sender

    def close(self, patience_s: float = STOP_PATIENCE_S) -> None:
        """Wait a while for what is in flight, write it, give back the rest, and let the next pump begin."""
        if self._sender is not None:
            self._sender.stop(patience_s)
            self._hear(self._sender)
        try:
            if self.lease.is_living:
                self._books.settle(self.lease)
                self.lease.release()
        except LeaseLost:
            log.info("another pump has taken over")
        finally:
            self._drop()

    def _drop(self) -> None:
        """Forget what is in flight: it is another pump's, or will be. What begins anew has another name."""
        if self._sender is not None:
            self._sender.stop(0)
        self._sender, self.lease, self._tend_at, self._is_unsure = None, Lease(), 0.0, False
        self._to_take_again.clear()
        self._books.forget()

    # --- a life ---

    def run(self, stop: threading.Event) -> None:
        """Pump until `stop` is set (and `wake` called). Waits for shards as long as other pumps have them."""
        while not stop.is_set():
            try:
                self._live(stop)
            except LeaseLost:
                log.warning("another pump has taken over")
                self._drop()
            if not stop.is_set():
                self.wait()
        self._close_at_last()

    def _live(self, stop: threading.Event) -> None:
        """One life: until the end, or until another pump declares this one dead."""
        writer = Writer(self._write, self._books.gathering_s)
        with Renewal(self.lease) as renewal, writer as self._writer, Refreshing() as self._refreshing:
            try:
                while not stop.is_set():
                    if renewal.lost:
                        raise LeaseLost()
                    self._raise_what_failed()
                    if not self._try_turn():
                        self.wait()
            finally:
                self._writer = self._refreshing = None

    def _raise_what_failed(self) -> None:
        """A thread that has failed ends this one too: half a pump would look alive."""
        for thread in (self._writer, self._sender):
            if thread is not None and thread.failure is not None:
                raise thread.failure

    def _try_turn(self) -> bool:
        try:
            self._tend_when_due()
            return self._turn() if self.holding else False
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("The database does not answer: %s. Trying again.", type(error).__name__)
            return False

    def _tend_when_due(self) -> None:
        """Look after the leases: every few seconds, and every second while others owe this pump shards."""
        if time.monotonic() >= self._tend_at:
            self.take()
            self._tend_at = time.monotonic() + (POLL_S if self.lease.missing else TEND_S)

    def _close_at_last(self) -> None:
        try:
            self.close()
        except (SQLAlchemyError, Unavailable) as error:
            log.warning("The pump could not say goodbye: %s. The next one takes its work again.", type(error).__name__)
