"""Migrations on both databases, and on PostgreSQL the roles and policies of the third wall.

`upgrade` brings a database to the head of `migrations/`. On PostgreSQL it first makes what is missing, under an
advisory lock: the roles `portico_web` and `portico_system`, and the login `portico_app`, which is a NOINHERIT member
of both: it holds no right until a transaction takes one of the two roles.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from portico.kernel import fence
from portico.kernel.db import Base, Database
from portico.kernel.unit_of_work import SYSTEM_ROLE, WEB_ROLE

APP_LOGIN = "portico_app"
FIRST = "2026_11_22_0900_first_tables"  # until the first release the first migration may be made anew
_LOCK = 7_061_726  # the same number in every process: `portico migrate` runs once at a time
log = logging.getLogger("portico.migrations")


def folder() -> Path:
    """The migrations: in a clone beside `platform/`, in a wheel inside the package."""
    packaged = Path(str(files("portico"))) / "_migrations"
    return packaged if packaged.is_dir() else Path(str(files("portico"))).parents[1] / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder()))
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(hour).2d%%(minute).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def head() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def current(database: Database) -> str | None:
    """The revision that a database is at."""
    with fence.opened(), database.reading.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_before_head(revision: str) -> bool:
    """Whether this code knows a later revision. One that it does not know is of a later release."""
    scripts = ScriptDirectory.from_config(_config())
    return revision != scripts.get_current_head() and revision in {
        script.revision for script in scripts.walk_revisions()
    }


@contextmanager
def _exclusive(connection: Connection) -> Iterator[None]:
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    yield


def upgrade(url: str) -> None:
    """Bring the database at `url` to the head. On PostgreSQL `url` is the owner's (PORTICO_MIGRATE_URL)."""
    database = Database(url, pool_size=1, may_idle=True)
    try:
        with fence.opened(), database.writing.begin() as connection, _exclusive(connection):
            if connection.dialect.name == "postgresql":
                _make_roles(connection)
            command.upgrade(_config(connection), "head")
            if connection.dialect.name == "postgresql":
                _grant(connection)
    finally:
        database.dispose()


def _make_roles(connection: Connection) -> None:
    known = set(connection.exec_driver_sql("SELECT rolname FROM pg_roles").scalars())
    for role in (WEB_ROLE, SYSTEM_ROLE):
        if role not in known:
            connection.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN")
    if APP_LOGIN not in known:
        connection.exec_driver_sql(f"CREATE ROLE {APP_LOGIN} LOGIN NOINHERIT")
    connection.exec_driver_sql(f"GRANT {WEB_ROLE}, {SYSTEM_ROLE} TO {APP_LOGIN}")


def _grant(connection: Connection) -> None:
    for role in (WEB_ROLE, SYSTEM_ROLE):
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {role}")
        connection.exec_driver_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    for partition in _partitions(connection):  # they are reached through their table, by its policies, or not at all
        connection.exec_driver_sql(f"REVOKE ALL ON {partition} FROM {WEB_ROLE}, {SYSTEM_ROLE}")
    _narrow(connection)
    connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {APP_LOGIN}")
    connection.exec_driver_sql(f"GRANT SELECT ON alembic_version TO {APP_LOGIN}")


def _partitions(connection: Connection) -> set[str]:
    if connection.dialect.name != "postgresql":
        return set()
    statement = "SELECT relname FROM pg_class WHERE relispartition AND relkind IN ('r', 'p')"
    return set(connection.exec_driver_sql(statement).scalars())


def _narrow(connection: Connection) -> None:
    """Tables that say so in their `info` give a role less: what is only ever added to is changed by nobody."""
    known = set(inspect(connection).get_table_names())
    for table in Base.metadata.sorted_tables:
        rights: dict[str, str] = table.info.get("rights", {})
        for role, granted in rights.items() if table.name in known else ():
            connection.exec_driver_sql(f"REVOKE ALL ON {table.name} FROM {role}")
            connection.exec_driver_sql(f"GRANT {granted} ON {table.name} TO {role}")


def protect(connection: Connection) -> None:
    """Put row-level security on every workspace table that lacks it. Every migration ends with this."""
    if connection.dialect.name != "postgresql":
        return
    names = set(inspect(connection).get_table_names())
    secured = set(
        connection.exec_driver_sql("SELECT tablename FROM pg_policies WHERE policyname = 'portico_workspace'").scalars()
    )
    for table in Base.metadata.sorted_tables:
        if not fence.in_workspace(table) or table.name not in names or table.name in secured:
            continue
        name = table.name
        own = "workspace_id = current_setting('portico.workspace', true)"
        for statement in (
            f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY portico_workspace ON {name} FOR ALL TO {WEB_ROLE} USING ({own}) WITH CHECK ({own})",
            f"CREATE POLICY portico_system ON {name} FOR ALL TO {SYSTEM_ROLE} USING (true) WITH CHECK (true)",
        ):
            connection.exec_driver_sql(statement)


def differences(connection: Connection) -> list[object]:
    """What the models have and the migrated database lacks, or the other way round."""
    partitions = _partitions(connection)
    options = {
        "compare_type": True,
        "include_name": lambda name, kind, parents: kind != "table" or name not in partitions,
    }
    context = MigrationContext.configure(connection, opts=options)
    return list(compare_metadata(context, Base.metadata))


def revise(message: str, *, rebuild: bool = False) -> None:
    """Write a migration for what the models have and the migrations lack. `rebuild` makes the first one anew."""
    if rebuild:
        for old in (folder() / "versions").glob("*.py"):
            old.unlink()
    with tempfile.TemporaryDirectory() as room:
        url = f"sqlite:///{room}/draft.db"
        if not rebuild:
            upgrade(url)
        database = Database(url, pool_size=1)
        with fence.opened(), database.writing.connect() as connection:
            config = _config(connection)
            if rebuild:
                config.set_main_option("file_template", FIRST)
            command.revision(config, message, autogenerate=True, rev_id="0001" if rebuild else None)
        database.dispose()


if __name__ == "__main__":
    revise(
        "first tables" if sys.argv[1:] == ["regenerate"] else " ".join(sys.argv[1:]),
        rebuild="regenerate" in sys.argv,
    )
