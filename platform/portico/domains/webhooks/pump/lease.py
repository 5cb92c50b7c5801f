"""Who may pump. One row, taken by conditional update; each new holder gets a higher fencing number.

A lease lives 10 s and is renewed every 3 s. It is taken over when it has run out, when nobody renewed it for its whole
life by the taker's own steady clock (whatever the clocks of two machines say), or at once when its holder was a
process of this machine that is dead.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from portico.domains.webhooks.models import PumpLease
from portico.kernel import clock
from portico.kernel.errors import Unavailable
from portico.kernel.unit_of_work import session, system_unit

NAME = "deliveries"
LIFE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
log = logging.getLogger("portico.pump")


class LeaseLost(Exception):
    """Another pump has taken over; what this one still knows must not be written."""


def _machine() -> str:
    """Names this machine, boot and, in containers, the space in which process numbers count."""
    boot = Path("/proc/sys/kernel/random/boot_id")
    space = Path("/proc/self/ns/pid")
    parts = [
        socket.gethostname(),
        boot.read_text().strip() if boot.exists() else "",
        str(space.readlink()) if space.exists() else "",
    ]
    return "|".join(parts)


def _born(pid: int) -> str:
    """When a process started, in the kernel's ticks; numbers are used again. Empty where /proc is missing."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def new_holder() -> str:
    """A name for one pump of this process."""
    return f"{_machine()}|{os.getpid()}|{_born(os.getpid())}|{secrets.token_hex(4)}"


def is_dead(holder: str) -> bool:
    """Whether the holder was a process of this machine that is certainly gone."""
    machine, pid, born, _ = holder.rsplit("|", 3)
    if machine != _machine():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass  # it lives, as somebody else's
    return born != _born(int(pid))


class Lease:
    """One pump's claim to be the only one."""

    def __init__(self) -> None:
        self.holder = new_holder()
        self.fencing = 0
        self._seen: Any = None
        self._seen_at = 0.0

    def try_take(self) -> bool:
        """Take the lease when it is free; costs one read when it is not."""
        with system_unit("pump: who holds the lease") as work:
            row = work.execute(select(PumpLease.__table__).where(PumpLease.name == NAME)).one_or_none()
        if row is not None and not self._is_free(row):
            return False
        with system_unit("pump: take the lease", write=True):
            taken = self._insert() if row is None else self._replace(row)
        if taken is not None:
            self.fencing = taken
            log.info("pump holds the lease", extra={"fencing": taken})
        return taken is not None

    def _is_free(self, row: Row[Any]) -> bool:
        mark = (row.fencing, row.expires_at)
        if mark != self._seen:
            self._seen, self._seen_at = mark, time.monotonic()
        unchanged = time.monotonic() - self._seen_at >= LIFE.total_seconds()
        return row.expires_at <= clock.now() or unchanged or is_dead(row.holder)

    def _insert(self) -> int | None:
        values = {"name": NAME, "holder": self.holder, "fencing": 1, "expires_at": clock.now() + LIFE}
        try:
            with session().begin_nested():
                session().execute(insert(PumpLease).values(values))
        except IntegrityError:
            return None
        return 1

    def _replace(self, row: Row[Any]) -> int | None:
        fencing: int | None = session().scalar(
            update(PumpLease)
            .where(PumpLease.name == NAME, PumpLease.fencing == row.fencing, PumpLease.expires_at == row.expires_at)
            .values(holder=self.holder, fencing=PumpLease.fencing + 1, expires_at=clock.now() + LIFE)
            .returning(PumpLease.fencing)
        )
        return fencing

    def renew(self) -> bool:
        """Live on. False when another pump has the lease."""
        with system_unit("pump: renew the lease", write=True) as work:
            renewed = work.scalar(
                update(PumpLease)
                .where(PumpLease.name == NAME, PumpLease.fencing == self.fencing)
                .values(expires_at=clock.now() + LIFE)
                .returning(PumpLease.fencing)
            )
        return renewed is not None

    def release(self) -> None:
        """Let the next pump begin at once."""
        with system_unit("pump: give the lease back", write=True) as work:
            work.execute(
                update(PumpLease)
                .where(PumpLease.name == NAME, PumpLease.fencing == self.fencing)
                .values(expires_at=clock.now())
            )

    def require(self) -> None:
        """Nobody takes over before the open unit has committed. Raises LeaseLost."""
        # On PostgreSQL the shared lock makes a taker wait; on SQLite writing units come one after the other.
        held = session().scalar(
            select(PumpLease.fencing)
            .where(PumpLease.name == NAME, PumpLease.fencing == self.fencing)
            .with_for_update(read=True)
        )
        if held is None:
            raise LeaseLost()


class Renewal:
    """Renews the lease in a thread of its own, so that no long statement lets it run out."""

    def __init__(self, lease: Lease) -> None:
        self._lease = lease
        self._stop = threading.Event()
        self.lost = False
        self._thread = threading.Thread(target=self._run, name="pump-lease", daemon=True)

    def __enter__(self) -> Renewal:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(RENEW_SECONDS):
            try:
                self.lost = not self._lease.renew()
            except (SQLAlchemyError, Unavailable) as error:
                log.warning("The lease could not be renewed: %s.", type(error).__name__)
            if self.lost:
                return
