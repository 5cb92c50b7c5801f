"""When a token was last used is collected by the process and written now and then; a GET itself writes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portico.domains.identity.models import PersonalToken
from portico.kernel import clock, db, last_use
from portico.kernel.unit_of_work import system_unit
from tests.support.http import Api
from tests.support.statements import watched

pytestmark = pytest.mark.both_databases


def last_used() -> datetime | None:
    with system_unit("tests: look at a token") as work:
        return work.scalar(select(PersonalToken.last_used_at))


def test_many_uses_are_one_write(api: Api, held_clock: None) -> None:
    last_use.flush()
    client = api("agent")
    for _ in range(5):
        assert client.get("/contacts").status_code == 200
        clock.advance(timedelta(seconds=1))
    assert last_used() is None
    with watched() as statements:
        last_use.flush()
        last_use.flush()
    assert len([statement for statement in statements if statement.sql.startswith("UPDATE")]) == 1
    assert last_used() == clock.now() - timedelta(seconds=1)


def test_a_read_opens_no_writing_transaction(api: Api) -> None:
    client = api("agent")
    with watched() as statements:
        assert client.get("/contacts").status_code == 200
    said = [statement.sql.upper() for statement in statements]
    assert [sql for sql in said if sql.startswith("SELECT")]
    assert not [sql for sql in said if sql.startswith(("INSERT", "UPDATE", "DELETE")) or "BEGIN IMMEDIATE" in sql]
    last_use.flush()


def test_what_the_database_does_not_take_is_kept_for_the_next_time(
    database: db.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[dict[str, datetime]] = []

    def write(keys: dict[str, datetime]) -> None:
        if not taken:
            taken.append({})
            raise OperationalError("UPDATE", {}, Exception("the server went away"))
        taken.append(keys)

    monkeypatch.setitem(last_use._writers, "tests", write)
    last_use.note("tests", "one")
    last_use.flush()
    last_use.note("tests", "two")
    last_use.flush()
    assert set(taken[-1]) == {"one", "two"}
