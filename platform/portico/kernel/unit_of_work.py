"""One request or one job is one unit of work: opened late, committed at the edge, closed early.

Services call `session()` and flush; only the edge opens a unit. Events gathered by `emit` go into the outbox as the
last statements before the commit; what was registered with `after_commit` runs after it and vanishes on rollback.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
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
    session: Session
    workspace_id: str | None
    write: bool
    reason: str | None = None
    after: list[Callable[[], None]] = field(default_factory=list)


_current: ContextVar[Unit | None] = ContextVar("portico_unit", default=None)


class UnitSession(Session):
    """A session that carries its role and workspace into each transaction."""


@event.listens_for(UnitSession, "after_begin")
def _take_role(session: Session, transaction: SessionTransaction, connection: Any) -> None:
    if connection.dialect.name != "postgresql" or transaction.nested:
        return
    driver.execute(connection, _SET_CONTEXT, (session.info["role"], session.info["workspace"] or "")).close()


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
def _run(workspace_id: str | None, *, write: bool, reason: str | None) -> Iterator[Session]:
    if _current.get() is not None:
        raise RuntimeError("A unit of work is open already; close it before opening another.")
    db = database()
    bind = db.writing if write else db.reading
    role = WEB_ROLE if reason is None else SYSTEM_ROLE
    with ExitStack() as stack:
        if write and db.write_lock is not None:
            stack.enter_context(db.write_lock.held())
        work = stack.enter_context(
            UnitSession(bind=bind, expire_on_commit=False, info={"role": role, "workspace": workspace_id})
        )
        unit = Unit(work, workspace_id, write, reason)
        token = _current.set(unit)
        try:
            yield work
            work.commit()
        except OperationalError as error:
            if _busy(error, db):
                raise Unavailable("The database is busy.", headers={"Retry-After": "1"}) from error
            raise
        finally:
            _current.reset(token)
    for action in unit.after:
        action()


@contextmanager
def unit(workspace_id: str, *, write: bool) -> Iterator[Session]:
    """A unit within one workspace. Raises Unavailable when SQLite stays busy for five seconds."""
    with _run(workspace_id, write=write, reason=None) as work:
        yield work


@contextmanager
def system_unit(reason: str, *, write: bool = False) -> Iterator[Session]:
    """A unit across workspaces: the only place where the second wall is off. `reason` says why; a test lists all."""
    with fence.opened(), _run(None, write=write, reason=reason) as work:
        yield work
