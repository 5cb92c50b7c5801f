"""Companies on pages: finding, adding, changing, trash and back."""

from __future__ import annotations

import re

from portico.domains.contacts import queries
from tests.portal.records import company, contact
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


def test_a_company_whose_domain_went_to_another_comes_back_without_it(faces, cast):
    browser = faces("support_admin")
    old = company(cast, "Old", "shared.example")
    browser.post(f"/companies/{old['id']}/trash", {})
    company(cast, "New", "shared.example")
    asked = browser.post(f"/companies/{old['id']}/restore", {})
    assert (asked.status_code, "Bring it back without them" in words(asked)) == (409, True)
    page = browser.follow(browser.post(f"/companies/{old['id']}/restore", {"release_taken": "1"}))
    assert ("Old" in words(page), "shared.example" in words(page)) == (True, False)


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
    # In the reader's language, whichever part of the house says it.
    chinese = {"Accept-Language": "zh-CN"}
    said = browser.post("/companies/new", {"name": "Mine", "domains": "no domain"}, headers=chinese)
    assert ("公司名称" in said.text, "请填写域名，例如 acme.example" in said.text) == (True, True)


def test_a_contact_is_tied_to_a_company_and_untied(faces, cast):
    browser, person = faces("agent"), contact(cast)
    acme, beta = company(cast, "Acme"), company(cast, "Beta", "beta.example")
    ties = f"/contacts/{person['id']}/companies"
    assert browser.get(f"{ties}/new").status_code == 200
    assert browser.post(f"{ties}/new", {"company": "acme", "label": "billing"}).status_code == 302
    assert browser.post(f"{ties}/new", {"company": "acme", "label": "billing"}).status_code == 409
    assert browser.post(f"{ties}/new", {"company": "Nobody", "label": "billing"}).status_code == 422
    given = {"company": "beta.example", "label": "other", "other": "godparent"}
    assert browser.post(f"{ties}/new", given).status_code == 302
    page = words(browser.get(f"/contacts/{person['id']}"))
    assert "Gets the invoices" in page
    assert "godparent" in page
    assert person["display_name"] in words(browser.get(f"/companies/{acme['id']}"))
    with cast.reading():
        tied = queries.associations_of(cast.actor("agent"), person["id"])
    second = next(one for one in tied if one["company_id"] == beta["id"])
    assert browser.post(f"{ties}/{second['id']}/primary", {}).status_code == 302
    assert browser.post(f"{ties}/{tied[0]['id']}/remove", {}).status_code == 302
    with cast.reading():
        assert queries.contact(cast.actor("agent"), person["id"])["company_ids"] == [beta["id"]]
