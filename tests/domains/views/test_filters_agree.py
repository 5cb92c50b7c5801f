"""A filter asked of the database answers what the same filter answers over the objects themselves, on both databases.

The other reading stands here: it knows the objects as the API shows them, and nothing of SQL.
"""

from __future__ import annotations

import operator
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as tried_with
from hypothesis import strategies as st

from portico.domains.contacts import service as contacts
from portico.domains.properties import service as properties
from portico.domains.properties.schemas import PropertyCreate
from portico.domains.views import queries, service
from portico.domains.views.objects import OBJECTS
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from tests.support.cast import Cast

TIERS, TOPICS, NOTES = ["gold", "silver"], ["bill", "door", "net"], ["Gold", "gold", "Zoë", "zoe", "a, b"]
DAYS = ["2026-01-01", "2026-02-28", "2026-12-31"]
MOMENTS = ["2026-01-01T00:00:00.000Z", "2026-06-01T12:30:00.500Z"]
NUMBERS, PRICES = [-3, 0, 7, 9_000_000_000], [0.1, 2.5, -1]
VALUES: dict[str, list[Any]] = {
    "tier": TIERS,
    "score": NUMBERS,
    "price": PRICES,
    "due": DAYS,
    "seen": MOMENTS,
    "vip": [True, False],
    "topics": TOPICS,
    "note": NOTES,
}
TYPES = {"tier": "select", "score": "integer", "price": "decimal", "due": "date", "seen": "datetime", "vip": "bool"}
TYPES |= {"topics": "multiselect", "note": "text"}
ORDERED = ("eq", "ne", "in", "lt", "lte", "gt", "gte", "exists")
PLAIN = ("eq", "ne", "in", "exists")
FIELDS: dict[str, tuple[tuple[str, ...], list[Any]]] = {
    "lifecycle_stage": (PLAIN, ["lead", "customer", "nothing"]),
    "tags": (("eq", "in"), ["a", "b", "c"]),
    **{f"properties.{key}": (ORDERED, VALUES[key]) for key in ("score", "due", "seen")},
    "properties.price": (ORDERED, [str(price) for price in PRICES]),
    **{f"properties.{key}": (PLAIN, VALUES[key]) for key in ("tier", "vip", "topics")},
    # A list of texts holds no comma.
    "properties.note": (PLAIN, [note for note in NOTES if "," not in note]),
}


@st.composite
def filters(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in draw(st.lists(st.sampled_from(sorted(FIELDS)), min_size=1, max_size=3, unique=True)):
        operators, values = FIELDS[name]
        chosen = draw(st.lists(st.sampled_from(operators), min_size=1, max_size=2, unique=True))
        found[name] = {
            one: draw(st.booleans())
            if one == "exists"
            else draw(st.lists(st.sampled_from(values), min_size=1, max_size=3))
            if one == "in"
            else draw(st.sampled_from(values))
            for one in chosen
        }
    return found


def plain(name: str, value: Any) -> Any:
    """What two values are compared by."""
    kind = TYPES.get(name.removeprefix("properties."), "")
    if kind == "decimal":
        return Decimal(str(value))
    if kind == "datetime":
        return datetime.fromisoformat(value)
    if kind == "text":
        return value.casefold().replace("ë", "e")
    return value


def holds(row: dict[str, Any], name: str, one: str, wanted: Any) -> bool:
    there = row["properties"].get(name.removeprefix("properties.")) if name.startswith("properties.") else row[name]
    has = [plain(name, value) for value in (there if isinstance(there, list) else [] if there is None else [there])]
    if one == "exists":
        return bool(has) is wanted
    if one == "in":
        return any(plain(name, each) in has for each in wanted)
    if one in ("eq", "ne"):
        return (plain(name, wanted) in has) is (one == "eq")
    compare = {"lt": operator.lt, "lte": operator.le, "gt": operator.gt, "gte": operator.ge}[one]
    return any(compare(value, plain(name, wanted)) for value in has)


def made(admin: Actor, random: Random) -> None:
    for key, kind in TYPES.items():
        given: dict[str, Any] = {"key": key, "label": key, "type": kind}
        if "select" in kind:
            given["options"] = VALUES[key]
        properties.create_property(admin, "contact", load(PropertyCreate(), given))
    for number in range(40):
        values = {key: random.choice(VALUES[key]) for key in VALUES if random.random() < 0.6}
        if "topics" in values:
            values["topics"] = random.sample(TOPICS, random.randint(1, 3))
        more: dict[str, Any] = {"tags": random.sample("abc", random.randint(0, 3))}
        if random.random() < 0.6:
            more["lifecycle_stage"] = random.choice(["lead", "customer"])
        contacts.create_contact(admin, {"display_name": f"C{number}", "properties": values, **more})


@pytest.mark.both_databases
def test_a_filter_means_the_same_in_the_database_and_over_the_objects(cast: Cast) -> None:
    admin, kind = cast.actor("admin"), OBJECTS["contact"]
    with cast.writing():
        made(admin, Random(7))
        view = service.create_view(admin, {"object": "contact", "name": "x", "shared": False})
    with cast.reading():
        rows = kind.page(admin, ListQuery(limit=200)).rows
    seen: set[bool] = set()

    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    @tried_with(filters())
    def agree(wanted: dict[str, Any]) -> None:
        with cast.reading():
            asked = queries.asked(admin, {**view, "filter": wanted}, ListQuery(limit=200))
            found = {row["id"] for row in kind.page(admin, asked).rows}
        expected = {
            row["id"]
            for row in rows
            if all(holds(row, name, one, value) for name, each in wanted.items() for one, value in each.items())
        }
        assert found == expected
        seen.add(bool(found))

    agree()
    assert seen == {True, False}
