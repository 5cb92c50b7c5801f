"""What holds of values on both databases: at once, in events, and what reading costs."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from sqlalchemy import select

from portico.domains.contacts import queries, schemas
from portico.domains.contacts import service as contacts
from portico.domains.directory import queries as directory
from portico.domains.directory import service as directory_service
from portico.domains.properties import queries as properties
from portico.domains.properties import schemas as definitions
from portico.domains.properties import service
from portico.domains.properties.models import MOST, Property, PropertyIndex
from portico.domains.webhooks import projection
from portico.kernel.errors import Invalid, Refusal
from portico.kernel.events import Event
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import load
from tests.domains.contacts.test_contacts_at_once import together
from tests.support.cast import Cast
from tests.support.statements import watched

pytestmark = pytest.mark.both_databases
READS = frozenset({"contacts:read"})


def define(cast: Cast, key: str, kind: str = "text", object_type: str = "contact", **more: Any) -> dict[str, Any]:
    given = load(definitions.PropertyCreate(), {"key": key, "label": key, "type": kind, **more})
    with cast.writing():
        return service.create_property(cast.actor("admin"), object_type, given)


def create(cast: Cast, **values: Any) -> dict[str, Any]:
    with cast.writing():
        body = load(schemas.ContactCreate(), {"display_name": "Zoë", "properties": values})
        return contacts.create_contact(cast.actor("admin"), body)


def patch(cast: Cast, contact_id: str, **values: Any) -> dict[str, Any]:
    with cast.writing():
        return contacts.update_contact(cast.actor("admin"), contact_id, {"properties": values})


def read(cast: Cast, contact_id: str) -> dict[str, Any]:
    with cast.reading():
        return queries.contact(cast.actor("admin"), contact_id)


def test_changes_of_different_keys_at_once_lose_none(cast: Cast) -> None:
    for key in ("one", "two", "three", "four"):
        define(cast, key)
    known = create(cast)
    acts = [lambda key=key: patch(cast, known["id"], **{key: key})["id"] for key in ("one", "two", "three", "four")]
    assert together(*acts) == [known["id"]] * 4
    assert read(cast, known["id"])["properties"] == {key: key for key in ("one", "two", "three", "four")}


def test_changes_of_an_employee_at_once_lose_none(cast: Cast) -> None:
    for key in ("one", "two", "three"):
        define(cast, key, object_type="employee")
    employee_id = cast.employee_id("agent")

    def change(key: str) -> str:
        with cast.writing():
            actor = cast.actor("hr_admin")
            return str(directory_service.update_employee(actor, employee_id, {"properties": {key: key}})["id"])

    assert together(*(lambda key=key: change(key) for key in ("one", "two", "three"))) == [employee_id] * 3
    with cast.reading():
        found = directory.employee(cast.actor("hr_admin"), employee_id)["properties"]
    assert found == {key: key for key in ("one", "two", "three")}


def test_of_two_of_the_same_key_one_is_made_and_others_find_a_place(cast: Cast) -> None:
    def make(key: str) -> str:
        return str(define(cast, key)["key"])

    assert sorted(together(*[lambda: make("tier")] * 2)) == ["property_exists", "tier"]
    assert together(*(lambda key=key: make(key) for key in ("key_a", "key_b", "key_c"))) == ["key_a", "key_b", "key_c"]


def test_an_object_has_at_most_so_many(cast: Cast) -> None:
    with cast.writing() as work:
        common = {"object": "contact", "label": "x", "type": "text", "options": [], "sensitive": False}
        for place in range(1, MOST):
            row = {"id": f"prp_{place}", "key": f"key_{place}", "place": place, "state": "archived"}
            work.add(Property(workspace_id=cast.acme, **row, **common))
    assert define(cast, "last")["key"] == "last"
    with pytest.raises(Refusal) as refused:
        define(cast, "one_more")
    assert refused.value.code == "too_many_properties"


def test_all_values_together_are_limited(cast: Cast) -> None:
    for number in range(4):
        define(cast, f"note_{number}", "long_text")
    with pytest.raises(Invalid) as refused:
        create(cast, **{f"note_{number}": "x" * 20_000 for number in range(4)})
    assert refused.value.errors[0].pointer == "/properties"


def test_reading_costs_one_query_more_only_where_there_are_values(cast: Cast) -> None:
    define(cast, "tier")
    plain = create(cast)

    def asked() -> int:
        with watched() as statements:
            read(cast, plain["id"])
            with cast.reading():
                queries.page_of_contacts(cast.actor("admin"), ListQuery())
        return len([one for one in statements if not one.only_opens])

    without = asked()
    patch(cast, plain["id"], tier="gold")
    assert asked() == without + 2


def test_the_index_follows_the_values(cast: Cast) -> None:
    define(cast, "tier", "multiselect", options=["gold", "silver"])
    known = create(cast, tier=["gold", "silver"])

    def rows() -> list[str | None]:
        with cast.reading() as work:
            found = select(PropertyIndex.text_key).where(PropertyIndex.workspace_id == cast.acme)
            return sorted(work.scalars(found))

    assert rows() == ["gold", "silver"]
    patch(cast, known["id"], tier=["silver"])
    assert rows() == ["silver"]
    patch(cast, known["id"], tier=[])
    assert rows() == []


def last_event(cast: Cast, kind: str) -> Any:
    with cast.reading() as work:
        table = Event.__table__
        found = select(table).where(table.c.workspace_id == cast.acme, table.c.type == kind)
        return work.execute(found.order_by(table.c.seq.desc()).limit(1)).one()


def test_events_name_the_keys_and_show_what_the_reader_would_find_now(cast: Cast) -> None:
    define(cast, "tier")
    define(cast, "passport", sensitive=True)
    known = create(cast)
    patch(cast, known["id"], tier="gold", passport="C01")
    event = last_event(cast, "contact.updated")
    assert event.changes == ["properties.passport", "properties.tier"]

    def seen(scopes: frozenset[str]) -> tuple[Any, Any]:
        with cast.reading():
            data = projection.data_for(event, scopes)
        orjson.dumps(data)
        return data["properties"], data.get("_redacted")

    assert seen(READS) == ({"tier": "gold"}, ["properties.passport"])
    assert seen(READS | {"contacts.sensitive:read"}) == ({"tier": "gold", "passport": "C01"}, None)
    with cast.writing():
        actor = cast.actor("admin")
        tier = properties.active(cast.acme, "contact")["tier"]
        service.archive_property(actor, "contact", tier.id)
    assert seen(READS) == ({}, ["properties.passport"])


def test_definitions_tell_what_happens_to_them(cast: Cast) -> None:
    made = define(cast, "tier")
    with cast.writing():
        actor = cast.actor("admin")
        service.update_property(actor, "contact", made["id"], {"label": "Level"})
        service.archive_property(actor, "contact", made["id"])
        service.archive_property(actor, "contact", made["id"])
        service.restore_property(actor, "contact", made["id"])
    with cast.reading() as work:
        found = select(Event.type).where(Event.workspace_id == cast.acme, Event.type.startswith("property."))
        assert list(work.scalars(found.order_by(Event.seq))) == [
            "property.created",
            "property.updated",
            "property.archived",
            "property.restored",
        ]
