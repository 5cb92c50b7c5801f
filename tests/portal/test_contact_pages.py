"""Contacts on pages: finding, adding, changing, trash and back."""

from __future__ import annotations

import re

import pytest

from portico.domains.contacts import queries, schemas, service
from tests.portal.records import company, contact, ticket
from tests.support.faces import words

HOSTILE = "<script>alert(1)</script>\"'{{7*7}}"


def rows(**identifiers):
    """The fields of the form's rows: kind=value."""
    fields = {}
    for place, (kind, value) in enumerate(identifiers.items()):
        fields |= {f"identifiers-{place}-kind": kind, f"identifiers-{place}-value": value}
    return fields


def read(cast, contact_id):
    with cast.reading():
        return queries.contact(cast.actor("agent"), contact_id)


def added(answer):
    return re.search(r"con_\w{26}", answer.headers["Location"])[0]


def test_a_contact_is_added_with_what_was_entered(faces, cast):
    given = {"display_name": " Zoë ", "tags": "vip, wholesale，press", "lifecycle_stage": "customer"}
    given |= rows(email="zoe@example.com", phone="+49 30 901820")
    given["owner_employee_id"] = cast.employee_id("agent")
    answer = faces("agent").post("/contacts/new", given)
    made = read(cast, added(answer))
    assert made["display_name"] == "Zoë"
    assert made["tags"] == ["vip", "wholesale", "press"]
    assert [(one["kind"], one["value"]) for one in made["identifiers"]] == [
        ("email", "zoe@example.com"),
        ("phone", "+49 30 901820"),
    ]
    assert made["owner_employee_id"] == cast.employee_id("agent")


def test_wrong_fields_are_named_at_their_place_and_nothing_is_lost(faces):
    given = {"display_name": HOSTILE, **rows(email="no address", phone="+49 30 901820")}
    answer = faces("agent").post("/contacts/new", given)
    assert answer.status_code == 422
    assert 'id="identifiers-0-value-errors"' in answer.text
    assert 'id="identifiers-1-value-errors"' not in answer.text
    assert 'value="no address"' in answer.text
    assert 'value="+49 30 901820"' in answer.text
    assert HOSTILE not in answer.text


def test_an_empty_form_says_what_is_missing(faces):
    answer = faces("agent").post("/contacts/new", {"display_name": ""})
    assert answer.status_code == 422
    assert 'id="display_name-errors"' in answer.text


def test_an_address_of_another_contact_leads_there_or_can_be_shared(faces, cast):
    other = contact(cast)
    browser = faces("agent")
    given = {"display_name": "Her sister", **rows(email="maya@lindqvist.example")}
    answer = browser.post("/contacts/new", given)
    assert answer.status_code == 409
    assert f"/contacts/{other['id']}" in answer.text
    assert "Used by several people" in words(answer)


def test_changing_keeps_other_systems_ids_and_refuses_an_old_page(faces, cast):
    from portico.kernel.schemas import load

    given = {
        "display_name": "Maya",
        "identifiers": [
            {"kind": "email", "value": "maya@example.com"},
            {"kind": "external", "namespace": "shop", "value": "4711"},
        ],
    }
    with cast.writing():
        made = service.create_contact(cast.actor("agent"), load(schemas.ContactCreate(), given))
    browser = faces("agent")
    changed = {"display_name": "Maya L.", "version": "1", **rows(email="maya@new.example")}
    assert browser.post(f"/contacts/{made['id']}/edit", changed).status_code == 302
    assert {one["value"] for one in read(cast, made["id"])["identifiers"]} == {"maya@new.example", "4711"}
    again = browser.post(f"/contacts/{made['id']}/edit", {**changed, "display_name": "Lost update"})
    assert again.status_code == 412
    assert read(cast, made["id"])["display_name"] == "Maya L."


def test_the_list_finds_by_the_beginning_of_words_and_pages_on(faces, cast):
    for place in range(28):
        contact(cast, f"Person {place:02}", f"p{place}@example.com")
    browser = faces("agent")
    first = browser.get("/contacts?sort=display_name")
    assert first.text.count("Person ") >= 25
    assert "Person 27" not in words(first)
    following = re.search(r'href="([^"]+cursor=[^"]+)"', first.text)[1].replace("&amp;", "&")
    assert "Person 27" in words(browser.get(following))
    assert "Person 03" in words(browser.get("/contacts?q=p3@"))
    assert "No contact fits" in words(browser.get("/contacts?q=nobody"))


def test_the_trash_is_offered_back(faces, cast):
    made = contact(cast)
    ticket(cast, made["id"])
    browser = faces("support_admin")
    page = browser.follow(browser.post(f"/contacts/{made['id']}/trash"))
    assert "The contact is in the trash" in words(page)
    assert browser.get(f"/contacts/{made['id']}").status_code == 404
    back = browser.follow(browser.post(f"/contacts/{made['id']}/restore"))
    assert "Maya Lindqvist is back." in words(back)
    assert "Charged twice" in words(back)


@pytest.mark.parametrize(
    "path", ["/", "/contacts", "/contacts/{id}", "/contacts/{id}/edit", "/tickets/new?contact={id}"]
)
def test_a_hostile_name_is_only_text(faces, cast, path):
    made = contact(cast, HOSTILE)
    answer = faces("agent").get(path.format(**made))
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert HOSTILE in words(answer) or "&lt;script&gt;" in answer.text


def test_what_happened_is_written_down_and_read(faces, cast):
    person = contact(cast)
    where = f"/contacts/{person['id']}"
    browser = faces("agent")
    assert "Nothing is written down yet" in words(browser.get(where))
    given = {"kind": "call", "body": f"Called her {HOSTILE}", "visibility": "all"}
    assert browser.post(f"{where}/activities", given).status_code == 302
    assert browser.post(f"{where}/activities", {**given, "body": "secret", "visibility": "private"}).status_code == 302
    assert browser.post(f"{where}/activities", {**given, "body": ""}).status_code == 422
    with cast.writing():
        service.update_contact(cast.actor("agent"), person["id"], {"lifecycle_stage": "customer"})
    page = browser.get(where)
    assert HOSTILE not in page.text
    assert "Called her" in words(page)
    assert "Agent set the stage to Customer" in words(page)
    assert "secret" in words(page)
    assert "secret" not in words(faces("owner").get(where))
    calls = words(browser.get(f"{where}/timeline?kind=call"))
    assert "Called her" in calls
    assert "set the stage" not in calls


def test_restoring_what_was_taken_meanwhile_offers_a_choice(faces, cast):
    person, browser = contact(cast), faces("support_admin")
    where = f"/contacts/{person['id']}"
    browser.post(f"{where}/trash", {})
    other = contact(cast, "Somebody else")
    refused = browser.post(f"{where}/restore", {})
    assert refused.status_code == 409
    assert f"/contacts/{other['id']}" in refused.text
    assert browser.post(f"{where}/restore", {"release_taken": "1"}).status_code == 302
    assert read(cast, person["id"])["identifiers"] == []


def test_a_consent_is_recorded_and_shown(faces, cast):
    person, browser = contact(cast), faces("agent")
    where = f"/contacts/{person['id']}"
    given = {
        "status": "granted",
        "channel": "email",
        "purpose": "Spring news",
        "basis": "consent",
        "source": "the fair",
    }
    assert browser.get(f"{where}/consents/new").status_code == 200
    assert browser.post(f"{where}/consents/new", given).status_code == 302
    assert browser.post(f"{where}/consents/new", {**given, "purpose": "新闻"}).status_code == 422
    page = words(browser.get(where))
    assert "spring_news" in page
    assert "the fair" in page
    with cast.writing():
        service.update_contact(cast.actor("agent"), person["id"], {"lifecycle_stage": "customer"})
    assert person["display_name"] in words(browser.get("/contacts?stage=customer"))
    assert "No contact fits" in words(browser.get("/contacts?stage=lead"))
    # A view says it as the company does, not by its key.
    saving = "/views/new?object=contact&filter=%7B%22lifecycle_stage%22%3A%22former%22%7D"
    assert "Stage is Former customer" in words(browser.get(saving))
    with cast.writing():
        service.update_contact(cast.actor("agent"), person["id"], {"lifecycle_stage": "former"})
    filtered = {"name": "Gone", "filter": '{"lifecycle_stage":"former"}', "columns": ["lifecycle_stage"]}
    page = browser.follow(browser.post(saving, filtered))
    assert re.search(r'data-label="Stage"[^>]*>\s*Former customer\s*<', page.text)


def test_what_lies_in_the_trash_is_found_and_brought_back(faces, cast):
    browser = faces("support_admin")
    person, firm = contact(cast, "Zoë Marchetti"), company(cast)
    assert "The trash is empty" in words(browser.get("/contacts/trash"))
    for path, made in (("contacts", person["id"]), ("companies", firm["id"])):
        browser.post(f"/{path}/{made}/trash", {})
        assert f"/{path}/trash" in browser.get(f"/{path}").text
        assert f"/{path}/trash" not in faces("agent").get(f"/{path}").text
        assert faces("agent").get(f"/{path}/trash").status_code == 403
        page = browser.get(f"/{path}/trash")
        assert f"/{path}/{made}/restore" in page.text
        assert browser.post(f"/{path}/{made}/restore", {}).status_code == 302
        assert f"{made}/restore" not in browser.get(f"/{path}/trash").text
