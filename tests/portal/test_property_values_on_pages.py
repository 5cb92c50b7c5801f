"""Values of properties on the pages of contacts, tickets and people."""

from __future__ import annotations

import re

import pytest

from portico.domains.contacts import queries as contacts
from portico.domains.properties import schemas, service
from portico.kernel.schemas import load
from tests.portal.records import contact, ticket
from tests.support.faces import words

TIER = {"key": "tier", "label": "Tier", "type": "select", "options": ["gold", {"key": "silver", "label": "Silver!"}]}


@pytest.fixture
def define(cast):
    def make(object_type, *definitions):
        with cast.writing():
            for given in definitions:
                service.create_property(cast.actor("admin"), object_type, load(schemas.PropertyCreate(), given))

    return make


def version(answer):
    return re.search(r'name="version" type="hidden" value="(\d+)"', answer.text)[1]


def test_every_type_is_entered_shown_and_cleared(faces, cast, define):
    kinds = ("text", "long_text", "integer", "decimal", "bool", "date", "datetime", "url", "email", "phone")
    define("contact", TIER, *({"key": f"a_{kind}", "label": f"My {kind}", "type": kind} for kind in kinds))
    define("contact", {"key": "likes", "label": "Likes", "type": "multiselect", "options": ["tea", "coffee"]})
    known = contact(cast)
    path = f"/contacts/{known['id']}/properties"
    agent = faces("agent")
    given = {
        "of_tier": "silver",
        "of_likes": ["tea", "coffee"],
        "of_a_text": "<b>x</b>",
        "of_a_long_text": "two\r\nlines",
        "of_a_integer": "7",
        "of_a_decimal": "19.99",
        "of_a_bool": "false",
        "of_a_date": "2026-11-22",
        "of_a_datetime": "2026-11-22T09:30:00Z",
        "of_a_url": "https://example.com",
        "of_a_email": "a@b.example",
        "of_a_phone": "030 901820",
        "version": version(agent.get(path)),
    }
    seen = agent.follow(agent.post(path, given))
    assert "Silver!" in words(seen)
    assert "tea, coffee" in words(seen)
    assert "19.99" in words(seen)
    assert "<b>x</b>" not in seen.text
    with cast.reading():
        stored = contacts.contact(cast.actor("agent"), known["id"])["properties"]
    assert stored["a_bool"] is False
    assert stored["a_integer"] == 7
    assert len(stored) == 12
    empty = {name: "" for name in given if name != "of_likes"}
    agent.follow(agent.post(path, {**empty, "version": version(agent.get(path))}))
    with cast.reading():
        assert contacts.contact(cast.actor("agent"), known["id"])["properties"] == {}


def test_what_is_wrong_stands_at_its_field_and_a_newer_version_stops(faces, cast, define):
    define("contact", {"key": "visits", "label": "Visits", "type": "integer"})
    path = f"/contacts/{contact(cast)['id']}/properties"
    agent = faces("agent")
    first = version(agent.get(path))
    answer = agent.post(path, {"of_visits": "many", "version": first})
    assert answer.status_code == 422
    assert 'id="of_visits-errors"' in answer.text
    agent.post(path, {"of_visits": "1", "version": first})
    assert agent.post(path, {"of_visits": "2", "version": first}).status_code == 412


def test_sensitive_values_are_not_on_the_page_of_who_may_not_see_them(faces, cast, define):
    define("contact", {"key": "passport", "label": "Passport", "type": "text", "sensitive": True})
    known = contact(cast)
    path = f"/contacts/{known['id']}"
    admin = faces("support_admin")
    admin.post(f"{path}/properties", {"of_passport": "C01", "version": version(admin.get(f"{path}/properties"))})
    assert "C01" in words(admin.get(path))
    assert "Passport" not in words(faces("agent").get(path))
    assert "Passport" not in words(faces("agent").get(f"{path}/properties"))


def test_contacts_are_filtered_by_selects(faces, cast, define):
    define("contact", TIER)
    agent = faces("agent")
    for name, tier in (("Zoë", "gold"), ("Yan", "silver")):
        path = f"/contacts/{contact(cast, name, email=None)['id']}/properties"
        agent.post(path, {"of_tier": tier, "version": version(agent.get(path))})
    found = words(agent.get("/contacts?properties.tier=gold"))
    assert "Zoë" in found
    assert "Yan" not in found
    assert agent.get("/contacts?properties.tier=lead").status_code == 200


def test_tickets_and_people_have_them_for_those_who_work_on_them(faces, cast, define):
    define("ticket", TIER)
    define("employee", {"key": "badge", "label": "Badge", "type": "text"})
    made = ticket(cast, contact(cast)["id"])
    path = f"/tickets/{made['id']}"
    agent = faces("agent")
    agent.post(f"{path}/properties", {"of_tier": "silver", "version": version(agent.get(f"{path}/properties"))})
    assert "Silver!" in words(agent.get(path))
    assert faces("employee").get(f"{path}/properties").status_code in (403, 404)
    person = f"/people/{cast.employee_id('agent')}"
    admin = faces("hr_admin")
    admin.post(f"{person}/properties", {"of_badge": "A-17", "version": version(admin.get(f"{person}/properties"))})
    assert "A-17" in words(faces("employee").get(person))
    assert faces("employee").get(f"{person}/properties").status_code == 403
