"""Rows added straight through the driver, and savepoints without a session: kept, undone and refused as any others."""

from __future__ import annotations

from typing import Any, cast

import pytest
from sqlalchemy import Table, select
from sqlalchemy.exc import IntegrityError

from portico.domains.directory import service
from portico.domains.directory.models import Department
from portico.kernel import db
from portico.kernel.adding import add
from portico.kernel.events import Event
from portico.kernel.fence import FenceBreach
from portico.kernel.ids import new_id
from portico.kernel.search import SearchWord
from portico.kernel.unit_of_work import current, light_unit, savepoint, session
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
_words = cast(Table, SearchWord.__table__)
_departments = cast(Table, Department.__table__)


class Stop(Exception):
    """Ends a savepoint in the middle."""


def _word(cast: Cast, word: str) -> dict[str, Any]:
    return {"workspace_id": cast.acme, "kind": "probe", "word": word, "object_id": "obj_1"}


def _kept(cast: Cast) -> list[str]:
    mine = (_words.c.workspace_id == cast.acme, _words.c.kind == "probe")
    with cast.reading() as work:
        return list(work.scalars(select(_words.c.word).where(*mine).order_by(_words.c.word)))


def _told(cast: Cast) -> list[str]:
    mine = (Event.workspace_id == cast.acme, Event.type == "department.created")
    with cast.reading() as work:
        return [data["name"] for data in work.scalars(select(Event.data).where(*mine).order_by(Event.seq))]


def test_many_rows_are_all_kept_and_what_python_knows_by_default_is_filled_in(cast: Cast) -> None:
    words = [f"w{number:03d}" for number in range(75)]
    fixed = {"workspace_id": cast.acme, "id": new_id("dep")}
    given = {
        column.key: "Sales" if column.type.python_type is str else 0
        for column in _departments.c
        if not column.nullable and column.default is None and column.key not in fixed
    }
    with light_unit(cast.acme, write=True):
        add(_words, [_word(cast, word) for word in words])
        add(_words, [])
        add(_departments, [{**given, **fixed}])
    assert _kept(cast) == words
    with cast.reading() as work:
        mine = (Department.workspace_id == cast.acme, Department.id == fixed["id"])
        made = work.execute(select(Department.created_at, Department.version).where(*mine)).one()
    assert made.created_at is not None
    assert made.version == 1


def test_a_row_without_its_workspace_meets_the_fence(cast: Cast) -> None:
    row = {name: value for name, value in _word(cast, "x").items() if name != "workspace_id"}
    with light_unit(cast.acme, write=True), pytest.raises(FenceBreach):
        add(_words, [row])
    assert _kept(cast) == []


def test_a_reading_unit_that_adds_all_the_same_keeps_it(cast: Cast, database: db.Database) -> None:
    with light_unit(cast.acme, write=False):
        add(_words, [_word(cast, "kept")])
    assert _kept(cast) == ["kept"]
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_savepoint_takes_back_its_own_rows_and_events(cast: Cast, database: db.Database) -> None:
    with light_unit(cast.acme, write=True):
        add(_words, [_word(cast, "before")])
        with savepoint():
            add(_words, [_word(cast, "within")])
        with pytest.raises(IntegrityError), savepoint():
            add(_words, [_word(cast, "lost")])
            with savepoint():
                add(_words, [_word(cast, "lost-too"), _word(cast, "before")])
        add(_words, [_word(cast, "after")])
    assert _kept(cast) == ["after", "before", "within"]
    assert database.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def test_a_session_that_comes_within_savepoints_is_undone_with_each(cast: Cast) -> None:
    def make(name: str) -> None:
        service.create_department(cast.actor("hr_admin"), name=name)
        session().flush()

    with light_unit(cast.acme, write=True):
        with savepoint():
            add(_words, [_word(cast, "outer")])
            with pytest.raises(Stop), savepoint():
                add(_words, [_word(cast, "lost")])
                assert current()._session is None
                make("Lost")
                raise Stop
            make("Kept")
        with pytest.raises(Stop), savepoint():
            make("Lost too")
            raise Stop
        add(_words, [_word(cast, "last")])
    assert _kept(cast) == ["last", "outer"]
    assert _told(cast) == ["Kept"]


def test_a_unit_that_fails_leaves_neither_rows_nor_events(cast: Cast) -> None:
    with pytest.raises(Stop), light_unit(cast.acme, write=True):
        add(_words, [_word(cast, "lost")])
        service.create_department(cast.actor("hr_admin"), name="Lost")
        raise Stop
    assert _kept(cast) == []
    assert _told(cast) == []
