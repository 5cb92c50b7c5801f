"""Who may pump what: a row for each living pump, and a row for each shard that says whose it is.

A pump lives 10 s after it has last said so, which it does every 3 s in one statement, however many shards it has. It
is declared dead (its row is removed) when that time is over, when nobody renewed it for its whole life by the other
pump's own steady clock (whatever the clocks of two machines say), or at once when it was a process of this machine
that is gone. A name that is removed never comes back. Then its shards are free; each new owner of a shard gets a
higher fencing number. Only the owner itself gives a shard up, and only what it has in flight there is finished.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from portico.domains.webhooks.models import LivingPump, PumpLease
from portico.domains.webhooks.pump.holders import is_dead, new_holder
from portico.domains.webhooks.pump.shards import LAYING_OUT, LEASES, SHARDS, fair_share
from portico.kernel import clock
from portico.kernel.errors import Unavailable
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import session, system_unit

LIFE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
log = logging.getLogger("portico.pump")


class LeaseLost(Exception):
    """This pump was declared dead; what it still knows must not be written."""


@dataclass(frozen=True, slots=True)
class _Owned:
    """A row of the leases."""

    name: str
    holder: str | None
    fencing: int


@dataclass(frozen=True, slots=True)
class _View:
    """The two tables, as they were read."""

    pumps: dict[str, datetime]
    leases: dict[str, _Owned]
    one_only: bool
    """On SQLite writers wait for each other, so a second pump would only be in the way."""


class Lease:
    """One pump's life, and the shards that it owns meanwhile."""

    def __init__(self) -> None:
        self.holder = new_holder()
        self.held: dict[str, int] = {}
        """What is owned, each with its fencing number. Only the pump's own thread changes it."""
        self.leaving: set[str] = set()
        """What is more than the fair share: nothing is claimed there any more."""
        self.missing = len(SHARDS)
        """How many shards are still owed to this pump by others."""
        self.has_company = False
        self.is_living = False
        self._seen: dict[str, tuple[datetime, float]] = {}

    # --- taking ---

    def tend(self) -> set[str]:
        """Bury the dead, take what is free up to the fair share, mark what is too much; answers what is new."""
        view = _look()
        if len(view.leases) < len(LEASES):
            _add_leases()
            view = _look()
        if self.is_living and self.holder not in view.pumps:
            raise LeaseLost()
        self._seen = {holder: mark for holder, mark in self._seen.items() if holder in view.pumps}
        dead = {holder for holder, expires_at in view.pumps.items() if self._is_gone(holder, expires_at)}
        living = (view.pumps.keys() - dead) | {self.holder}
        self.has_company = len(living) > 1
        if view.one_only and self.has_company and not self.held:
            return set()
        share = len(SHARDS) if view.one_only else fair_share(self.holder, living)
        wanted = self._wanted(view, living, share)
        taken: dict[str, int] = {}
        if dead or wanted or not self.is_living:
            with system_unit("pump: bury the dead, take free shards", write=True):
                if not self.is_living and self.holder not in view.pumps:
                    session().execute(insert(LivingPump).values(holder=self.holder, expires_at=clock.now() + LIFE))
                if all(_bury(holder, view.pumps[holder]) for holder in sorted(dead)):
                    taken = self._take(wanted)
            self.is_living = True
        self.held |= taken
        self._mark_surplus(share)
        if taken:
            log.info("pump took shards", extra={"taken": len(taken), "held": len(self.held)})
        return set(taken)

    def _is_gone(self, holder: str, expires_at: datetime) -> bool:
        if holder == self.holder:
            return False
        mark, since = self._seen.get(holder, (None, 0.0))
        if mark != expires_at:
            since = time.monotonic()
            self._seen[holder] = expires_at, since
        unchanged = time.monotonic() - since >= LIFE.total_seconds()
        return expires_at <= clock.now() or unchanged or is_dead(holder)

    def _wanted(self, view: _View, living: Collection[str], share: int) -> dict[str, _Owned]:
        # Its own that it does not know of: of the commit that gave them no answer came.
        others = set(living) - {self.holder}
        free = {name: row for name, row in view.leases.items() if row.holder not in others and name not in self.held}
        shards = [name for name in free if name != LAYING_OUT][: max(0, share - len(self._shards()))]
        return {name: free[name] for name in (*shards, LAYING_OUT) if name in free}

    def _take(self, wanted: dict[str, _Owned]) -> dict[str, int]:
        """Those of them that are still as they were seen. Locked in one order, so that two takers never wait for
        each other."""
        if not wanted:
            return {}
        lease = PumpLease.__table__.c
        found = session().execute(
            select(PumpLease.__table__).where(lease.name.in_(wanted)).order_by(lease.name).with_for_update()
        )
        free = [row.name for row in found if row.fencing == wanted[row.name].fencing]
        rows = session().execute(
            update(PumpLease)
            .where(lease.name.in_(free))
            .values(holder=self.holder, fencing=lease.fencing + 1)
            .returning(lease.name, lease.fencing)
        )
        return {row.name: row.fencing for row in rows}

    # --- giving up ---

    def _shards(self) -> set[str]:
        return self.held.keys() - {LAYING_OUT}

    def _mark_surplus(self, share: int) -> None:
        shards = sorted(self._shards())
        self.leaving = set(shards[share:])
        self.missing = max(0, share - len(shards))

    def serving(self) -> list[str]:
        """The shards for which may be claimed."""
        return sorted(self._shards() - self.leaving)

    def give_up(self, names: Collection[str]) -> None:
        """Let others have these shards, in which nothing is in flight."""
        with system_unit("pump: give shards up", write=True) as work:
            work.execute(
                update(PumpLease).where(PumpLease.holder == self.holder, PumpLease.name.in_(names)).values(holder=None)
            )
        for name in names:
            self.held.pop(name, None)
        self.leaving -= set(names)

    def release(self) -> None:
        """Let the other pumps begin at once."""
        with system_unit("pump: say goodbye", write=True) as work:
            work.execute(update(PumpLease).where(PumpLease.holder == self.holder).values(holder=None))
            work.execute(delete(LivingPump).where(LivingPump.holder == self.holder))

    # --- living on ---

    def renew(self) -> bool:
        """Live on. False when somebody has declared this pump dead."""
        if not self.is_living:
            return True
        with system_unit("pump: live on", write=True) as work:
            renewed = work.scalar(
                update(LivingPump)
                .where(LivingPump.holder == self.holder)
                .values(expires_at=clock.now() + LIFE)
                .returning(LivingPump.holder)
            )
        return renewed is not None

    def require(self) -> None:
        """Nobody declares this pump dead before the open unit has committed. Raises LeaseLost."""
        # On PostgreSQL this lock makes whoever buries wait, and lets renewing pass; on SQLite writing units come one
        # after the other.
        if _held_alive(self.holder).one_or_none() is None:
            raise LeaseLost()


@prepared
def _held_alive(holder: str) -> Any:
    pump = LivingPump.__table__
    return select(pump.c.holder).where(pump.c.holder == holder).with_for_update(read=True, key_share=True)


def _look() -> _View:
    with system_unit("pump: who lives, who owns which shard") as work:
        # In this order: the owner of a shard has entered its life before it took the shard.
        rows = work.execute(select(PumpLease.name, PumpLease.holder, PumpLease.fencing).order_by(PumpLease.name))
        leases = {row.name: _Owned(*row) for row in rows}
        pumps = {row.holder: row.expires_at for row in work.execute(select(LivingPump.__table__))}
        return _View(pumps, leases, work.get_bind().dialect.name == "sqlite")


def _add_leases() -> None:
    """Numbers begin at the seconds since 1970: above all that were given before, also those in a restored database."""
    first = int(clock.now().timestamp())
    with system_unit("pump: add leases that are missing", write=True) as work:
        build: Any = sqlite.insert if work.get_bind().dialect.name == "sqlite" else postgresql.insert
        rows = [{"name": name, "fencing": first} for name in LEASES]
        work.execute(build(PumpLease).values(rows).on_conflict_do_nothing())


def _bury(holder: str, expires_at: datetime) -> bool:
    """Declare a pump dead, unless it has lived on meanwhile, somebody else did so, or it is in the middle of writing:
    one that is stopped there must not stop the others too. They look again in a moment, and PostgreSQL ends its
    transaction (`db.IDLE_IN_TRANSACTION_S`)."""
    that = LivingPump.holder == holder, LivingPump.expires_at == expires_at
    free = session().scalar(select(LivingPump.holder).where(*that).with_for_update(skip_locked=True))
    if free is None:
        return False
    session().execute(delete(LivingPump).where(*that))
    return True


class Renewal:
    """Renews the life of the pump in a thread of its own, so that no long statement lets it run out."""

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
