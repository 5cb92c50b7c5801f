"""A filter answers in SQL what it would answer over the objects in memory, on both databases."""

from __future__ import annotations

import operator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portico.domains.contacts import queries, schemas
from portico.domains.contacts import service as contacts
from portico.domains.properties import schemas as definitions
from portico.domains.properties import service
from portico.kernel import clock, text
from portico.kernel.listing import ListQuery, parse_condition
from portico.kernel.schemas import load
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
OPTIONS = ["gold", "silver", "Bronze"]
DATES = [date(1999, 12, 31), date(2000, 1, 1), date(2026, 11, 22)]
MOMENTS = [datetime(2026, 11, 22, 9, 30, 0, ms * 1000, UTC) for ms in (0, 1, 999)]
# Few values, so that they meet; those that differ in case or marks are one.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.sampled_from(["zoe", "Zoë", "ZOE ", "北京", "a" * 400, "a" * 401, "'; --", "a,b"]),
    "integer": st.sampled_from([0, 1, -1, 7, 2**53 - 1, -(2**53) + 1]),
    "decimal": st.sampled_from([0, 0.1, 0.000001, -0.5, 19.99, 999_999_999_999, 1]),
    "bool": st.booleans(),
    "date": st.sampled_from([day.isoformat() for day in DATES]),
    "datetime": st.sampled_from([clock.rfc3339(moment) for moment in MOMENTS]),
    "select": st.sampled_from(OPTIONS),
    "multiselect": st.lists(st.sampled_from(OPTIONS), max_size=3, unique=True),
}
PEOPLE = st.fixed_dictionaries({}, optional=VALUES)
ORDERED = ("integer", "decimal", "date", "datetime")
PLAIN = ("eq", "ne", "in", "exists")
COMPARE = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}


def comparable(kind: str, value: Any) -> Any:
    match kind:
        case "text":
            return text.search_key(value)
        case "decimal":
            return Decimal(str(value))
        case "datetime":
            return datetime.fromisoformat(value)
        case _:
            return value


def in_memory(kind: str, value: Any, op: str, wanted: Any) -> bool:
    """What the documentation says of the operators; of several options one is enough."""
    present = value is not None and value != []
    if op == "exists":
        return present == wanted
    mine = [comparable(kind, one) for one in (value if kind == "multiselect" else [value])] if present else []
    theirs = [comparable(kind, one) for one in (wanted if op == "in" else [wanted])]
    if op in COMPARE:
        return any(COMPARE[op](one, theirs[0]) for one in mine)
    same = any(one in theirs for one in mine)
    return not same if op == "ne" else same


def written(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


@st.composite
def question(draw: st.DrawFn) -> tuple[str, str, Any]:
    kind = draw(st.sampled_from(sorted(VALUES)))
    op = draw(st.sampled_from([*PLAIN, *COMPARE] if kind in ORDERED else PLAIN))
    if op == "exists":
        return kind, op, draw(st.booleans())
    one = st.sampled_from(OPTIONS) if kind == "multiselect" else VALUES[kind]
    # A comma separates the values of a list, and leading blanks mean nothing to nobody.
    several = st.lists(one.filter(lambda value: "," not in str(value)), min_size=1, max_size=3)
    return kind, op, draw(several if op == "in" else one)


def ask(cast: Cast, kind: str, op: str, wanted: Any) -> set[str]:
    told = ",".join(map(written, wanted)) if isinstance(wanted, list) else written(wanted)
    condition = parse_condition(queries.CONTACTS, f"properties.of_{kind}", op, told)
    with cast.reading():
        found = queries.page_of_contacts(cast.actor("agent"), ListQuery(limit=200, conditions=(condition,)))
    return {row["id"] for row in found.rows}


def test_a_filter_is_the_same_in_sql_and_in_memory(cast: Cast) -> None:
    with cast.writing():
        for kind in VALUES:
            options = {"options": OPTIONS} if "select" in kind else {}
            given_ = {"key": f"of_{kind}", "label": kind, "type": kind, **options}
            service.create_property(cast.actor("admin"), "contact", load(definitions.PropertyCreate(), given_))

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(
        st.lists(st.fixed_dictionaries({}, optional=VALUES), max_size=6), st.lists(question(), min_size=1, max_size=8)
    )
    def each(people: list[dict[str, Any]], questions: list[tuple[str, str, Any]]) -> None:
        made: dict[str, dict[str, Any]] = {}
        with cast.writing():
            actor = cast.actor("admin")
            for values in people:
                body = {"display_name": "P", "properties": {f"of_{kind}": value for kind, value in values.items()}}
                made[contacts.create_contact(actor, load(schemas.ContactCreate(), body))["id"]] = values
        for kind, op, wanted in questions:
            expected = {each for each, values in made.items() if in_memory(kind, values.get(kind), op, wanted)}
            assert ask(cast, kind, op, wanted) & made.keys() == expected, (kind, op, wanted)
        with cast.writing():
            for contact_id in made:
                contacts.trash_contact(cast.actor("admin"), contact_id)

    each()
