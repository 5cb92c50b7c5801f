"""What must hold of the database before a process that serves strangers starts."""

from __future__ import annotations

import click
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from portico.kernel import fence, migrations
from portico.kernel.db import Database

_LOGIN = "SELECT rolname, rolsuper, rolbypassrls, rolinherit FROM pg_roles WHERE rolname = current_user"
_OWNED = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user"
_NEXT = (
    f"Let PORTICO_DATABASE_URL name the login {migrations.APP_LOGIN}, which `portico migrate` makes, and "
    "PORTICO_MIGRATE_URL the owner of the tables."
)


def refuse_unfit_database(database: Database) -> None:
    """Ends the command, with the next step, when the schema is not at head or the login passes by the policies."""
    try:
        _refuse_old_schema(database)
        if not database.sqlite:
            with fence.opened(), database.reading.connect() as connection:
                _refuse_powerful_login(connection)
    except OperationalError as error:
        raise click.ClickException(f"The database cannot be reached: {error.orig}") from error


def _refuse_old_schema(database: Database) -> None:
    there, wanted = migrations.current(database), migrations.head()
    if there != wanted:
        state = f"at {there}" if there else "empty"
        raise click.ClickException(f"The database is {state}, Portico needs {wanted}. Run `portico migrate` first.")


def _refuse_powerful_login(connection: Connection) -> None:
    """A superuser, an owner and BYPASSRLS see every workspace, whatever the policies say."""
    login = connection.exec_driver_sql(_LOGIN).one()
    owned = connection.exec_driver_sql(_OWNED).scalar_one()
    why = None
    if login.rolsuper:
        why = "is a superuser"
    elif login.rolbypassrls:
        why = "bypasses row-level security"
    elif owned:
        why = "owns the tables"
    elif login.rolinherit:
        why = "inherits the rights of its roles"
    if why is not None:
        raise click.ClickException(f"The PostgreSQL login {login.rolname} {why}: nothing would be fenced. {_NEXT}")
