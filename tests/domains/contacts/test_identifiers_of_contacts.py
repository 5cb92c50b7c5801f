"""Single identifiers: numbers of the workspace's country, proofs, sharing, and what is found by them."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.errors import IdentifierTaken
from portico.domains.contacts.settings import settings
from portico.kernel.errors import Invalid, NotFound, Stale
from portico.kernel.listing import Condition
from portico.kernel.schemas import load
from tests.domains.contacts.test_associations import decide
from tests.domains.contacts.test_contacts_service import create, listed, read, update, upsert
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def phone(value: str, **more: Any) -> dict[str, Any]:
    return {"kind": "phone", "value": value, **more}


def add(cast: Cast, contact_id: str, **values: Any) -> dict[str, Any]:
    with cast.writing():
        given = load(schemas.IdentifierInput(), values)
        return service.add_identifier(cast.actor("agent"), contact_id, given)


def change(cast: Cast, contact_id: str, identifier_id: str, **values: Any) -> dict[str, Any]:
    with cast.writing():
        given = load(schemas.IdentifierUpdate(), values)
        return service.change_identifier(cast.actor("agent"), contact_id, identifier_id, given)


def test_e_c_03_one_number_however_it_is_typed_in_the_workspaces_country(cast: Cast) -> None:
    decide(cast, default_country="CN")
    create(cast, phone("138 0013 8000"), display_name="Yan")
    for typed in ("+86 138 0013 8000", "008613800138000", "138-0013-8000"):
        with pytest.raises(IdentifierTaken):
            create(cast, phone(typed))
        assert listed(cast, Condition("phone", "eq", typed)) == ["Yan"], typed
        assert upsert(cast, phone(typed))[0] is False, typed
        with cast.reading():
            assert queries.contact_by_identifier(cast.actor("agent"), "phone", typed)["display_name"] == "Yan"
    with pytest.raises(Invalid):
        create(cast, phone("138 0013 8000"), phone("+86 138 0013 8000"))
    for q in ("138 0013 80", "+86 138 0013", "1380013", "8613800", "0086 138 0013"):
        assert listed(cast, q=q) == ["Yan"], q


def test_e_c_04_extensions_of_one_switchboard_are_different_numbers(cast: Cast) -> None:
    decide(cast, default_country="DE")
    create(cast, phone("030 901820 ext. 12"), display_name="Zoë")
    create(cast, phone("030 901820 ext. 13"), display_name="Yan")
    create(cast, phone("ext. 12"), display_name="Inside")
    with pytest.raises(IdentifierTaken):
        create(cast, phone("+49 30 901820;ext=12"))
    assert listed(cast, Condition("phone", "eq", "+4930901820 x13")) == ["Yan"]
    assert listed(cast, Condition("phone", "eq", "x12")) == ["Inside"]


def test_e_c_05_a_contact_with_a_number_and_no_name(cast: Cast) -> None:
    made = create(cast, phone("+49 30 901820"))
    assert made["display_name"] == "+49 30 901820"
    assert listed(cast, q="4930") == ["+49 30 901820"]


def test_e_c_02_a_family_shares_a_phone_and_others_do_not(cast: Cast) -> None:
    number = "+49 30 901820"
    mother = create(cast, phone(number, shared=True), display_name="Mother")
    create(cast, phone(number, shared=True), display_name="Child")
    alone = create(cast, phone(number), display_name="Alone")
    with pytest.raises(IdentifierTaken):
        change(cast, mother["id"], mother["identifiers"][0]["id"], shared=False)
    change(cast, alone["id"], alone["identifiers"][0]["id"], shared=True)
    assert change(cast, mother["id"], mother["identifiers"][0]["id"], shared=False)["shared"] is False


def test_identifiers_are_added_proved_and_taken_away_one_by_one(cast: Cast) -> None:
    zoe = create(cast, {"kind": "email", "value": "zoe@example.com"}, display_name="Zoë")
    other = create(cast, {"kind": "email", "value": "other@example.com"}, display_name="Other")
    first = zoe["identifiers"][0]["id"]
    second = add(cast, zoe["id"], kind="email", value="z@example.com", label="home", verification="otp")
    assert (second["verified"], second["verification"], second["primary"]) == (True, "otp", False)
    assert second["verified_at"] is not None
    with pytest.raises(IdentifierTaken) as caught:
        add(cast, zoe["id"], kind="email", value="OTHER@example.com")
    assert caught.value.extra == {"contact_id": other["id"]}
    assert change(cast, zoe["id"], second["id"], primary=True, label="work")["primary"] is True
    proved = {"kind": "email", "value": "z@example.com", "verified": True}
    update(cast, zoe["id"], identifiers=[{"kind": "email", "value": "zoe@example.com"}, proved])
    kept = {one["id"]: one for one in read(cast, zoe["id"])["identifiers"]}
    assert kept[second["id"]]["verified_at"] == second["verified_at"]
    assert kept[first]["primary"] is True
    assert change(cast, zoe["id"], second["id"], verified=False)["verification"] is None
    with cast.writing():
        service.remove_identifier(cast.actor("agent"), zoe["id"], first)
    assert [(one["id"], one["primary"]) for one in read(cast, zoe["id"])["identifiers"]] == [(second["id"], True)]
    create(cast, {"kind": "email", "value": "zoe@example.com"}, display_name="Free again")
    with pytest.raises(NotFound), cast.writing():
        service.remove_identifier(cast.actor("agent"), zoe["id"], first)
    with pytest.raises(NotFound):
        change(cast, other["id"], second["id"], label="theirs")


def test_settings_keep_what_is_not_named_and_refuse_an_old_version(cast: Cast) -> None:
    decide(cast, default_country="CN")
    decide(cast, link_by_domain=True)
    with cast.reading():
        found = settings(cast.actor("agent"))
    with pytest.raises(Stale), cast.writing():
        service.set_settings(cast.actor("support_admin"), {"link_by_domain": False}, expected_version=1)
    assert (found["default_country"], found["link_by_domain"], found["version"]) == ("CN", True, 2)
    for wrong in ({"default_country": "XX"}, {"stages": []}, {"stages": [{"key": "A", "label": "a"}]}):
        with pytest.raises(Invalid):
            decide(cast, **wrong)
