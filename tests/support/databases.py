"""Fresh databases for tests: both kinds are made by the migrations, once per process, then copied or emptied."""

from __future__ import annotations

import os
import shutil
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from portico.app import gather
from portico.kernel import migrations
from portico.kernel.db import Base

_SERVER = make_url(os.environ.get("PORTICO_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres"))
POSTGRES = _SERVER.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
REDIS = os.environ.get("PORTICO_TEST_REDIS_URL", "redis://127.0.0.1:6379/0")


def owner_and_login(name: str, server: str = POSTGRES) -> tuple[str, str]:
    """The URLs of the database of that name: for who owns its tables, and for the application's own login."""
    owner = make_url(server).set(database=name)
    login = owner.set(username=migrations.APP_LOGIN)
    return owner.render_as_string(hide_password=False), login.render_as_string(hide_password=False)


def redis_database(number: int) -> str:
    """The URL of one of the numbered databases of the tests' Redis."""
    return f"{REDIS.rsplit('/', 1)[0]}/{number}"


@cache
def postgres_answers() -> bool:
    engine = create_engine(POSTGRES, connect_args={"connect_timeout": 2})
    try:
        with engine.connect():
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


def _worker() -> str:
    return f"{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"


@cache
def _sqlite_template(folder: Path) -> Path:
    path = folder / "template.db"
    migrations.upgrade(f"sqlite:///{path}")
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


def fresh_sqlite(template_folder: Path, folder: Path) -> str:
    """The URL of an empty, migrated SQLite database."""
    path = folder / "portico.db"
    shutil.copy(_sqlite_template(template_folder), path)
    return f"sqlite:///{path}"


class PostgresDatabase:
    """One database of this process; `url` is the application's login, `owner_url` the owner's."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.owner_url, self.url = owner_and_login(name)
        self._admin("CREATE DATABASE {name}")
        # The database is thrown away with the tests: no commit waits for the disk.
        self._admin("ALTER DATABASE {name} SET synchronous_commit = off")
        migrations.upgrade(self.owner_url)
        self._owner = create_engine(self.owner_url)

    def _admin(self, statement: str) -> None:
        engine = create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement.format(name=self.name))
        engine.dispose()

    def empty(self) -> None:
        """Delete every row."""
        with self._owner.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # in any order, without triggers
            # One round trip: without parameters the driver sends all of them in one message.
            every = ";".join(f'DELETE FROM "{table.name}"' for table in Base.metadata.sorted_tables)
            connection.exec_driver_sql(every)

    def drop(self) -> None:
        self._owner.dispose()
        self._admin("DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@cache
def postgres() -> PostgresDatabase:
    """The PostgreSQL database of this test process, made on first use."""
    gather()
    return PostgresDatabase(f"portico_test_{_worker()}")


def drop_postgres() -> None:
    if postgres.cache_info().currsize:
        postgres().drop()
