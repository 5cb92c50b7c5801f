"""The search page, which works without scripts, and what the palette gets."""

from __future__ import annotations

from typing import Any

from tests.portal.records import company, contact, own_ticket, ticket
from tests.support import apps
from tests.support.cast import Cast
from tests.support.faces import Faces, words


def test_the_page_shows_each_what_they_may_see_and_marks_it(faces: Faces, cast: Cast) -> None:
    person = contact(cast, "Quokka <b>Ravn", "quokka@ravn.example")
    company(cast, "Quokka Ltd")
    ticket(cast, person["id"], "Quokka ate the cable")
    mine = own_ticket(cast, "employee", "My quokka is hungry")
    page = faces("agent").get("/search?q=quok")
    assert page.status_code == 200
    assert f'href="/w/acme/contacts/{person["id"]}"><mark>Quok</mark>ka &lt;b&gt;Ravn</a>' in page.text
    text = words(page)
    assert "quokka@ravn.example" in text
    assert "Quok ka ate the cable" in text or "Quokka ate the cable" in text
    employee = faces("employee").get("/search?q=quok")
    assert f"/tickets/{mine['id']}" in employee.text
    assert "Ravn" not in employee.text
    assert "Ltd" not in employee.text
    assert "Quokka" not in faces("outsider", slug="other").get("/search?q=quok").text.split("<main")[1]


def test_the_page_says_what_to_do_when_there_is_nothing(faces: Faces) -> None:
    assert "What are you looking for?" in words(faces("employee").get("/search"))
    assert "What are you looking for?" in words(faces("employee").get("/search?q=%20"))
    assert "Nothing found for “zzzz”." in words(faces("employee").get("/search?q=zzzz"))


def test_a_mistyped_name_is_mended_with_a_word_about_it(faces: Faces, cast: Cast) -> None:
    contact(cast, "Maya Lindqvist")
    found = words(faces("agent").get("/search?q=lindqivst"))
    assert "Nothing is called exactly so" in found
    assert "Maya Lindqvist" in found


def test_more_than_fits_is_behind_a_link_to_the_list(faces: Faces, cast: Cast) -> None:
    for number in range(11):
        contact(cast, f"Lina {number}", None)
    assert "/w/acme/contacts?q=lina" in faces("agent").get("/search?q=lina").text


def test_the_palette_offers_commands_pages_and_actions_of_apps(faces: Faces, cast: Cast) -> None:
    apps.register(cast, apps.manifest(actions=[apps.ACTION]), owner="owner")
    made: dict[str, Any] = apps.install(cast, by="owner")
    agent, employee = faces("agent"), faces("employee")
    start = agent.get("/search/palette")
    for offered in ("New ticket", "New contact", "Switch between light and dark", "Tickets", "Contacts"):
        assert offered in start.text
    assert "<html" not in start.text
    own = employee.get("/search/palette").text
    assert "Ask for help" in own
    assert "New contact" not in own
    assert f'data-url="/w/acme/actions/{made["id"]}/note"' in employee.get("/search/palette?q=note").text
    assert "记一笔" in employee.get("/search/palette?q=jiyibi", headers={"Accept-Language": "zh-CN"}).text
    assert 'data-said="1 result"' in agent.get("/search/palette?q=new+cont").text


def test_every_page_leads_to_the_search_without_scripts(faces: Faces) -> None:
    for path in ("/", "/admin/", "/console/"):
        assert 'href="/w/acme/search"' in faces("owner").get(path).text, path
