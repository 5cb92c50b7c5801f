"""Connections that PostgreSQL ends: those that nobody used are replaced unseen, those that kept locks and did nothing
are ended by the server itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from portico.domains.identity.models import Workspace
from portico.kernel import db, fence
from portico.kernel.unit_of_work import light_system_unit, one_connection, session, system_unit
from tests.support import databases
from tests.support.waiting import until

pytestmark = pytest.mark.postgres
_OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND usename = 'portico_app'"


@pytest.fixture
def owner(database: db.Database) -> Iterator[Connection]:
    """A look at the server that is not ours."""
    engine = create_engine(databases.postgres().owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _heavy() -> None:
    with system_unit("tests: any statement"):
        session().scalars(select(Workspace.id)).all()


def _light() -> None:
    with one_connection(), light_system_unit("tests: any statement"):
        session().scalars(select(Workspace.id)).all()


@pytest.mark.parametrize("work", [_heavy, _light])
def test_what_a_restart_ends_is_replaced_before_it_is_used(
    database: db.Database, owner: Connection, work: Callable[[], None]
) -> None:
    with database.reading.connect(), database.reading.connect():  # both go back to the pool
        pass
    work()
    assert database.engine.pool.checkedin() > 1  # type: ignore[attr-defined]
    owner.exec_driver_sql(f"SELECT pg_terminate_backend(pid) {_OTHERS}")
    until(lambda: not owner.exec_driver_sql(f"SELECT count(*) {_OTHERS}").scalar(), what="the end of all connections")
    for _ in range(3):
        work()


def _limit(database: db.Database, name: str = "idle_in_transaction_session_timeout") -> str:
    with fence.opened(), database.reading.connect() as connection:
        return str(connection.exec_driver_sql(f"SHOW {name}").scalar())


def test_statements_are_not_compiled(database: db.Database) -> None:
    assert _limit(database, "jit") == "off"


def test_who_has_a_transaction_open_and_does_nothing_is_cut_off(database: db.Database, owner: Connection) -> None:
    """Its locks are free then, and it hears that the database is away, whatever the driver calls this."""
    assert _limit(database) == f"{db.IDLE_IN_TRANSACTION_S}s"
    hasty = db.Database(f"{database.url}?options=-c%20idle_in_transaction_session_timeout%3D50ms", pool_size=1)
    assert _limit(hasty) == "50ms", "what the operator's URL says comes last"
    with fence.opened(), hasty.writing.connect() as stopped:
        pid = stopped.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        until(
            lambda: not owner.exec_driver_sql(f"SELECT count(*) {_OTHERS} AND pid = {pid}").scalar(),
            what="the end of who does nothing",
        )
        with pytest.raises(DBAPIError) as cut:
            stopped.exec_driver_sql("SELECT 1")
        assert cut.value.connection_invalidated
    hasty.dispose()


def test_who_owns_the_tables_may_think_between_two_statements(database: db.Database) -> None:
    patient = db.Database(databases.postgres().owner_url, pool_size=1, may_idle=True)
    assert _limit(patient) == "0"
    patient.dispose()
