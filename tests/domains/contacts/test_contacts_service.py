"""What holds of contacts on both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.errors import AmbiguousMatch, IdentifierReused, IdentifierTaken
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.dump import dumper
from portico.kernel.errors import CursorInvalid, CursorMismatch, Forbidden, Invalid, NotFound, Stale
from portico.kernel.events import Event
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases

EMAIL = {"kind": "email", "value": "zoe@example.com"}
PHONE = {"kind": "phone", "value": "+49 30 901820"}
CRM = {"kind": "external", "namespace": "crm", "value": "4711"}


def create(cast: Cast, *identifiers: dict[str, Any], by: str = "agent", **fields: Any) -> dict[str, Any]:
    values = load(schemas.ContactCreate(), {**fields, **({"identifiers": list(identifiers)} if identifiers else {})})
    with cast.writing(cast.workspace_of(by)):
        return service.create_contact(cast.actor(by), values)


def update(cast: Cast, contact_id: str, **fields: Any) -> dict[str, Any]:
    with cast.writing():
        return service.update_contact(cast.actor("agent"), contact_id, load(schemas.ContactUpdate(), fields))


def upsert(cast: Cast, *identifiers: dict[str, Any], **fields: Any) -> tuple[bool, dict[str, Any]]:
    values = load(schemas.ContactUpsert(), {"identifiers": list(identifiers), **fields})
    with cast.writing():
        return service.upsert_contact(cast.actor("agent"), values)


def trash(cast: Cast, contact_id: str) -> None:
    with cast.writing():
        service.trash_contact(cast.actor("support_admin"), contact_id)


def restore(cast: Cast, contact_id: str, **options: Any) -> dict[str, Any]:
    with cast.writing():
        return service.restore_contact(cast.actor("support_admin"), contact_id, **options)


def read(cast: Cast, contact_id: str, by: str = "agent") -> dict[str, Any]:
    with cast.reading(cast.workspace_of(by)):
        return queries.contact(cast.actor(by), contact_id)


def listed(cast: Cast, *conditions: Condition, **query: Any) -> list[str]:
    with cast.reading():
        found = queries.page_of_contacts(cast.actor("agent"), ListQuery(conditions=conditions, **query))
    return [row["display_name"] for row in found.rows]


def events_of(cast: Cast, resource_id: str) -> list[tuple[str, list[str] | None]]:
    table = Event.__table__.c
    with cast.reading() as work:
        rows = work.execute(
            select(table.type, table.changes)
            .where(table.workspace_id == cast.acme, table.resource_id == resource_id)
            .order_by(table.seq)
        )
        return [(row.type, row.changes) for row in rows]


def values_of(contact: dict[str, Any]) -> list[str]:
    return [one["value"] for one in contact["identifiers"]]


# Making and changing


def test_a_contact_without_a_name_is_called_by_its_first_identifier(cast: Cast) -> None:
    contact = create(cast, PHONE)
    assert contact["display_name"] == "+49 30 901820"
    assert contact == read(cast, contact["id"])


def test_what_is_created_is_what_is_read(cast: Cast) -> None:
    contact = create(
        cast, EMAIL, PHONE, CRM, display_name="Zoë", tags=["vip", "b2b", "vip"], lifecycle_stage="customer"
    )
    assert contact == read(cast, contact["id"])
    assert contact["tags"] == ["vip", "b2b"]
    assert [one["primary"] for one in contact["identifiers"]] == [True, True, True]
    assert [one["namespace"] for one in contact["identifiers"]] == [None, None, "crm"]


def test_the_first_of_a_kind_is_primary_unless_another_is_named(cast: Cast) -> None:
    other = {"kind": "email", "value": "z@example.org", "primary": True}
    assert [one["primary"] for one in create(cast, EMAIL, other)["identifiers"]] == [False, True]


def test_an_identifier_has_one_contact(cast: Cast) -> None:
    first = create(cast, EMAIL)
    with pytest.raises(IdentifierTaken) as caught:
        create(cast, {"kind": "email", "value": "ZOE@example.com"}, display_name="Another")
    assert caught.value.extra == {"contact_id": first["id"]}
    assert [error.pointer for error in caught.value.errors] == ["/identifiers/0/value"]
    assert listed(cast) == ["zoe@example.com"]


def test_who_may_not_read_contacts_is_not_told_who_has_it(cast: Cast) -> None:
    create(cast, EMAIL)
    agent = cast.actor("agent")
    blind = Actor(**{n: getattr(agent, n) for n in Actor.__slots__} | {"scopes": frozenset({"contacts:write"})})
    with pytest.raises(IdentifierTaken) as caught, cast.writing():
        service.create_contact(blind, load(schemas.ContactCreate(), {"identifiers": [EMAIL]}))
    assert caught.value.extra == {}


def test_a_refused_contact_leaves_nothing_even_when_the_unit_goes_on(cast: Cast) -> None:
    create(cast, EMAIL)
    with cast.writing(), pytest.raises(IdentifierTaken):
        service.create_contact(
            cast.actor("agent"), load(schemas.ContactCreate(), {"display_name": "Half", "identifiers": [EMAIL]})
        )
    assert listed(cast) == ["zoe@example.com"]


def test_the_same_address_may_be_in_two_workspaces(cast: Cast) -> None:
    create(cast, EMAIL)
    create(cast, EMAIL, by="outsider")


def test_a_family_may_share_a_phone(cast: Cast) -> None:
    shared = {**PHONE, "shared": True}
    create(cast, shared, display_name="Mother")
    create(cast, shared, display_name="Daughter")
    assert sorted(listed(cast, Condition("phone", "eq", "0049 30 901820"))) == ["Daughter", "Mother"]


def test_identifiers_of_one_contact_can_change_hands_within_it(cast: Cast) -> None:
    contact = create(cast, EMAIL, PHONE)
    changed = update(cast, contact["id"], identifiers=[PHONE, {**EMAIL, "label": "home"}])
    assert values_of(changed) == ["+49 30 901820", "zoe@example.com"]
    assert changed == read(cast, contact["id"])
    assert changed["version"] == 2


def test_taking_an_identifier_by_a_change_is_refused_and_changes_nothing(cast: Cast) -> None:
    create(cast, EMAIL)
    contact = create(cast, PHONE, display_name="Other")
    with pytest.raises(IdentifierTaken):
        update(cast, contact["id"], display_name="New", identifiers=[EMAIL])
    assert read(cast, contact["id"]) == contact


def test_null_clears_and_absent_keeps(cast: Cast) -> None:
    owner = cast.employee_id("agent")
    contact = create(cast, EMAIL, display_name="Zoë", lifecycle_stage="lead", owner_employee_id=owner)
    assert update(cast, contact["id"], tags=["vip"]) == {
        **contact,
        "tags": ["vip"],
        "version": 2,
        "updated_at": read(cast, contact["id"])["updated_at"],
    }
    cleared = update(cast, contact["id"], display_name=None, lifecycle_stage=None, owner_employee_id=None)
    assert (cleared["display_name"], cleared["lifecycle_stage"], cleared["owner_employee_id"]) == (
        "zoe@example.com",
        None,
        None,
    )


def test_a_contact_keeps_a_name_or_an_identifier(cast: Cast) -> None:
    contact = create(cast, EMAIL, display_name="Zoë")
    with pytest.raises(Invalid):
        update(cast, contact["id"], display_name=None, identifiers=[])
    assert update(cast, contact["id"], identifiers=[])["identifiers"] == []


def test_a_change_that_changes_nothing_is_none(cast: Cast) -> None:
    contact = create(cast, EMAIL, display_name="Zoë")
    assert update(cast, contact["id"], display_name="Zoë", identifiers=[EMAIL]) == contact
    assert events_of(cast, contact["id"]) == [("contact.created", None)]


def test_a_stale_change_is_refused(cast: Cast) -> None:
    contact = create(cast, display_name="Zoë")
    update(cast, contact["id"], display_name="Zoe")
    with pytest.raises(Stale), cast.writing():
        service.update_contact(cast.actor("agent"), contact["id"], {"tags": ["x"]}, expected_version=1)


def test_an_owner_is_an_active_employee_of_the_workspace(cast: Cast) -> None:
    for owner in (cast.employee_id("outsider"), "emp_01jd0000000000000000000000"):
        with pytest.raises(Invalid) as caught:
            create(cast, display_name="Zoë", owner_employee_id=owner)
        assert [error.pointer for error in caught.value.errors] == ["/owner_employee_id"]


def test_another_workspace_sees_nothing(cast: Cast) -> None:
    contact = create(cast, EMAIL)
    with pytest.raises(NotFound):
        read(cast, contact["id"], by="outsider")
    with pytest.raises(NotFound), cast.reading(cast.other):
        queries.contact_by_identifier(cast.actor("outsider"), "email", "zoe@example.com")


# Trash


def test_what_is_in_the_trash_is_not_there(cast: Cast) -> None:
    contact = create(cast, EMAIL)
    trash(cast, contact["id"])
    for missing in (lambda: read(cast, contact["id"]), lambda: trash(cast, contact["id"])):
        with pytest.raises(NotFound):
            missing()
    assert listed(cast) == []
    restored = restore(cast, contact["id"])
    assert restored == read(cast, contact["id"])
    assert values_of(restored) == ["zoe@example.com"]
    assert [kind for kind, _ in events_of(cast, contact["id"])] == [
        "contact.created",
        "contact.trashed",
        "contact.restored",
    ]


def test_e_c_11_a_trashed_contacts_address_may_be_used_again_and_restoring_offers_a_choice(cast: Cast) -> None:
    old = create(cast, EMAIL, PHONE, display_name="Old")
    trash(cast, old["id"])
    new = create(cast, EMAIL, display_name="New")
    with pytest.raises(IdentifierReused) as caught:
        restore(cast, old["id"])
    assert caught.value.extra == {"contact_id": new["id"]}
    assert values_of(restore(cast, old["id"], release_taken=True)) == ["+49 30 901820"]
    assert values_of(read(cast, new["id"])) == ["zoe@example.com"]


def test_a_restored_contact_holds_its_address_again(cast: Cast) -> None:
    contact = create(cast, EMAIL)
    trash(cast, contact["id"])
    restore(cast, contact["id"])
    with pytest.raises(IdentifierTaken):
        create(cast, EMAIL)


def in_trash(cast: Cast) -> list[str]:
    since = clock.now() - timedelta(days=service.TRASH_DAYS)
    with cast.reading():
        found = queries.page_of_trashed_contacts(cast.actor("support_admin"), since, ListQuery())
    return [row.name for row in found.rows]


def test_the_trash_lasts_thirty_days(cast: Cast, held_clock: None) -> None:
    kept, lost = create(cast, display_name="Kept"), create(cast, display_name="Lost")
    trash(cast, kept["id"])
    trash(cast, lost["id"])
    clock.advance(timedelta(days=30))
    assert in_trash(cast) == ["Lost", "Kept"]
    restore(cast, kept["id"])
    assert in_trash(cast) == ["Lost"]
    clock.advance(timedelta(seconds=1))
    assert in_trash(cast) == []
    with pytest.raises(NotFound):
        restore(cast, lost["id"])


def test_deleting_belongs_to_support_admins(cast: Cast) -> None:
    contact = create(cast, display_name="Zoë")
    with pytest.raises(Forbidden), cast.writing():
        service.trash_contact(cast.actor("agent"), contact["id"])
    with pytest.raises(Forbidden), cast.writing():
        service.restore_contact(cast.actor("agent"), contact["id"])


# Upsert


def test_upsert_creates_then_updates(cast: Cast) -> None:
    assert upsert(cast, EMAIL, display_name="Zoë")[0] is True
    created, contact = upsert(cast, {**EMAIL, "verified": True}, CRM, display_name="Zoe")
    assert (created, contact["display_name"], values_of(contact)) == (False, "Zoe", ["zoe@example.com", "4711"])
    assert contact["identifiers"][0]["verified"] is True
    assert upsert(cast, CRM)[1] == contact


def test_upsert_does_not_unset_what_it_does_not_name(cast: Cast) -> None:
    create(cast, {**EMAIL, "label": "work", "verified": True}, {"kind": "email", "value": "second@example.com"})
    _, contact = upsert(cast, EMAIL, {"kind": "email", "value": "third@example.com", "primary": True})
    assert [(one["label"], one["verified"], one["primary"]) for one in contact["identifiers"]] == [
        ("work", True, False),
        (None, False, False),
        (None, False, True),
    ]


def test_e_c_27_upsert_that_means_two_contacts_is_ambiguous(cast: Cast) -> None:
    first, second = create(cast, EMAIL), create(cast, PHONE)
    with pytest.raises(AmbiguousMatch) as caught:
        upsert(cast, EMAIL, PHONE)
    assert caught.value.extra == {"contact_ids": sorted([first["id"], second["id"]])}


def test_a_shared_identifier_speaks_only_where_no_other_does(cast: Cast) -> None:
    shared = {**PHONE, "shared": True}
    create(cast, EMAIL, shared, display_name="Mother")
    create(cast, shared, display_name="Daughter")
    assert upsert(cast, EMAIL, shared)[1]["display_name"] == "Mother"
    with pytest.raises(AmbiguousMatch):
        upsert(cast, shared)


def test_upsert_does_not_meet_the_trash(cast: Cast) -> None:
    _, contact = upsert(cast, EMAIL)
    trash(cast, contact["id"])
    assert upsert(cast, EMAIL)[0] is True


def test_put_by_identifier(cast: Cast) -> None:
    for expected in (True, False):
        with cast.writing():
            created, contact = service.put_contact(cast.actor("agent"), "crm", "47/11", {"display_name": "Zoë"})
        assert (created, values_of(contact)) == (expected, ["47/11"])
    create(cast, EMAIL, display_name="Another")
    with pytest.raises(IdentifierTaken), cast.writing():
        values = load(schemas.ContactPut(), {"identifiers": [EMAIL]})
        service.put_contact(cast.actor("agent"), "crm", "new", values)


def test_what_cannot_be_an_identifier_is_nobodys(cast: Cast) -> None:
    for namespace, value in [("email", "nobody"), ("CRM", "1"), ("phone", "x"), ("crm", "none")]:
        with pytest.raises(NotFound), cast.reading():
            queries.contact_by_identifier(cast.actor("agent"), namespace, value)


# Lists


def test_filters(cast: Cast) -> None:
    owner = cast.employee_id("agent")
    create(cast, EMAIL, CRM, display_name="Zoë", tags=["vip"], owner_employee_id=owner)
    create(cast, PHONE, display_name="Yan", tags=["b2b", "vip"], lifecycle_stage="lead")
    create(cast, display_name="Xu")
    assert listed(cast, Condition("email", "eq", "ZOE@example.com")) == ["Zoë"]
    assert listed(cast, Condition("email", "in", ["nobody", "zoe@example.com"])) == ["Zoë"]
    assert listed(cast, Condition("email", "eq", "nobody")) == []
    assert sorted(listed(cast, Condition("email", "exists", False))) == ["Xu", "Yan"]
    assert listed(cast, Condition("phone", "eq", "004930901820")) == ["Yan"]
    assert listed(cast, Condition("external", "eq", "crm:4711")) == ["Zoë"]
    assert listed(cast, Condition("external", "eq", "erp:4711")) == []
    assert listed(cast, Condition("tags", "eq", "b2b")) == ["Yan"]
    assert sorted(listed(cast, Condition("tags", "in", ["b2b", "vip"]))) == ["Yan", "Zoë"]
    assert listed(cast, Condition("owner_employee_id", "eq", owner)) == ["Zoë"]
    assert listed(cast, Condition("lifecycle_stage", "eq", "lead")) == ["Yan"]
    assert listed(cast, Condition("created_at", "gt", clock.now() + timedelta(hours=1))) == []


def test_search_finds_words_and_identifiers(cast: Cast) -> None:
    create(cast, EMAIL, display_name="Zoë Müller")
    create(cast, PHONE, display_name="Yan")
    for q in ("zoe", "mul", "müller zo", "zoe@example.com", "ZOE@EX"):
        assert listed(cast, q=q) == ["Zoë Müller"], q
    assert listed(cast, q="+4930901820") == ["Yan"]
    assert listed(cast, q="4930") == ["Yan"]
    assert listed(cast, q="zoe yan") == []


def test_search_follows_a_change(cast: Cast) -> None:
    contact = create(cast, EMAIL, display_name="Zoë")
    update(cast, contact["id"], display_name="Anna", identifiers=[])
    assert (listed(cast, q="zoe"), listed(cast, q="ann")) == ([], ["Anna"])


def test_names_sort_as_people_read_them(cast: Cast) -> None:
    for name in ("ähre", "Zoë", "Ahorn", "İstanbul", "zebra"):
        create(cast, display_name=name)
    assert listed(cast, sort="display_name") == ["Ahorn", "ähre", "İstanbul", "zebra", "Zoë"]


def test_every_sort_walks_all_pages_without_gap_or_double(cast: Cast, held_clock: None) -> None:
    for number in range(7):
        create(cast, display_name=f"Name {number % 3}", tags=[str(number)])
    for sort in (sign + key for key in queries.CONTACTS.sorts for sign in ("", "-")):
        assert sorted(walk(cast, sort)) == [str(number) for number in range(7)], sort


def walk(cast: Cast, sort: str) -> list[str]:
    seen: list[str] = []
    cursor = None
    while True:
        with cast.reading():
            page = queries.page_of_contacts(cast.actor("agent"), ListQuery(limit=2, cursor=cursor, sort=sort))
        seen += [row["tags"][0] for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            return seen


def test_the_third_page_stands_still_while_rows_come_and_go(cast: Cast) -> None:
    made = [create(cast, display_name=f"{number:02}") for number in range(9)]

    def page(cursor: str | None) -> tuple[list[str], str | None]:
        with cast.reading():
            found = queries.page_of_contacts(
                cast.actor("agent"), ListQuery(limit=3, cursor=cursor, sort="display_name")
            )
        return [row["display_name"] for row in found.rows], found.next_cursor

    _, after_first = page(None)
    _, after_second = page(after_first)
    create(cast, display_name="000")
    create(cast, display_name="04b")
    trash(cast, made[1]["id"])
    assert page(after_second)[0] == ["06", "07", "08"]


def test_a_cursor_belongs_to_its_filter_its_sort_and_its_workspace(cast: Cast) -> None:
    for number in range(3):
        create(cast, display_name=str(number))
        create(cast, display_name=str(number), by="outsider")
    with cast.reading():
        cursor = queries.page_of_contacts(cast.actor("agent"), ListQuery(limit=1)).next_cursor
    assert cursor is not None
    other = ListQuery(limit=1, cursor=cursor)
    for query in (
        ListQuery(cursor=cursor, sort="created_at"),
        ListQuery(cursor=cursor, q="1"),
        ListQuery(cursor=cursor, conditions=(Condition("tags", "eq", "x"),)),
    ):
        with pytest.raises(CursorMismatch), cast.reading():
            queries.page_of_contacts(cast.actor("agent"), query)
    with pytest.raises(CursorMismatch), cast.reading(cast.other):
        queries.page_of_contacts(cast.actor("outsider"), other)
    for wrong in (cursor[:-2] + "AA", cursor[1:], "x", cursor + "."):
        with pytest.raises(CursorInvalid), cast.reading():
            queries.page_of_contacts(cast.actor("agent"), ListQuery(cursor=wrong))


# Text


def test_names_of_every_script_come_back(cast: Cast) -> None:
    names = ["Zoë", "李雷", "😀👩\u200d👩\u200d👧", "محمد", "\U00020000\U0002a6d6", "X", "a" * 300, "ﷺ" * 300]
    for name in names:
        assert read(cast, create(cast, display_name=name)["id"])["display_name"] == name
    assert sorted(listed(cast, sort="display_name")) == sorted(names)


def test_two_ways_to_type_a_letter_are_found_as_one(cast: Cast) -> None:
    create(cast, display_name="Rene\u0301")
    assert listed(cast, q="ren\u00e9") == listed(cast, q="RENE") == ["Ren\u00e9"]


def test_names_lose_what_turns_the_line_around(cast: Cast) -> None:
    assert create(cast, display_name="Zo\u202eë \u2066x")["display_name"] == "Zoë x"


def test_names_of_tells_the_trashed_too(cast: Cast) -> None:
    contact = create(cast, display_name="Zoë")
    trash(cast, contact["id"])
    with cast.reading():
        assert queries.names_of(cast.actor("agent"), [contact["id"]]) == {contact["id"]: "Zoë"}
        assert queries.active_contact(cast.actor("agent"), contact["id"]) is None


def test_the_event_is_the_contact_as_it_is_read(cast: Cast) -> None:
    contact = create(cast, EMAIL, display_name="Zoë")
    with cast.reading() as work:
        table = Event.__table__.c
        data = work.scalar(
            select(table.data).where(table.workspace_id == cast.acme, table.resource_id == contact["id"])
        )
    assert data == dumper(schemas.Contact)(contact)
    update(cast, contact["id"], tags=["vip"], display_name="Zoe")
    assert events_of(cast, contact["id"])[-1] == ("contact.updated", ["display_name", "tags"])


@pytest.mark.parametrize("name", ["Pelé", "王", "x" * 300, "👩‍🚀🎉", "O’Neill-Ünal, 3rd"])
def test_e_c_26_a_name_of_one_word_of_300_characters_or_of_emoji_only(cast: Cast, name: str) -> None:
    made = create(cast, display_name=name)
    assert read(cast, made["id"])["display_name"] == name
    assert listed(cast, q=name) == [name]
    with pytest.raises(Invalid):
        create(cast, display_name="x" * 301)
