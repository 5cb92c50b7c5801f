"""Companies on pages: finding, adding, changing, trash and back."""

from __future__ import annotations

import re

from portico.domains.contacts import queries
from tests.portal.records import company
from tests.support.faces import words


def test_a_company_is_added_found_changed_and_put_away(faces, cast):
    browser = faces("support_admin")
    top = company(cast, "Holding", "holding.example")
    given = {"name": " Northwind ", "domains": "Northwind.example，nw.example", "parent_id": "hold", "tags": "vip"}
    answer = browser.post("/companies/new", given)
    made = re.search(r"cmp_\w{26}", answer.headers["Location"])[0]
    with cast.reading():
        found = queries.company(cast.actor("agent"), made)
    assert (found["name"], found["domains"], found["tags"]) == (
        "Northwind",
        ["northwind.example", "nw.example"],
        ["vip"],
    )
    assert found["parent_id"] == top["id"]
    assert "Northwind" in words(browser.get("/companies?q=northw&tag=vip"))
    assert "No company fits" in words(browser.get("/companies?q=nobody"))
    assert "Northwind" in words(browser.get(f"/companies/{top['id']}"))
    page = words(browser.get(f"/companies/{made}"))
    assert "Holding" in page
    assert "nw.example" in page
    assert (
        browser.post(
            f"/companies/{made}/edit", {**given, "name": "Southwind", "parent_id": "", "version": "1"}
        ).status_code
        == 302
    )
    assert browser.post(f"/companies/{made}/edit", {**given, "version": "1"}).status_code == 412
    assert browser.post(f"/companies/{made}/trash", {}).status_code == 302
    assert browser.get(f"/companies/{made}").status_code == 404
    assert "Undo" in words(browser.get(f"/companies?trashed={made}"))
    assert browser.post(f"/companies/{made}/restore", {}).status_code == 302
    assert "Southwind" in words(browser.get("/companies?sort=name"))


def test_what_is_wrong_is_said_at_its_field(faces, cast):
    browser = faces("agent")
    other = company(cast, "Northwind", "northwind.example")
    taken = browser.post("/companies/new", {"name": "Mine", "domains": "northwind.example"})
    assert taken.status_code == 409
    assert f"/companies/{other['id']}" in taken.text
    for given, place in (
        ({"name": "Mine", "domains": "gmail.com"}, "domains"),
        ({"name": "Mine", "parent_id": "Nobody"}, "parent_id"),
        ({"name": ""}, "name"),
    ):
        answer = browser.post("/companies/new", given)
        assert (answer.status_code, f'id="{place}-errors"' in answer.text) == (422, True), place
    assert browser.get("/companies/new?parent=Northwind").status_code == 200
