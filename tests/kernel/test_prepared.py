"""Statements that are built once: same rows, same fence, same errors as executing them the long way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from portico.domains.directory.models import Department
from portico.kernel import clock
from portico.kernel.fence import FenceBreach
from portico.kernel.id_lists import among
from portico.kernel.ids import new_id
from portico.kernel.prepared import prepared
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
_department = Department.__table__


@prepared
def _by_name(actor: Any, name: str) -> Any:
    return select(_department).where(_department.c.workspace_id == actor.workspace_id, _department.c.name == name)


@prepared
def _everywhere(name: str) -> Any:
    return select(_department.c.id).where(_department.c.name == name)


@prepared
def _any_of(actor: Any, ids: Any) -> Any:
    return select(_department.c.id).where(_department.c.workspace_id == actor.workspace_id, _department.c.id.in_(ids))


@prepared
def _among(actor: Any, ids: Any) -> Any:
    mine = _department.c.workspace_id == actor.workspace_id
    return select(_department.c.name).where(mine, among(_department.c.id, ids)).order_by(_department.c.name)


def _row(cast: Cast, name: str, **values: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"workspace_id": cast.acme, "id": new_id("dep"), "name": name, "created_at": clock.now()}
    needed = {column.name for column in _department.c if not column.nullable and column.default is None} - made.keys()
    defaults = {str: name, int: 0, bool: False}
    return {**made, **{key: defaults[_department.c[key].type.python_type] for key in needed}, **values}


def test_rows_are_those_of_the_statement_executed_the_long_way(cast):
    with cast.writing() as work:
        work.execute(insert(_department), [_row(cast, "Zoë's"), _row(cast, "Other")])
    with cast.reading() as work:
        statement = select(_department).where(_department.c.workspace_id == cast.acme, _department.c.name == "Zoë's")
        long_way = work.execute(statement).one()
        row = _by_name(cast.actor("agent"), "Zoë's").one()
        assert dict(row._mapping) == dict(long_way._mapping)
        assert row.created_at == long_way.created_at
        assert _by_name(cast.actor("agent"), "Nobody's").one_or_none() is None
    with cast.reading(cast.other):
        assert _by_name(cast.actor("outsider"), "Zoë's").one_or_none() is None


def test_the_fence_judges_a_prepared_statement(cast):
    with cast.reading(), pytest.raises(FenceBreach, match="department"):
        _everywhere("Support")


def test_a_list_of_unknown_length_is_refused_when_it_is_prepared(cast):
    with cast.reading(), pytest.raises(TypeError, match="unknown length"):
        _any_of(cast.actor("agent"), ["dep_1"])


def test_the_drivers_errors_come_out_as_those_of_sqlalchemy(cast):
    row = _row(cast, "Twice")

    @prepared
    def _add(id: str) -> Any:
        return insert(_department).values({**row, "id": id}).returning(_department.c.id)

    with pytest.raises(IntegrityError), cast.writing():
        assert _add(row["id"]).scalar_one() == row["id"]
        _add(row["id"])


def test_a_list_of_ids_is_one_bound_value_whatever_its_length(cast):
    rows = [_row(cast, f"{number}'s") for number in range(3)]
    with cast.writing() as work:
        work.execute(insert(_department), rows)
    agent = cast.actor("agent")
    with cast.reading():
        assert [row.name for row in _among(agent, [rows[2]["id"], rows[0]["id"], "dep_'"])] == ["0's", "2's"]
        assert [row.name for row in _among(agent, [row["id"] for row in rows])] == ["0's", "1's", "2's"]
        assert _among(agent, []) == []


def test_a_list_of_ids_is_found_by_its_index(cast, database):
    if not database.sqlite:
        return  # tables of a few rows are scanned there; tests/kernel/test_plans.py reads the plans of large ones
    with cast.reading() as work:
        statement = _among._statement().compile(dialect=work.get_bind().dialect)
        cursor = work.connection().connection.cursor()
        plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", (cast.acme, '["dep_1"]'))]
    assert any("workspace_id=? AND id=?" in line for line in plan), plan
