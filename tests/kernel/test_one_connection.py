"""Light units that follow each other on one connection: each in its own role and workspace, nothing left over."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from portico.domains.directory import service
from portico.domains.directory.models import Department
from portico.kernel import db, driver
from portico.kernel.fence import FenceBreach
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import (
    SYSTEM_ROLE,
    WEB_ROLE,
    current,
    light_system_unit,
    light_unit,
    one_connection,
    session,
    system_unit,
)
from portico.settings import Settings
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
_department = Department.__table__.c


@prepared
def _everywhere() -> Any:
    return select(_department.workspace_id, _department.name)


@prepared
def _named(actor: Any, name: str) -> Any:
    return select(_department.id).where(_department.workspace_id == actor.workspace_id, _department.name == name)


def _standing(database: db.Database) -> tuple[str, str]:
    """Role and workspace of the transaction in which the open unit works."""
    if database.sqlite:
        return WEB_ROLE if current().reason is None else SYSTEM_ROLE, current().workspace_id or ""
    sql = "SELECT current_user, current_setting('portico.workspace')"
    found: tuple[str, str] = driver.execute(current().connection(), sql).fetchone()
    return found


def _add(cast: Cast, name: str) -> None:
    service.create_department(cast.actor("admin"), name=name)


def test_each_unit_has_its_role_and_workspace_and_the_fence_is_up_again(cast: Cast, database: db.Database) -> None:
    with cast.writing():
        _add(cast, "Support")
    with one_connection():
        with light_system_unit("tests: look everywhere"):
            assert (cast.acme, "Support") in [tuple(row) for row in _everywhere()]
            first = current().connection()
            assert _standing(database) == (SYSTEM_ROLE, "")
        with light_unit(cast.acme, write=False):
            assert _named(cast.actor("agent"), "Support").one() is not None
            assert current().connection() is first
            assert _standing(database) == (WEB_ROLE, cast.acme)
            with pytest.raises(FenceBreach):
                _everywhere()
        with light_unit(cast.other, write=False):
            assert _standing(database) == (WEB_ROLE, cast.other)
            if not database.sqlite:  # the third wall alone
                sql = "SELECT count(*) FROM department WHERE workspace_id = %s"
                assert driver.execute(current().connection(), sql, (cast.acme,)).fetchone() == (0,)


def test_nothing_stays_taken_from_the_pool_whatever_ends_it(cast: Cast, database: db.Database) -> None:
    def look() -> None:
        with light_system_unit("tests: look everywhere"):
            _everywhere()

    with one_connection():
        look()
    with pytest.raises(KeyError), one_connection():
        look()
        raise KeyError
    with pytest.raises(KeyError), one_connection():
        look()
        with light_unit(cast.acme, write=False):
            _named(cast.actor("agent"), "Support")
            raise KeyError
    with one_connection() as lane:
        look()
        lane.leave()
        assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    with one_connection():
        look()
        with system_unit("tests: another kind of unit"):
            assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_writing_unit_behind_a_look_up_commits_all_or_nothing(cast: Cast, database: db.Database) -> None:
    def change(name: str) -> None:
        with one_connection():
            with light_system_unit("tests: look everywhere"):
                _everywhere()
            with light_unit(cast.acme, write=True):
                _add(cast, name)
                session().flush()
                assert _standing(database) == (WEB_ROLE, cast.acme)
                if name == "Undone":
                    raise KeyError

    change("Done")
    with pytest.raises(KeyError):
        change("Undone")
    with cast.reading():
        assert len(_named(cast.actor("agent"), "Done")) == 1
        assert _named(cast.actor("agent"), "Undone") == []
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_connection_that_died_in_the_pool_is_replaced(database: db.Database, settings: Settings) -> None:
    if database.sqlite:
        return  # a file does not hang up

    def look() -> int:
        with one_connection(), light_system_unit("tests: look everywhere"):
            _everywhere()
            found: tuple[int] = driver.execute(current().connection(), "SELECT pg_backend_pid()").fetchone()
            return found[0]

    first = look()
    assert look() == first
    with psycopg.connect(settings.migrate_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (first,))
    assert look() != first
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
