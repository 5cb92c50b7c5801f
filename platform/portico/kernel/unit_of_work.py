"""One request or one job is one unit of work: opened late, committed at the edge, closed early.

Services call `session()` and flush; only the edge opens a unit. Events gathered by `emit` go into the outbox as the
last statements before the commit; what was registered with `after_commit` runs after it and vanishes on rollback.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session, SessionTransaction

from portico.kernel import driver, fence
from portico.kernel.db import Database, database
from portico.kernel.errors import Unavailable

WEB_ROLE = "portico_web"
SYSTEM_ROLE = "portico_system"
_SET_CONTEXT = "SELECT set_config('role', %s, true), set_config('portico.workspace', %s, true)"
_SET_FLEETING_CONTEXT = f"{_SET_CONTEXT}, set_config('synchronous_commit', 'off', true)"
_TAKE_CONTEXT = b"SELECT set_config('role', $1, true), set_config('portico.workspace', $2, true)"
_OPEN_AS_SYSTEM = (
    f"BEGIN; SELECT set_config('role', '{SYSTEM_ROLE}', true), set_config('portico.workspace', '', true)".encode()
)


Found = TypeVar("Found")


class Lane:
    """The connection on which the light units of one request follow each other, and the transaction on it."""

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: driver.Straight | None = None

    def take(self) -> driver.Straight | None:
        """The connection on which a unit read before, for the next one."""
        straight, self.waiting = self.waiting, None
        return straight

    def leave(self) -> None:
        """Give the connection back to the pool; nothing was written on it."""
        straight = self.take()
        if straight is not None:
            straight.close()


_lane: ContextVar[Lane | None] = ContextVar("portico_lane", default=None)


@dataclass(slots=True)
class Unit:
    """The open unit. Its session is made when somebody asks for it; a light unit that only runs prepared statements
    and adds rows never has one, and works on a connection of its own."""

    workspace_id: str | None
    write: bool
    reason: str | None
    bind: Engine
    light: bool = False
    lane: Lane | None = None
    durable: bool = True
    after: list[Callable[[], None]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    """The events of this unit; what a savepoint undoes, it takes back from here too."""
    known: dict[Hashable, Any] = field(default_factory=dict)
    """What `once` has found."""
    _savepoints: list[SessionTransaction | None] = field(default_factory=list)
    """Those that were set without a session; the last with that of the session, where one came within."""
    _set: int = 0
    _session: UnitSession | None = None
    _straight: driver.Straight | None = None
    _connection: Connection | None = None

    @property
    def role(self) -> str:
        return WEB_ROLE if self.reason is None else SYSTEM_ROLE

    @property
    def session(self) -> UnitSession:
        if self._session is None:
            if self.lane is not None and self.lane.waiting is not None:
                self._open_straight()
            if self._straight is not None:
                self._connection, self._straight = self._straight.joined(), None
            about = {
                "role": self.role,
                "workspace": self.workspace_id,
                "ready": self._connection is not None,
                "durable": self.durable,
                "outbox": self.outbox,
            }
            self._session = UnitSession(
                bind=self.bind if self._connection is None else self._connection,
                expire_on_commit=False,
                join_transaction_mode="control_fully",
                info=about,
            )
            self._go_on_within()
        return self._session

    def connection(self) -> Connection | driver.Straight:
        """The connection of the unit, its transaction begun as its role in its workspace."""
        if self._session is not None or not self.light:
            return self.session.connection()
        return self._straight or self._open_straight()

    def writing_connection(self) -> Connection | driver.Straight:
        """As `connection`, for what is to be committed: a reading unit that writes all the same needs its session."""
        return self.connection() if self.write else self.session.connection()

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Within, a failure undoes what was done within and the unit goes on, if its caller wants."""
        if self._session is not None or not (self.light and self.write):
            with self.session.begin_nested():
                yield
            return
        told = len(self.outbox)
        # Each has a name of its own and ends with the unit: to release it would be a round trip for nothing.
        name = f"portico_{self._set}"
        self._set += 1
        driver.command(self.connection(), f"SAVEPOINT {name}")
        self._savepoints.append(None)
        try:
            yield
            nested = self._savepoints[-1]
            if nested is not None:
                nested.commit()
        except BaseException:
            self._undo_to_savepoint(name)
            del self.outbox[told:]
            raise
        self._savepoints.pop()
        self._go_on_within()

    def _undo_to_savepoint(self, name: str) -> None:
        nested = self._savepoints.pop()
        with suppress(DBAPIError, driver.Gone):  # then there is nothing left to undo, and what failed says more
            if nested is not None and nested.is_active:
                nested.rollback()
            driver.command(self.connection(), f"ROLLBACK TO SAVEPOINT {name}")
            self._go_on_within()

    def _go_on_within(self) -> None:
        """A session that came after a savepoint has one of its own in it: what it fails at must not end the unit."""
        if self._session is not None and self._savepoints:
            self._savepoints[-1] = self._session.begin_nested()

    def _open_straight(self) -> driver.Straight:
        """A transaction of its own, or that of the unit before; in the role and workspace of this one."""
        waiting = self.lane.take() if self.lane is not None else None
        if waiting is None and self.workspace_id is None and self.role == SYSTEM_ROLE:
            self._straight = driver.Straight(self.bind, _OPEN_AS_SYSTEM)
            return self._straight
        self._straight = waiting or driver.Straight(self.bind, b"BEGIN")
        if self.bind.dialect.name == "postgresql":
            driver.send(self._straight, _TAKE_CONTEXT, (self.role.encode(), (self.workspace_id or "").encode()))
        return self._straight

    def commit(self) -> None:
        if self.outbox and not self.write:
            self.writing_connection()
        if self._session is not None:
            self._session.commit()
            return
        for act in _last_acts if self.write else ():
            act()
        if self._straight is not None and self.lane is not None and not self.write:
            self.lane.waiting, self._straight = self._straight, None
        elif self._straight is not None:
            self._straight.commit()

    def close(self) -> None:
        """Give everything back; what was not committed is undone."""
        if self._session is not None:
            self._session.close()
        if self._connection is not None:
            self._connection.close()
        if self._straight is not None:
            self._straight.close()


_current: ContextVar[Unit | None] = ContextVar("portico_unit", default=None)


_last_acts: list[Callable[[], None]] = []


def last_act(action: Callable[[], None]) -> Callable[[], None]:
    """Register what every writing unit does before it commits."""
    _last_acts.append(action)
    return action


class UnitSession(Session):
    """A session that carries its role and workspace into each transaction."""


@event.listens_for(UnitSession, "before_commit")
def _act_last(session: Session) -> None:
    if not session.in_nested_transaction() and "outbox" in session.info:
        session.flush()
        for act in _last_acts:
            act()


@event.listens_for(UnitSession, "after_begin")
def _take_role(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested or session.info.get("ready") or connection.dialect.name != "postgresql":
        return
    statement = _SET_CONTEXT if session.info.get("durable", True) else _SET_FLEETING_CONTEXT
    driver.execute(connection, statement, (session.info["role"], session.info["workspace"] or "")).close()


def current() -> Unit:
    unit = _current.get()
    if unit is None:
        raise RuntimeError("No unit of work is open; the edge (web, worker, cli) opens one.")
    return unit


def is_open() -> bool:
    return _current.get() is not None


def session() -> Session:
    """The session of the open unit."""
    return current().session


def once(key: Hashable, find: Callable[[], Found]) -> Found:
    """What several parts of a page ask, each for itself, is found once in a reading unit. A writing one finds it anew
    each time: it may have changed it."""
    unit = current()
    if unit.write:
        return find()
    if key not in unit.known:
        unit.known[key] = find()
    found: Found = unit.known[key]
    return found


@contextmanager
def savepoint() -> Iterator[None]:
    """A savepoint in the open unit, which costs no session where there is none."""
    with current().savepoint():
        yield


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the open unit has committed; it vanishes on rollback."""
    current().after.append(action)


def _busy(error: OperationalError, db: Database) -> bool:
    return db.sqlite and ("locked" in str(error.orig) or "busy" in str(error.orig))


@contextmanager
def _run(
    workspace_id: str | None, *, write: bool, reason: str | None, light: bool = False, durable: bool = True
) -> Iterator[Unit]:
    if _current.get() is not None:
        raise RuntimeError("A unit of work is open already; close it before opening another.")
    db = database()
    lane = _lane.get()
    # Writing on SQLite begins with the lock on the file: what was read before stays outside of it.
    if lane is not None and (not light or (write and db.sqlite)):
        lane.leave()
        lane = None
    unit = Unit(workspace_id, write, reason, db.writing if write else db.reading, light, lane, durable)
    with db.write_lock.held() if write and db.write_lock is not None else nullcontext():
        token = _current.set(unit)
        try:
            yield unit
            unit.commit()
        except OperationalError as error:
            if _busy(error, db):
                raise Unavailable("The database is busy.", headers={"Retry-After": "1"}) from error
            raise
        finally:
            _current.reset(token)
            unit.close()
    for action in unit.after:
        action()


@contextmanager
def unit(workspace_id: str, *, write: bool) -> Iterator[Session]:
    """A unit within one workspace. Raises Unavailable when SQLite stays busy for five seconds."""
    with _run(workspace_id, write=write, reason=None) as opened:
        yield opened.session


@contextmanager
def system_unit(reason: str, *, write: bool = False, durable: bool = True) -> Iterator[Session]:
    """A unit across workspaces: the only place where the second wall is off. `reason` says why; a test lists all.

    Not `durable`: PostgreSQL does not wait for its disk (`synchronous_commit` off). When the database itself crashes
    within the next moments, it may be as if the unit had not been; nothing that is committed later outlives it.
    """
    with fence.opened(), _run(None, write=write, reason=reason, durable=durable) as opened:
        yield opened.session


@contextmanager
def light_unit(workspace_id: str, *, write: bool) -> Iterator[None]:
    """As `unit`, for requests: the session is made when it is needed, which reading often does not."""
    with _run(workspace_id, write=write, reason=None, light=True):
        yield


@contextmanager
def light_system_unit(reason: str) -> Iterator[None]:
    """As a reading `system_unit`, for authentication."""
    with fence.opened(), _run(None, write=False, reason=reason, light=True):
        yield


@contextmanager
def one_connection() -> Iterator[Lane]:
    """Within, a light unit goes on in the transaction in which a light unit read before it: the token first, then
    what it opens. Each works as its own role in its own workspace; any other unit gives the connection back first."""
    lane = Lane()
    token = _lane.set(lane)
    try:
        yield lane
    finally:
        _lane.reset(token)
        lane.leave()
