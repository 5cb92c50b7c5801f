"""When a token was last used is collected by the process and written now and then; a GET itself writes nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select

from portico.domains.identity.models import PersonalToken
from portico.kernel import clock, db, last_use
from portico.kernel.unit_of_work import system_unit
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


def last_used() -> datetime | None:
    with system_unit("tests: look at a token") as work:
        return work.scalar(select(PersonalToken.last_used_at))


def test_many_uses_are_one_write(api: Api, held_clock: None) -> None:
    last_use.flush()
    client = api("agent")
    statements: list[str] = []
    for _ in range(5):
        assert client.get("/contacts").status_code == 200
        clock.advance(timedelta(seconds=1))
    assert last_used() is None
    event.listen(db.database().engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    last_use.flush()
    last_use.flush()
    assert len([statement for statement in statements if statement.startswith("UPDATE")]) == 1
    assert last_used() == clock.now() - timedelta(seconds=1)


def test_a_read_opens_no_writing_transaction(api: Api) -> None:
    client = api("agent")
    statements: list[str] = []
    event.listen(db.database().engine, "before_cursor_execute", lambda *args: statements.append(args[2].upper()))
    assert client.get("/contacts").status_code == 200
    assert statements
    assert not [s for s in statements if s.startswith(("INSERT", "UPDATE", "DELETE")) or "BEGIN IMMEDIATE" in s]
    last_use.flush()
