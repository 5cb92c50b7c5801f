"""The process beside the web: the pump, the job runner and the housekeeping, woken by the bell.

`portico up` runs it as `python -m portico.background`, and with it the streams, where `PORTICO_STREAMS_URL` says.
SIGINT and SIGTERM end it within seconds; what was in flight is written or taken again.
"""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from portico import app, monitor, settings
from portico.domains.announcements import sweeping as announcements
from portico.domains.api_log import partitions as api_log
from portico.domains.approvals import sweeping as approvals
from portico.domains.attendance import closing as sessions_of_work
from portico.domains.attendance import sweeping as attendance
from portico.domains.attendance.service import forget_positions
from portico.domains.audit import service as audit
from portico.domains.audit import sightings as reads
from portico.domains.catalogue.service import proving
from portico.domains.contacts import sweeping as contacts
from portico.domains.directory import presence_sweeping as presence
from portico.domains.files import sweeping as files
from portico.domains.identity.errands import run_errands
from portico.domains.identity.service import sessions
from portico.domains.installations import counting
from portico.domains.installations import sweeping as installations
from portico.domains.interactions import sweeping as interactions
from portico.domains.notifications import sweeping as notifications
from portico.domains.oauth.service import devices, keys, minting, replays, unlisted
from portico.domains.tasks import service as tasks
from portico.domains.tickets import sweeping as tickets
from portico.domains.webhooks import metrics, sweeping
from portico.domains.webhooks.pump import Pump
from portico.kernel import idempotency, jobs, last_use, logs, sightings
from portico.kernel.bell_listening import BellListener
from portico.kernel.errors import Unavailable
from portico.kernel.outbound import EgressPolicy
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from portico.stream.serving import StreamServer, address

JOBS_POLL_S = 2.0
HOUSEKEEPING_S = 3600.0
ANCHOR_S = 60.0
TICKETS_S = 60.0
ATTENDANCE_S = 60.0
ORPHANS_S = 86_400.0
log = logging.getLogger("portico.background")


class Background:
    """The threads of the process. `run_jobs` is false where workers do that, which also sweep."""

    def __init__(self, here: Settings, *, run_jobs: bool) -> None:
        self.here = here
        self._run_jobs = run_jobs
        self.stop = threading.Event()
        self.failed = False
        self.pump = Pump(EgressPolicy.of(here))
        self.streams: StreamServer | None = None
        self._rung = threading.Event()
        self._swept_at: float | None = None
        self._anchored_at: float | None = None
        self._tickets_at: float | None = None
        self._attendance_at: float | None = None
        self._orphans_at: float | None = None

    def request_stop(self) -> None:
        self.stop.set()
        if self.streams is not None:
            self.streams.request_stop()
        self.wake()

    def wake(self) -> None:
        self.pump.wake()
        self._rung.set()
        if self.streams is not None:
            self.streams.wake()

    def _hear(self, whisper: bytes) -> None:
        if self.streams is not None:
            self.streams.hear(whisper)

    def fail(self) -> None:
        """Half a process would look alive, so all of it ends and is started again."""
        self.failed = True
        self.request_stop()

    def health(self) -> dict[str, str]:
        """What the process says of itself. Standing by is as ready as pumping."""
        return {"pump": "pumping" if self.pump.holding else "standing by"}

    def run(self) -> int:
        """Work until asked to stop; answers the exit code."""
        metrics.watch(self.pump)
        watched = monitor.serve_own(self.here, self.health)
        stop_writing = last_use.flush_regularly()
        stop_counting = sightings.flush_regularly()
        listener = BellListener(self.here, self.wake, self._hear)
        listener.start()
        threads = [self._thread("pump", lambda: self.pump.run(self.stop)), self._thread("jobs", self._work)]
        for thread in threads:
            thread.start()
        # With a timeout, so that signals are handled on every platform.
        while not self.stop.wait(0.5):
            pass
        for thread in threads:
            thread.join(8)
        listener.stop()
        stop_writing()
        stop_counting()
        if watched is not None:
            watched.shutdown()
        return 1 if self.failed else 0

    def _thread(self, name: str, work: Callable[[], None]) -> threading.Thread:
        def guarded() -> None:
            try:
                work()
            except Exception:  # the edge of the thread
                log.exception("%s failed", name)
                self.fail()

        return threading.Thread(target=guarded, name=name, daemon=True)

    def _work(self) -> None:
        """Jobs as they come; housekeeping once an hour."""
        while not self.stop.is_set():
            try:
                ran = jobs.drain() if self._run_jobs else 0
                ran += run_errands()
                audit.derive()
                self._anchor()
                self._mind_tickets()
                ran += self._mind_attendance()
                self._keep_house()
            except (SQLAlchemyError, Unavailable) as error:
                log.warning("The database does not answer: %s. Trying again.", type(error).__name__)
                ran = 0
            if not ran:
                self._rung.wait(JOBS_POLL_S)
                self._rung.clear()

    def _anchor(self) -> None:
        """Look once a minute which records are due to be signed."""
        if self._anchored_at is None or time.monotonic() - self._anchored_at >= ANCHOR_S:
            self._anchored_at = time.monotonic()
            audit.anchor()

    def _mind_tickets(self) -> None:
        """Look once a minute what is due of tickets, announcements, requests, runs of actions and breaks."""
        if self._tickets_at is None or time.monotonic() - self._tickets_at >= TICKETS_S:
            self._tickets_at = time.monotonic()
            mind_what_is_due()

    def _mind_attendance(self) -> int:
        """Look once a minute whose shift is over, and which days have come; compute the days that wait."""
        if self._attendance_at is None or time.monotonic() - self._attendance_at >= ATTENDANCE_S:
            self._attendance_at = time.monotonic()
            sessions_of_work.sweep()
            attendance.sweep()
        return attendance.recompute_stale()

    def _keep_house(self) -> None:
        if self._swept_at is not None and time.monotonic() - self._swept_at < HOUSEKEEPING_S:
            return
        self._swept_at = time.monotonic()
        with system_unit("housekeeping: forget what has had its time", write=True):
            idempotency.sweep()
            sessions.sweep()
            minting.sweep()
            replays.sweep()
            unlisted.sweep_clients()
            devices.sweep_devices()
            keys.keep_turning()
            tasks.sweep()
            reads.sweep()
            forget_positions()
            interactions.forget()
        swept = contacts.sweep() + files.sweep() + sweeping.sweep() + installations.sweep() + proving.look_again()
        swept += notifications.forget() + api_log.sweep()
        counting.count_apps()
        attendance.settle()
        self._remove_orphans()
        if swept:
            log.info("swept", extra={"rows": swept})

    def _remove_orphans(self) -> None:
        """Once a day: it walks over all that is stored."""
        if self._orphans_at is None or time.monotonic() - self._orphans_at >= ORPHANS_S:
            self._orphans_at = time.monotonic()
            files.sweep_orphans()
            announcements.recount()


def mind_what_is_due() -> None:
    """Tickets, announcements, requests, runs of actions, breaks and notices whose time has come."""
    for sweep in (tickets, announcements, approvals, presence, interactions, notifications):
        sweep.sweep()


def work_once() -> int:
    """All that is due now, but for deliveries and housekeeping; answers how much. For who drives each step."""
    mind_what_is_due()
    sessions_of_work.sweep()
    attendance.sweep()
    ran = jobs.drain() + run_errands() + attendance.recompute_stale()
    audit.derive()
    return ran


def handle_signals(background: Background) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: background.request_stop())


def main() -> int:
    """All of it, for `portico up`."""
    here = settings.from_env()
    logs.configure()
    app.start(here)
    background = Background(here, run_jobs=True)
    handle_signals(background)
    streams = StreamServer(here, *address(here), failed=background.fail, about=background.health)
    background.streams = streams
    streams.start()
    try:
        return background.run()
    finally:
        streams.stop()


if __name__ == "__main__":
    sys.exit(main())
