"""One request or one job is one unit of work: opened late, committed at the edge, closed early.

Services call `session()` and flush; only the edge opens a unit. Events gathered by `emit` go into the outbox as the
last statements before the commit; what was registered with `after_commit` runs after it and vanishes on rollback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, SessionTransaction

from portico.kernel import driver, fence
from portico.kernel.db import Database, database
from portico.kernel.errors import Unavailable

WEB_ROLE = "portico_web"
SYSTEM_ROLE = "portico_system"
_SET_CONTEXT = "SELECT set_config('role', %s, true), set_config('portico.workspace', %s, true)"


@dataclass(slots=True)
class Unit:
    """The open unit. Its session is made when somebody asks for it; a light unit that only runs prepared statements
    never has one, and works on a connection of its own."""

    workspace_id: str | None
    write: bool
    reason: str | None
    bind: Engine
    light: bool = False
    after: list[Callable[[], None]] = field(default_factory=list)
    _session: UnitSession | None = None
    _straight: driver.Straight | None = None
    _connection: Connection | None = None

    @property
    def role(self) -> str:
        return WEB_ROLE if self.reason is None else SYSTEM_ROLE

    @property
    def session(self) -> UnitSession:
        if self._session is None:
            if self._straight is not None:
                self._connection, self._straight = self._straight.joined(), None
            about = {"role": self.role, "workspace": self.workspace_id, "ready": self._connection is not None}
            self._session = UnitSession(
                bind=self.bind if self._connection is None else self._connection,
                expire_on_commit=False,
                join_transaction_mode="control_fully",
                info=about,
            )
        return self._session

    def connection(self) -> Connection | driver.Straight:
        """The connection of the unit, its transaction begun as its role in its workspace."""
        if self._session is not None or not self.light:
            return self.session.connection()
        if self._straight is None:
            self._straight = driver.Straight(self.bind)
            _set_context(self._straight, self.role, self.workspace_id)
        return self._straight

    def commit(self) -> None:
        if self._session is not None:
            self._session.commit()
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


class UnitSession(Session):
    """A session that carries its role and workspace into each transaction."""


@event.listens_for(UnitSession, "after_begin")
def _take_role(session: Session, transaction: SessionTransaction, connection: Connection) -> None:
    if not transaction.nested and not session.info.get("ready"):
        _set_context(connection, session.info["role"], session.info["workspace"])


def _set_context(connection: Connection | driver.Straight, role: str, workspace_id: str | None) -> None:
    if connection.dialect.name == "postgresql":
        driver.execute(connection, _SET_CONTEXT, (role, workspace_id or "")).close()


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


def after_commit(action: Callable[[], None]) -> None:
    """Run `action` once the open unit has committed; it vanishes on rollback."""
    current().after.append(action)


def _busy(error: OperationalError, db: Database) -> bool:
    return db.sqlite and ("locked" in str(error.orig) or "busy" in str(error.orig))


@contextmanager
def _run(workspace_id: str | None, *, write: bool, reason: str | None, light: bool = False) -> Iterator[Unit]:
    if _current.get() is not None:
        raise RuntimeError("A unit of work is open already; close it before opening another.")
    db = database()
    unit = Unit(workspace_id, write, reason, db.writing if write else db.reading, light and not write)
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
def system_unit(reason: str, *, write: bool = False) -> Iterator[Session]:
    """A unit across workspaces: the only place where the second wall is off. `reason` says why; a test lists all."""
    with fence.opened(), _run(None, write=write, reason=reason) as opened:
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
