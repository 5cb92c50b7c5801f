"""A predicate answers in SQL what it answers in memory, on both databases, and what it says it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from portico.domains.directory import predicates as directory
from portico.domains.directory import service
from portico.domains.directory.models import Employee
from portico.domains.properties import queries
from portico.domains.properties import schemas as definitions
from portico.domains.properties import service as properties
from portico.kernel import predicates
from portico.kernel.actor import ROLES
from portico.kernel.predicates import Fields, PredicateInvalid
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import session
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
TODAY, ZONE = date(2020, 11, 27), ZoneInfo("America/New_York")
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
OPTIONS = ["gold", "silver", "Bronze"]
# One millisecond before and after midnights of the zone, and midnight itself.
MOMENTS = [
    datetime(2020, 11, 27, 4, 59, 59, 999_000, UTC),
    datetime(2020, 11, 27, 5, tzinfo=UTC),
    datetime(2020, 11, 28, 5, tzinfo=UTC),
]
TITLES = ["Nurse", "ｎｕｒｓｅ", "Night nurse", "Büro 100%", "BURO 100%", "a_b", "北京", "x\U0010ffff", None]
DAYS = [None, "2020-11-26", "2020-11-27", "2020-11-28", "2019-11-27"]


@dataclass
class Company:
    departments: list[str]
    groups: list[str]
    people: list[str]


def define(cast: Cast) -> None:
    actor = cast.actor("owner")
    kinds = ("text", "integer", "decimal", "bool", "date", "datetime", "select", "multiselect")
    with cast.writing():
        for kind in kinds:
            options = {"options": OPTIONS} if kind in ("select", "multiselect") else {}
            body = load(definitions.PropertyCreate(), {"key": f"p_{kind}", "label": kind, "type": kind, **options})
            properties.create_property(actor, "employee", body)


def people(company: list[str]) -> list[dict[str, Any]]:
    """Each title and day of the list, with properties and places that go round."""
    top, below, beside = company
    places: list[list[dict[str, Any]]] = [
        [],
        [{"id": top}],
        [{"id": below, "lead": True}],
        [{"id": beside}, {"id": top}],
    ]
    values: list[dict[str, Any]] = [
        {},
        {"p_text": "Zoë", "p_integer": 7, "p_decimal": 19.99, "p_bool": True, "p_date": "2020-11-27"},
        {"p_text": "ZOE", "p_integer": -1, "p_decimal": 0, "p_bool": False, "p_datetime": "2020-11-27T05:00:00Z"},
        {"p_select": "gold", "p_multiselect": ["gold", "silver"], "p_text": "a" * 400, "p_date": "2020-11-26"},
        {"p_select": "Bronze", "p_multiselect": [], "p_text": "a" * 401, "p_datetime": "2020-11-28T04:59:59.999Z"},
    ]
    return [
        {
            "display_name": f"Person {number} é",
            "title": title,
            "hired_on": DAYS[number % 5] and date.fromisoformat(DAYS[number % 5] or ""),
            "locale": [None, "en", "zh_Hans_CN"][number % 3],
            "timezone": [None, "Asia/Shanghai"][number % 2],
            "primary_email": f"P{number}@x.example" if number % 3 else None,
            "departments": [dict(place) for place in places[number % 4]],
            "properties": values[number % 5],
        }
        for number, title in enumerate([*TITLES, *TITLES])
    ]


def company(cast: Cast) -> Company:
    define(cast)
    actor = cast.actor("owner")
    with cast.writing() as work:
        top = service.create_department(actor, name="Top")["id"]
        below = service.create_department(actor, name="Below", parent_id=top)["id"]
        beside = service.create_department(actor, name="Beside")["id"]
        made = [service.create_employee(actor, one)["id"] for one in people([top, below, beside])]
        for place, one in enumerate(made):
            manager = {} if place == 0 else {"manager_id": made[place // 2]}
            moment = MOMENTS[place % 3]
            mine = (Employee.workspace_id == cast.acme, Employee.id == one)
            work.execute(update(Employee).where(*mine).values(created_at=moment, **manager))
        groups = [service.create_group(actor, name=name)["id"] for name in ("A", "B")]
        service.change_members(actor, groups[0], add=made[:5])
        service.change_members(actor, groups[1], add=made[3:9])
    return Company([top, below, beside], groups, [*made, *(cast.employee_id(n) for n in ("owner", "agent"))])


def leaf(fields: Fields, known: Company) -> st.SearchStrategy[dict[str, Any]]:
    """Any field with any of its operators and a value of its kind."""
    values: dict[str, st.SearchStrategy[Any]] = {
        "departments": st.sampled_from(known.departments),
        "within_departments": st.sampled_from(known.departments),
        "leads": st.sampled_from(known.departments),
        "groups": st.sampled_from(known.groups),
        "manager": st.sampled_from(known.people[:4]),
        "title": st.sampled_from(["nurse", "NUR", "büro 100%", "0%", "_", "京", "x", "night", "a_b"]),
        "properties.p_text": st.sampled_from(["zoe", "A" * 400, "a" * 401, "'; --"]),
        "properties.p_integer": st.sampled_from([7, -1, 0]),
        "properties.p_decimal": st.sampled_from([0, 19.99, 19, -0.5]),
    }
    days = st.sampled_from(["today", "today-1", "today+1", "2020-11-27", "2019-11-27"])
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "text": st.sampled_from(["person 1 e", "p1@x.example", "PERSON", "é"]),
        "bool": st.booleans(),
        "date": days,
        "instant": st.one_of(days, st.sampled_from(["2020-11-27T05:00:00Z", "2020-11-27T00:00:00.0004-05:00"])),
    }

    @st.composite
    def made(draw: st.DrawFn) -> dict[str, Any]:
        field = fields.known[draw(st.sampled_from(sorted(fields.known)))]
        op = draw(st.sampled_from(field.operators))
        one = values.get(field.name, kinds.get(field.kind))
        if one is None:
            one = st.sampled_from(sorted(field.choices)[:6])
        match op:
            case "exists":
                value = draw(st.booleans())
            case "within_last" | "within_next":
                value = draw(st.sampled_from([0, 1, 365]))
            case "in" | "nin" | "any" | "all" | "none":
                value = draw(st.lists(one, min_size=1, max_size=3))
            case _:
                value = draw(one)
        return {"field": field.name, "op": op, "value": value}

    return made()


def tree(leaves: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    level = leaves
    for _ in range(2):
        several = st.lists(level, min_size=1, max_size=3)
        level = st.one_of(
            leaves,
            several.map(lambda some: {"all": some}),
            several.map(lambda some: {"any": some}),
            level.map(lambda one: {"not": one}),
        )
    return level


def in_sql(cast: Cast, condition: dict[str, Any], fields: Fields) -> set[str]:
    """Those who match, and whoever matches not is not unknown: the negation finds exactly them."""
    found = []
    for asked in (condition, {"not": condition} if _depth(condition) < 4 else None):
        if asked is not None:
            where = predicates.compile(asked, fields, today=TODAY, zone=ZONE)
            mine = select(Employee.id).where(Employee.workspace_id == cast.acme, where)
            found.append(set(session().scalars(mine)))
    everyone = set(session().scalars(select(Employee.id).where(Employee.workspace_id == cast.acme)))
    assert len(found) == 1 or found[0] == everyone - found[1]
    return found[0]


def _depth(condition: dict[str, Any]) -> int:
    if "field" in condition:
        return 0
    inside = next(iter(condition.values()))
    return 1 + max(_depth(one) for one in (inside if isinstance(inside, list) else [inside]))


def test_sql_and_memory_answer_the_same(cast: Cast) -> None:
    known = company(cast)
    with cast.reading():
        fields = directory.employee_fields(cast.acme)
        facts = directory.values_of(
            cast.acme, session().scalars(select(Employee.id).where(Employee.workspace_id == cast.acme))
        )

        @EXAMPLES
        @given(st.lists(tree(leaf(fields, known)), min_size=4, max_size=4))
        def each(conditions: list[dict[str, Any]]) -> None:
            for condition in conditions:
                assert predicates.check(condition, fields) == []
                held = {
                    one
                    for one, values in facts.items()
                    if predicates.holds(condition, fields, values, today=TODAY, zone=ZONE)
                }
                assert in_sql(cast, condition, fields) == held

        each()


def names(cast: Cast, field: str, op: str, value: Any) -> list[str]:
    with cast.reading():
        fields = directory.employee_fields(cast.acme)
        where = predicates.compile({"field": field, "op": op, "value": value}, fields, today=TODAY, zone=ZONE)
        rows = session().execute(
            select(Employee.display_name, Employee.title).where(Employee.workspace_id == cast.acme, where)
        )
        return sorted(str(row.title) for row in rows)


def test_what_operators_mean(cast: Cast) -> None:
    """Against the words of the documentation; the other test would not see both sides err alike."""
    known = company(cast)
    assert names(cast, "title", "eq", "NURSE") == ["Nurse", "Nurse", "ｎｕｒｓｅ", "ｎｕｒｓｅ"]
    assert names(cast, "title", "starts", "buro") == ["BURO 100%", "BURO 100%", "Büro 100%", "Büro 100%"]
    assert names(cast, "title", "contains", "0%") == ["BURO 100%", "BURO 100%", "Büro 100%", "Büro 100%"]
    assert names(cast, "title", "contains", "_") == ["a_b", "a_b"]
    assert len(names(cast, "title", "ne", "nurse")) == 2 * len(TITLES) - 4 + len(ROLES), "nothing is not a nurse either"
    below = names(cast, "departments", "any", [known.departments[1]])
    assert below == names(cast, "leads", "any", [known.departments[1]])
    both = names(cast, "within_departments", "any", known.departments[:1])
    assert len(both) == len(below) + len(names(cast, "departments", "any", known.departments[:1]))
    assert names(cast, "departments", "all", [known.departments[0], known.departments[2]]) == names(
        cast, "departments", "any", [known.departments[2]]
    )
    assert len(names(cast, "hired_on", "within_last", 1)) == 8
    assert len(names(cast, "hired_on", "eq", "today")) == 4
    assert len(names(cast, "created_at", "eq", "today")) == 6, "midnight belongs to the day that begins"
    assert len(names(cast, "created_at", "lt", "today")) == 6
    assert names(cast, "role", "eq", "agent") == ["None"]
    assert names(cast, "properties.p_multiselect", "exists", True) == names(
        cast, "properties.p_multiselect", "all", ["gold", "silver"]
    )


def test_what_is_gone_is_invalid_and_never_everybody(cast: Cast) -> None:
    known = company(cast)
    gone = [
        {"field": "properties.p_text", "op": "ne", "value": "x"},
        {"field": "departments", "op": "none", "value": [known.departments[2]]},
        {"field": "groups", "op": "none", "value": [known.groups[0]]},
    ]
    actor = cast.actor("owner")
    with cast.writing():
        row = queries.active(cast.acme, "employee")["p_text"]
        properties.archive_property(actor, "employee", row.id)
        service.delete_department(actor, known.departments[2], move_members_to=known.departments[0])
        service.delete_group(actor, known.groups[0])
    with cast.reading():
        fields = directory.employee_fields(cast.acme)
        pointers = ["/field", "/value/0", "/value/0"]
        for condition, pointer in zip(gone, pointers, strict=True):
            assert [(error.pointer, error.code) for error in predicates.check(condition, fields)] == [
                (pointer, "unknown")
            ]
        with pytest.raises(PredicateInvalid):
            predicates.compile(gone[0], fields, today=TODAY, zone=ZONE)
        option = {"field": "properties.p_select", "op": "ne", "value": "platinum"}
        assert predicates.check(option, fields)[0].pointer == "/value"


def test_sensitive_fields_are_asked_by_those_who_see_them(cast: Cast) -> None:
    with cast.reading():
        fields = directory.employee_fields(cast.acme)
        asked = {"all": [{"field": "hired_on", "op": "exists", "value": True}]}
        refused = predicates.check(asked, fields, may=cast.actor("agent").may)
        assert [(error.pointer, error.code) for error in refused] == [("/all/0/field", "scope")]
        assert predicates.check(asked, fields, may=cast.actor("hr_admin").may) == []
