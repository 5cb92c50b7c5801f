"""What holds of companies on both databases."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portico.domains.contacts import domain_names, queries, schemas, service
from portico.domains.contacts.errors import CompanyCycle, DomainReused, DomainTaken
from portico.domains.properties import schemas as property_schemas
from portico.domains.properties import service as properties
from portico.kernel.actor import DataRange
from portico.kernel.data_range import OutOfRange, within
from portico.kernel.errors import Forbidden, Invalid, NotFound, Stale
from portico.kernel.events import Event
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from tests.domains.contacts.test_contacts_at_once import together
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def create(cast: Cast, name: str, *domains: str, by: str = "agent", **fields: Any) -> dict[str, Any]:
    values = load(schemas.CompanyCreate(), {"name": name, "domains": list(domains), **fields})
    with cast.writing(cast.workspace_of(by)):
        return service.create_company(cast.actor(by), values)


def update(cast: Cast, company_id: str, version: int | None = None, **fields: Any) -> dict[str, Any]:
    values = load(schemas.CompanyUpdate(), fields)
    with cast.writing():
        return service.update_company(cast.actor("agent"), company_id, values, expected_version=version)


def names(cast: Cast, q: str | None = None, sort: str = "name", by: str = "agent", **filters: Any) -> list[str]:
    conditions = tuple(Condition(name.replace("__", "."), "eq", value) for name, value in filters.items())
    with cast.reading(cast.workspace_of(by)):
        found = queries.page_of_companies(cast.actor(by), ListQuery(q=q, sort=sort, conditions=conditions))
    return [row["name"] for row in found.rows]


def test_a_company_is_made_changed_found_and_told(cast: Cast) -> None:
    made = create(cast, "Bücher Grün", "Bücher.example", "WWW2.Example.", tags=["vip"])
    assert made["domains"] == ["xn--bcher-kva.example", "www2.example"]
    other = create(cast, "Zeta", parent_id=made["id"], owner_employee_id=cast.employee_id("agent"))
    changed = update(cast, made["id"], 1, name="Grün Bücher", tags=[])
    assert (changed["version"], changed["tags"]) == (2, [])
    assert update(cast, made["id"], name="Grün Bücher") == changed
    with pytest.raises(Stale):
        update(cast, made["id"], 1, name="x")
    assert names(cast) == ["Grün Bücher", "Zeta"]
    assert names(cast, "gru buc") == names(cast, "xn--bch") == names(cast, domain="BÜCHER.example") == ["Grün Bücher"]
    assert names(cast, parent_id=made["id"]) == names(cast, owner_employee_id=cast.employee_id("agent")) == ["Zeta"]
    assert names(cast, by="outsider") == []
    with cast.reading() as work:
        told = work.query(Event.type, Event.changes).filter(Event.workspace_id == cast.acme).order_by(Event.seq).all()
    assert [tuple(row) for row in told[-3:]] == [
        ("company.created", None),
        ("company.created", None),
        ("company.updated", ["name", "tags"]),
    ]
    with pytest.raises(NotFound), cast.reading(cast.other):
        queries.company(cast.actor("outsider"), other["id"])


def test_a_domain_belongs_to_one_company_and_is_never_one_of_free_mail(cast: Cast) -> None:
    first = create(cast, "First", "first.example")
    with pytest.raises(DomainTaken) as caught:
        create(cast, "Second", "FIRST.example")
    assert caught.value.extra == {"company_id": first["id"]}
    assert caught.value.errors[0].pointer == "/domains/0"
    create(cast, "Theirs", "first.example", by="outsider")
    second = create(cast, "Second", "second.example")
    with pytest.raises(DomainTaken):
        update(cast, second["id"], domains=["second.example", "first.example"])
    assert update(cast, second["id"], domains=["third.example"])["domains"] == ["third.example"]
    assert create(cast, "Now free", "second.example")["domains"] == ["second.example"]
    for wrong in ("gmail.com", "QQ.com", "https://acme.example/", "acme", "a@acme.example", ""):
        with pytest.raises(Invalid) as refused:
            create(cast, "Wrong", wrong)
        assert refused.value.errors[0].pointer == "/domains/0"
    assert domain_names.domain(domain_names.domain("Bücher.Example")) == "xn--bcher-kva.example"


def test_of_many_with_one_domain_one_is_created(cast: Cast) -> None:
    def one() -> str:
        create(cast, "Same", "same.example")
        return "created"

    assert sorted(together(*[one] * 6)) == ["created"] + ["domain_taken"] * 5


def test_companies_stand_in_a_tree_also_when_two_move_at_once(cast: Cast) -> None:
    top = create(cast, "Top")
    middle = create(cast, "Middle", parent_id=top["id"])
    low = create(cast, "Low", parent_id=middle["id"])
    for above in (top["id"], middle["id"], low["id"]):
        with pytest.raises(CompanyCycle):
            update(cast, top["id"], parent_id=above)
    with pytest.raises(Invalid):
        update(cast, top["id"], parent_id="cmp_01jd0000000000000000000000")
    left, right = create(cast, "Left"), create(cast, "Right")

    def below(one: dict[str, Any], other: dict[str, Any]) -> str:
        update(cast, one["id"], parent_id=other["id"])
        return "moved"

    outcomes = together(lambda: below(left, right), lambda: below(right, left))
    assert sorted(outcomes) == ["company_cycle", "moved"]


def test_the_trash_frees_domains_and_restoring_offers_a_choice(cast: Cast) -> None:
    made = create(cast, "Old", "old.example", "kept.example")
    admin = cast.actor("support_admin")
    with pytest.raises(Forbidden), cast.writing():
        service.trash_company(cast.actor("agent"), made["id"])
    with cast.writing():
        service.trash_company(admin, made["id"])
    assert names(cast) == []
    create(cast, "New", "old.example")
    with pytest.raises(DomainReused), cast.writing():
        service.restore_company(admin, made["id"])
    with cast.writing():
        back = service.restore_company(admin, made["id"], release_taken=True)
    assert back["domains"] == ["kept.example"]
    assert names(cast, domain="kept.example") == ["Old"]


def test_an_app_sees_the_companies_of_its_people_and_what_hangs_on_their_contacts(cast: Cast) -> None:
    agent, other = cast.employee_id("agent"), cast.employee_id("employee")
    mine = create(cast, "Mine", "mine.example", owner_employee_id=agent)
    theirs = create(cast, "Theirs", "theirs.example", owner_employee_id=other)
    limited = replace(cast.actor("agent"), data_range=DataRange(employees=frozenset({agent})))
    with cast.reading():
        assert [row["name"] for row in queries.page_of_companies(limited, ListQuery()).rows] == ["Mine"]
        assert within(limited, [("company", mine["id"]), ("company", theirs["id"])]) == {("company", mine["id"])}
        with pytest.raises(NotFound):
            queries.company(limited, theirs["id"])
    with cast.writing():
        for values, refusal in (
            ({"name": "x", "parent_id": theirs["id"], "owner_employee_id": agent}, Invalid),
            ({"name": "x", "owner_employee_id": other}, OutOfRange),
        ):
            with pytest.raises(refusal):
                service.create_company(limited, values)
        with pytest.raises(DomainTaken) as caught:
            service.create_company(limited, {"name": "x", "domains": ["theirs.example"], "owner_employee_id": agent})
        assert caught.value.extra == {}
        contact = service.create_contact(cast.actor("agent"), {"display_name": "Zoë", "owner_employee_id": other})
        tie = service.create_association(cast.actor("agent"), contact["id"], {"company_id": mine["id"], "label": "x"})
        _, note = service.add_activity(cast.actor("agent"), contact["id"], {"kind": "note", "body": "Hello"})
        consent = {"channel": "email", "purpose": "news", "status": "granted"}
        agreed = service.add_consent(cast.actor("agent"), contact["id"], consent)
    hidden = {("association", tie["id"]), ("activity", note["id"]), ("consent", agreed["id"])}
    with cast.reading():
        assert within(limited, hidden) == set()
        assert within(replace(limited, data_range=DataRange(employees=frozenset({other}))), hidden) == hidden


def test_companies_have_properties_of_their_own(cast: Cast) -> None:
    with cast.writing():
        given = {"key": "size", "label": "Size", "type": "select", "options": ["big", "small"], "sensitive": True}
        definition = load(property_schemas.PropertyCreate(), given)
        properties.create_property(cast.actor("support_admin"), "company", definition)
    made = create(cast, "Big one", properties={"size": "big"})
    create(cast, "Small one", by="agent", properties={"size": "small"})
    assert names(cast, by="support_admin", properties__size="big") == ["Big one"]
    with cast.reading():
        assert queries.company(cast.actor("support_admin"), made["id"])["properties"] == {"size": "big"}
        assert queries.company(cast.actor("agent"), made["id"])["redacted"] == ["properties.size"]
