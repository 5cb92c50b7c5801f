"""Audiences: who is in, by which rule, in one statement."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, literal

from portico.domains.directory import audiences, service
from portico.domains.directory.audiences import Audience
from portico.domains.directory.models import DirectoryGroupMember
from portico.domains.properties import service as properties
from portico.kernel.actor import DataRange
from portico.kernel.data_range import Receiver
from portico.kernel.errors import Invalid
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import session
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
GONE = "01jd0000000000000000000000"


class Company:
    """Top > Middle > Low, and Beside; one person in each (named as it is), two in Middle, one in nothing."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        actor = cast.actor("owner")
        with cast.writing():
            self.departments: dict[str, str] = {}
            for name, above in (("top", None), ("middle", "top"), ("low", "middle"), ("beside", None)):
                parent = self.departments[above] if above else None
                self.departments[name] = service.create_department(actor, name=name, parent_id=parent)["id"]
            self.people = {
                name: self._person(name.rstrip("2"), name)
                for name in ("top", "middle", "middle2", "low", "beside", "alone", "suspended", "left")
            }
            service.suspend(actor, self.people["suspended"])
            service.depart(actor, self.people["left"])
            self.group = service.create_group(actor, name="Group")["id"]
            service.change_members(actor, self.group, add=[self.people[one] for one in ("low", "alone", "suspended")])

    def _person(self, department: str, name: str) -> str:
        places = [{"id": self.departments[department]}] if department in self.departments else []
        actor = self.cast.actor("owner")
        values = {"display_name": name, "title": f"T {name}", "departments": places}
        return str(service.create_employee(actor, values)["id"])

    def named(self, ids: set[str]) -> set[str]:
        return {name for name, one in self.people.items() if one in ids}

    def audience(self, include: list[Any], exclude: list[Any] = ()) -> dict[str, Any]:  # type: ignore[assignment]
        return dict(load(Audience(), {"include": include, "exclude": list(exclude)}))

    def of(self, include: list[Any], exclude: list[Any] = ()) -> set[str]:  # type: ignore[assignment]
        """Who is in, of the people of this company; asked in each way there is."""
        audience = self.audience(include, exclude)
        with self.cast.reading():
            workspace = self.cast.acme
            found = set(session().scalars(audiences.people(workspace, audience)))
            assert audiences.count(workspace, audience) == len(found)
            assert {one for one in self.people.values() if audiences.includes(workspace, audience, one)} == (
                found & set(self.people.values())
            )
            assert sum(audiences.count_by_rule(workspace, audience)) == len(found)
        return self.named(found)

    def dep(self, name: str, **more: Any) -> dict[str, Any]:
        return {"kind": "department", "id": self.departments[name], **more}

    def emp(self, name: str) -> dict[str, Any]:
        return {"kind": "employee", "id": self.people[name]}


def test_each_kind_of_rule(cast: Cast) -> None:
    here = Company(cast)
    everybody = {"top", "middle", "middle2", "low", "beside", "alone"}
    assert here.of([{"kind": "all"}]) == everybody, "those alone who are active"
    assert here.of([here.dep("middle")]) == {"middle", "middle2", "low"}
    assert here.of([here.dep("middle", recursive=False)]) == {"middle", "middle2"}
    assert here.of([{"kind": "group", "id": here.group}]) == {"low", "alone"}
    assert here.of([here.emp("top"), here.emp("suspended")]) == {"top"}
    title = {"field": "title", "op": "starts", "value": "t mid"}
    assert here.of([{"kind": "predicate", "predicate": title}]) == {"middle", "middle2"}
    assert here.of([]) == set()
    mixed = [here.dep("low"), here.emp("top"), {"kind": "group", "id": here.group}]
    assert here.of(mixed) == {"low", "top", "alone"}
    with cast.reading():
        agents = here.audience([{"kind": "role", "id": "agent"}])
        assert set(session().scalars(audiences.people(cast.acme, agents))) == {
            cast.employee_id(role) for role in ("agent", "support_admin", "admin", "owner")
        }, "with whoever's role includes it"


def test_e_a_04_whoever_is_included_and_excluded_is_excluded(cast: Cast) -> None:
    here = Company(cast)
    assert here.of([here.emp("top"), here.dep("top")], [here.emp("top")]) == {"middle", "middle2", "low"}
    assert here.of([here.emp("top")], [{"kind": "all"}]) == set()
    assert here.of([{"kind": "all"}], [{"kind": "group", "id": here.group}, here.dep("beside")]) == {
        "top",
        "middle",
        "middle2",
    }
    person = {"kind": "predicate", "predicate": {"field": "display_name", "op": "eq", "value": "TOP"}}
    assert here.of([here.dep("top", recursive=False), here.emp("low")], [person]) == {"low"}


def test_e_a_22_a_department_below_an_excluded_one_is_excluded_with_it(cast: Cast) -> None:
    here = Company(cast)
    assert here.of([here.dep("top")], [here.dep("middle")]) == {"top"}
    assert here.of([here.dep("top")], [here.dep("middle", recursive=False)]) == {"top", "low"}
    # Naming the lower one besides does not bring it back: exclusion outweighs everything.
    assert here.of([here.dep("top"), here.dep("low")], [here.dep("middle")]) == {"top"}
    assert here.of([here.dep("low")], [here.dep("top", recursive=False)]) == {"low"}


def test_an_audience_is_read_as_the_directory_stands_then(cast: Cast) -> None:
    here = Company(cast)
    middle = [here.dep("middle")]
    with cast.writing():
        actor = cast.actor("owner")
        service.move_department(actor, here.departments["low"], parent_id=here.departments["beside"])
        service.suspend(actor, here.people["middle2"])
        service.put_member(actor, here.departments["middle"], here.people["alone"], {})
    assert here.of(middle) == {"middle", "alone"}


def test_by_which_rule_and_page_by_page_and_into_a_table(cast: Cast) -> None:
    here = Company(cast)
    audience = here.audience([here.emp("low"), here.dep("top"), {"kind": "group", "id": here.group}])
    with cast.writing() as work:
        by_rule = {row.id: row.rule for row in work.execute(audiences.rules_of(cast.acme, audience))}
        assert by_rule == {
            here.people["low"]: 0,
            **{here.people[name]: 1 for name in ("top", "middle", "middle2")},
            here.people["alone"]: 2,
        }
        assert audiences.count_by_rule(cast.acme, audience) == [1, 3, 1]
        walked: list[str] = []
        people = audiences.people(cast.acme, audience)
        while some := list(
            work.scalars(
                people.where(people.selected_columns.id > (walked[-1] if walked else "")).order_by("id").limit(2)
            )
        ):
            walked += some
        assert walked == sorted(by_rule)
        other = service.create_group(cast.actor("owner"), name="Copied")["id"]
        columns = ["employee_id", "workspace_id", "group_id"]
        rows = people.add_columns(literal(cast.acme), literal(other))
        work.execute(insert(DirectoryGroupMember).from_select(columns, rows))
        assert audiences.count(cast.acme, here.audience([{"kind": "group", "id": other}])) == 5
        assert [one["display_name"] for one in audiences.sample(cast.acme, audience, 2)] == ["alone", "low"]


def test_several_audiences_are_asked_of_one_person_at_once(cast: Cast) -> None:
    here = Company(cast)
    asked = {
        "a": here.audience([{"kind": "all"}]),
        "b": here.audience([here.dep("top")], [here.dep("low")]),
        "c": here.audience([{"kind": "group", "id": here.group}]),
    }
    with cast.reading():
        assert audiences.including(cast.acme, asked, here.people["low"]) == {"a", "c"}
        assert audiences.including(cast.acme, asked, here.people["suspended"]) == set()
        assert audiences.including(cast.acme, {}, here.people["low"]) == set()


def test_an_app_reaches_nobody_outside_its_range(cast: Cast) -> None:
    here = Company(cast)
    reader = Receiver(cast.acme, DataRange(subtrees=frozenset({here.departments["middle"]})))
    with cast.reading():
        found = audiences.people(cast.acme, audiences.EVERYONE, reader=reader)
        assert here.named(set(session().scalars(found))) == {"middle", "middle2", "low"}
        assert audiences.count(cast.acme, audiences.EVERYONE, reader=reader) == 3


def test_an_audience_never_grows_because_something_is_gone(cast: Cast) -> None:
    here = Company(cast)
    actor = cast.actor("owner")
    with cast.writing():
        body = {"key": "badge", "label": "Badge", "type": "text", "options": [], "sensitive": False}
        made = properties.create_property(actor, "employee", body)
    asked = {"kind": "predicate", "predicate": {"field": "properties.badge", "op": "ne", "value": "A"}}
    including, excluding = [here.emp("top"), asked], [{"kind": "all"}]
    assert here.of(including) >= {"top", "beside"}
    with cast.writing():
        properties.archive_property(actor, "employee", made["id"])
    assert here.of(including) == {"top"}
    assert here.of(excluding, [asked]) == set()
    with cast.reading():
        audience = here.audience(including, [here.dep("low")])
        assert [error.pointer for error in audiences.faults(cast.acme, audience)] == ["/include/1/predicate/field"]
        with pytest.raises(Invalid):
            audiences.check_audience(actor, audience)


@pytest.mark.parametrize(
    ("rule", "pointer"),
    [
        ({"kind": "everyone"}, "/include/0/kind"),
        ({"kind": "all", "id": "x"}, "/include/0/id"),
        ({"kind": "department"}, "/include/0/id"),
        ({"kind": "department", "id": f"grp_{GONE}"}, "/include/0/id"),
        ({"kind": "group", "id": f"grp_{GONE}", "recursive": True}, "/include/0/recursive"),
        ({"kind": "role", "id": "king"}, "/include/0/id"),
        ({"kind": "predicate"}, "/include/0/predicate"),
        ({"kind": "predicate", "predicate": {"all": []}}, "/include/0/predicate/all"),
    ],
)
def test_wrong_rules(rule: dict[str, Any], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        load(Audience(), {"include": [rule]})
    assert pointer in [error.pointer for error in refused.value.errors]


def test_rules_of_what_is_not_there_or_not_to_be_asked(cast: Cast) -> None:
    rules = [
        {"kind": "all"},
        {"kind": "department", "id": f"dep_{GONE}"},
        {"kind": "employee", "id": cast.employee_id("outsider")},
        {"kind": "predicate", "predicate": {"field": "hired_on", "op": "lt", "value": "today-365"}},
    ]
    audience = load(Audience(), {"include": rules, "exclude": [{"kind": "group", "id": f"grp_{GONE}"}]})
    with cast.reading(), pytest.raises(Invalid) as refused:
        audiences.check_audience(cast.actor("announcer"), audience)
    assert sorted((error.pointer, error.code) for error in refused.value.errors) == [
        ("/audience/exclude/0/id", "unknown"),
        ("/audience/include/1/id", "unknown"),
        ("/audience/include/2/id", "unknown"),
        ("/audience/include/3/predicate/field", "scope"),
    ]


def test_any_audience_is_the_union_without_the_excluded(cast: Cast) -> None:
    here = Company(cast)
    known = {
        "all": [({"kind": "all"}, {"top", "middle", "middle2", "low", "beside", "alone"})],
        "department": [
            (here.dep("top"), {"top", "middle", "middle2", "low"}),
            (here.dep("middle"), {"middle", "middle2", "low"}),
            (here.dep("top", recursive=False), {"top"}),
            (here.dep("beside"), {"beside"}),
        ],
        "rest": [
            ({"kind": "group", "id": here.group}, {"low", "alone"}),
            (here.emp("alone"), {"alone"}),
            (
                {"kind": "predicate", "predicate": {"field": "title", "op": "contains", "value": "le"}},
                {"middle", "middle2"},
            ),
        ],
    }
    rules = st.sampled_from([rule for some in known.values() for rule in some])

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(st.lists(rules, max_size=4), st.lists(rules, max_size=3))
    def each(include: list[Any], exclude: list[Any]) -> None:
        wanted = set().union(*(who for _, who in include)) - set().union(*(who for _, who in exclude))
        assert here.of([rule for rule, _ in include], [rule for rule, _ in exclude]) == wanted

    each()
