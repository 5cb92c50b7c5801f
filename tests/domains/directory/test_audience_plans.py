"""What an audience costs: each table is read about once, whatever the rules; counted in buffers, never in time."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.directory import audiences, groups, service
from portico.kernel.unit_of_work import session
from tests.kernel.test_plans import plans_of
from tests.support import databases
from tests.support.big_company import fill, id_of
from tests.support.cast import Cast

pytestmark = pytest.mark.postgres
PEOPLE, DEPARTMENTS = 8_000, 400


@pytest.fixture
def company(cast: Cast) -> Cast:
    with databases.postgres()._owner.begin() as connection:
        fill(connection, cast.acme, PEOPLE, DEPARTMENTS)
    return cast


def department(number: int) -> dict[str, Any]:
    return {"kind": "department", "id": id_of("dep", number), "recursive": True}


def group(number: int) -> dict[str, Any]:
    return {"kind": "group", "id": id_of("grp", number)}


POINTS = {"field": "properties.points", "op": "gte", "value": 4_000}
TITLE = {"field": "title", "op": "in", "value": ["t1", "t2"]}
BELOW = {"field": "within_departments", "op": "any", "value": [id_of("dep", 1)]}
AUDIENCES: dict[str, tuple[list[Any], list[Any]]] = {
    "everybody": ([{"kind": "all"}], []),
    "half": ([department(1)], []),
    "a lowest department": ([department(DEPARTMENTS - 1)], []),
    "several without several": ([department(1), department(5), group(1)], [department(3), group(2)]),
    "everybody without": ([{"kind": "all"}], [{"kind": "predicate", "predicate": {"any": [TITLE, BELOW]}}]),
    "any of three": ([{"kind": "predicate", "predicate": {"any": [POINTS, TITLE, {"not": BELOW}]}}], []),
}


def test_pages_and_counts_read_each_table_about_once(company: Cast) -> None:
    workspace = company.acme
    for name, (include, exclude) in AUDIENCES.items():
        audience = {"include": include, "exclude": exclude}
        ways = {
            "page": lambda a=audience: list(
                session().scalars(
                    (found := audiences.people(workspace, a))
                    .where(found.selected_columns.id > "")
                    .order_by("id")
                    .limit(500)
                )
            ),
            "count": lambda a=audience: audiences.count(workspace, a),
            "by rule": lambda a=audience: audiences.count_by_rule(workspace, a),
        }
        for way, read in ways.items():
            buffers = plans_of(company, read).buffers
            # Probing an index is three buffers for each person; reading a table again for each would be thousands.
            assert buffers < 4 * PEOPLE, (name, way, buffers)
        one = plans_of(company, lambda a=audience: audiences.includes(workspace, a, id_of("emp", 7))).buffers
        assert one < 100, (name, one)


def test_the_groups_of_one_person_are_read_by_indexes(company: Cast) -> None:
    with company.writing():
        for number, rule in enumerate((POINTS, TITLE, BELOW, {"any": [POINTS, {"not": BELOW}]})):
            service.create_group(company.actor("owner"), name=f"Dynamic {number}", kind="dynamic", rule=rule)
    actor = company.actor("owner")
    assert plans_of(company, lambda: groups.ids_of_member(actor, id_of("emp", 7))).buffers < 200
