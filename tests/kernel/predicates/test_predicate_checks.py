"""What is refused of a tree: where, and with which words."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from marshmallow import Schema
from sqlalchemy import column

from portico.kernel import predicates
from portico.kernel.errors import Invalid
from portico.kernel.predicates import Field, Fields, Predicate, PredicateInvalid, operands
from portico.kernel.schemas import load

FIELDS = Fields.of(
    "thing",
    Field("name", "text", column("name")),
    Field("size", "number", column("size")),
    Field("open", "bool", column("open")),
    Field("due_on", "date", column("due_on")),
    Field("made_at", "instant", column("made_at")),
    Field("state", "choice", column("state"), choices={"on": "On", "off": "Off"}),
    Field("owner", "id", column("owner"), prefix="emp", missing=set),
)
LEAF = {"field": "size", "op": "gt", "value": 1}
EMP = "emp_01jd0000000000000000000000"


def nested(deep: int) -> Any:
    return LEAF if deep == 0 else {"all": [nested(deep - 1)]}


def found(tree: Any) -> list[tuple[str, str]]:
    return [(error.pointer, error.code) for error in predicates.check(tree, FIELDS)]


@pytest.mark.parametrize(
    ("tree", "pointer", "code"),
    [
        (None, "", "invalid"),
        ([], "", "invalid"),
        ({}, "", "invalid"),
        ({"all": [LEAF], "any": [LEAF]}, "", "invalid"),
        ({"all": []}, "/all", "invalid"),
        ({"any": LEAF}, "/any", "invalid"),
        ({"not": [LEAF]}, "/not", "invalid"),
        ({"all": [LEAF, 7]}, "/all/1", "invalid"),
        (nested(5), "/all/0/all/0/all/0/all/0", "too_deep"),
        ({"any": [LEAF] * 51}, "/any", "too_many"),
        ({"any": [{"all": [LEAF] * 26}] * 2}, "", "too_many"),
        ({"event": "order.completed", "op": "gte", "value": 3}, "/event", "not_available"),
        ({"not": {"event": "x"}}, "/not/event", "not_available"),
        ({**LEAF, "more/~": 1}, "/more~1~0", "unknown"),
        ({"field": "size", "value": 1}, "/op", "required"),
        ({"field": 7, "op": "eq", "value": 1}, "/field", "required"),
        ({"field": "size", "op": "eq", "value": None}, "/value", "required"),
        ({"field": "sise", "op": "eq", "value": 1}, "/field", "unknown"),
        ({"field": "name", "op": "gt", "value": "x"}, "/op", "operator"),
        ({"field": "name", "op": "eq", "value": "\u0301 "}, "/value", "invalid"),
        ({"field": "name", "op": "starts", "value": ""}, "/value", "invalid"),
        ({"field": "name", "op": "eq", "value": "x" * 501}, "/value", "invalid"),
        ({"field": "name", "op": "in", "value": []}, "/value", "invalid"),
        ({"field": "name", "op": "in", "value": ["x"] * 101}, "/value", "invalid"),
        ({"field": "size", "op": "eq", "value": True}, "/value", "invalid"),
        ({"field": "size", "op": "eq", "value": float("nan")}, "/value", "invalid"),
        ({"field": "size", "op": "eq", "value": 2**53}, "/value", "invalid"),
        ({"field": "open", "op": "eq", "value": 1}, "/value", "invalid"),
        ({"field": "open", "op": "exists", "value": "yes"}, "/value", "invalid"),
        ({"field": "due_on", "op": "eq", "value": "20261122"}, "/value", "invalid"),
        ({"field": "due_on", "op": "eq", "value": "2026-02-30"}, "/value", "invalid"),
        ({"field": "due_on", "op": "eq", "value": "today-99999"}, "/value", "invalid"),
        ({"field": "due_on", "op": "within_last", "value": -1}, "/value", "invalid"),
        ({"field": "made_at", "op": "gt", "value": "2026-11-22T09:30:00"}, "/value", "invalid"),
        ({"field": "state", "op": "eq", "value": "gone"}, "/value", "invalid"),
        ({"field": "owner", "op": "eq", "value": "con_01jd0000000000000000000000"}, "/value", "invalid"),
        ({"field": "owner", "op": "in", "value": [EMP]}, "/value/0", "unknown"),
        ({"field": "owner", "op": "eq", "value": EMP}, "/value", "unknown"),
    ],
)
def test_each_fault_has_its_place_and_code(tree: Any, pointer: str, code: str) -> None:
    assert found(tree) == [(pointer, code)]


def test_all_faults_are_told_at_once_and_say_how_to_mend_them() -> None:
    wrong = {"any": [{"field": "sise", "op": "eq", "value": 1}, {"not": {"field": "state", "op": "eq", "value": "x"}}]}
    first, second = predicates.check(wrong, FIELDS, pointer="/rule")
    assert (first.pointer, second.pointer) == ("/rule/any/0/field", "/rule/any/1/not/value")
    assert "size" in first.message
    assert second.message == "Choose of: on, off."


def test_the_largest_tree_is_taken_and_no_larger_number_of_values() -> None:
    assert found(nested(4)) == []
    assert found({"any": [LEAF] * 50}) == []
    many = {"field": "name", "op": "in", "value": [str(one) for one in range(100)]}
    assert found({"any": [many, many]}) == []
    assert found({"any": [many, many, LEAF]}) == [("", "too_many")]


def test_nothing_that_is_wrong_is_asked() -> None:
    for tree in ({"all": []}, {"field": "gone", "op": "ne", "value": 1}):
        with pytest.raises(PredicateInvalid):
            predicates.compile(tree, FIELDS, today=date(2026, 11, 27), zone=ZoneInfo("UTC"))
        with pytest.raises(PredicateInvalid):
            predicates.holds(tree, FIELDS, {}, today=date(2026, 11, 27), zone=ZoneInfo("UTC"))


def test_a_forgotten_value_is_no_absent_one() -> None:
    with pytest.raises(KeyError):
        predicates.holds(LEAF, FIELDS, {"name": "x"}, today=date(2026, 11, 27), zone=ZoneInfo("UTC"))


def test_a_day_begins_where_its_zone_says_also_where_midnight_does_not_exist() -> None:
    assert operands.starts_at(date(2026, 11, 27), ZoneInfo("Asia/Shanghai")) == datetime(2026, 11, 26, 16, tzinfo=UTC)
    # The clocks of São Paulo went from 00:00 to 01:00 on this day.
    assert operands.starts_at(date(2018, 11, 4), ZoneInfo("America/Sao_Paulo")) == datetime(2018, 11, 4, 3, tzinfo=UTC)


class Asked(Schema):
    rule = Predicate(required=True)


def test_the_field_of_a_schema_says_where() -> None:
    assert load(Asked(), {"rule": LEAF}) == {"rule": LEAF}
    with pytest.raises(Invalid) as refused:
        load(Asked(), {"rule": {"all": [LEAF, {"any": []}]}})
    assert [error.pointer for error in refused.value.errors] == ["/rule/all/1/any"]
