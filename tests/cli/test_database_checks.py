"""What serves strangers refuses a database that would not fence workspaces, and says what to do."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from portico.cli.checks import refuse_unfit_database
from portico.kernel.db import Database
from portico.settings import Settings
from tests.support import databases


@pytest.mark.both_databases
def test_a_fit_database_is_let_through(database: Database) -> None:
    refuse_unfit_database(database)


def test_an_empty_database_is_refused_with_the_next_step(tmp_path: Path) -> None:
    empty = Database(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(click.ClickException, match="portico migrate"):
        refuse_unfit_database(empty)
    empty.dispose()


@pytest.mark.postgres
def test_a_login_that_passes_by_the_policies_is_refused(database: Database, settings: Settings) -> None:
    owner = Database(databases.postgres().owner_url, pool_size=1)
    with pytest.raises(click.ClickException, match="PORTICO_DATABASE_URL name the login portico_app"):
        refuse_unfit_database(owner)
    owner.dispose()


def test_a_database_that_does_not_answer_is_named_as_that() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none", pool_size=1)
    with pytest.raises(click.ClickException, match="cannot be reached"):
        refuse_unfit_database(away)
    away.dispose()
