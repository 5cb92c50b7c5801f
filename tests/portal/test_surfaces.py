"""Apps beside the records: who sees a panel, and who is handed a token for it."""

from __future__ import annotations

import base64
import json

import pytest

from portico.domains.directory import service as directory
from portico.domains.installations import service as installations
from tests.portal.records import contact, own_ticket, ticket
from tests.support import apps
from tests.support.faces import words

SURFACES = [
    {"key": "beside", "place": "ticket.panel", "title": "Earlier <tickets>", "url": "/panel"},
    {"key": "orders", "place": "contact.panel", "title": "Orders", "url": "/orders"},
    {"key": "home", "place": "portal.page", "title": "Helper home", "url": "/home"},
    {"key": "rules", "place": "settings", "title": {"en": "Own rules", "zh-CN": "规则"}, "url": "/rules"},
]


@pytest.fixture
def made(cast):
    """An app for the department of the agent alone, and a ticket."""
    with cast.writing():
        support = directory.create_department(cast.system(), name="Support")
        places = [{"id": support["id"], "primary": True, "lead": False}]
        directory.update_employee(cast.system(), cast.employee_id("agent"), {"departments": places})
    apps.register(cast, apps.manifest(surfaces=SURFACES), owner="owner")
    rule = {"kind": "department", "id": support["id"], "recursive": True}
    installation = apps.install(cast, by="owner", availability_={"kind": "only", "include": [rule], "exclude": []})
    person = contact(cast)
    return {"ins": installation["id"], "contact": person["id"], "ticket": ticket(cast, person["id"])["id"]}


def ask(browser, made, kind="ticket", object_id=None, surface="beside", **options):
    if browser._token is None:
        browser.get("/people")
    about = {"type": kind, "id": object_id or made[kind]} if kind else None
    headers = {"X-CSRFToken": browser._token or "", "Accept": "application/json", **options.pop("headers", {})}
    body = options.pop("json", {"surface": surface, "object": about})
    return browser._open("POST", f"/surfaces/{made['ins']}/{surface}/token", json=body, headers=headers, **options)


def claims(token):
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_the_panel_is_there_for_the_department_and_for_nobody_else(faces, made):
    mine, other = (faces(name).get(f"/tickets/{made['ticket']}") for name in ("agent", "support_admin"))
    assert "data-app-frame" in mine.text
    assert "frame-src http://localhost:9001;" in mine.headers["Content-Security-Policy"]
    assert "Earlier &lt;tickets&gt;" in mine.text
    assert "data-app-frame" not in other.text
    assert "frame-src 'none'" in other.headers["Content-Security-Policy"]


def test_no_token_stands_in_the_page(faces, made):
    page = faces("agent").get(f"/tickets/{made['ticket']}")
    assert 'data-src="http://localhost:9001/panel"' in page.text
    assert "eyJ" not in page.text


def test_the_token_says_who_where_and_beside_what(faces, cast, made):
    answer = ask(faces("agent"), made)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    said = claims(answer.json["token"])
    assert said["sub"] == cast.employee_id("agent")
    assert said["object"] == {"type": "ticket", "id": made["ticket"]}
    assert (said["surface"], said["installation_id"]) == ("beside", made["ins"])
    assert said["exp"] - said["iat"] <= 60


def test_a_page_of_an_app_stands_beside_nothing(faces, made):
    browser = faces("agent")
    assert "Helper home" in words(browser.get("/"))
    page = browser.get(f"/apps/{made['ins']}/home")
    assert "frame-src http://localhost:9001;" in page.headers["Content-Security-Policy"]
    assert claims(ask(browser, made, None, surface="home").json["token"])["object"] is None
    assert browser.get(f"/apps/{made['ins']}/beside").status_code == 404
    assert faces("support_admin").get(f"/apps/{made['ins']}/home").status_code == 404


def test_no_token_for_what_the_person_cannot_see(faces, cast, made):
    agent = faces("agent")
    nobodys = "tkt_00000000000000000000000000"
    assert ask(agent, made, object_id=nobodys).status_code == 404
    assert ask(agent, made, "department", "dep_00000000000000000000000000").status_code == 404
    assert ask(agent, made, "contact").status_code == 422
    assert ask(agent, made, "contact", surface="orders").status_code == 200
    assert ask(faces("support_admin"), made).status_code == 410
    assert ask(agent, made, surface="nothing").status_code == 410


def test_an_employee_gets_a_token_beside_their_own_ticket_at_most(faces, cast, made):
    with cast.writing():
        everyone = {"availability": {"kind": "everyone", "include": [], "exclude": []}}
        installations.update_installation(cast.actor("owner"), made["ins"], everyone)
    own = own_ticket(cast)
    employee = faces("employee")
    assert ask(employee, made).status_code == 404
    assert ask(employee, made, "contact", surface="orders").status_code == 404
    assert ask(employee, made, object_id=own["id"]).status_code == 200


def test_a_token_is_asked_for_by_our_own_page_alone(faces, cast, made):
    agent = faces("agent")
    assert ask(agent, made, headers={"X-CSRFToken": ""}).status_code == 400
    assert ask(agent, made, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert ask(faces("outsider", slug="acme"), made).status_code in (400, 404)
    assert ask(agent, made, json={"object": "ticket"}).status_code == 422
    assert ask(agent, made, json={"object": {"type": "ticket", "id": {"$ne": 1}}}).status_code == 422


def test_a_suspended_app_is_gone_at_once(faces, cast, made):
    agent = faces("agent")
    assert ask(agent, made).status_code == 200
    with cast.writing():
        installations.suspend(cast.actor("owner"), made["ins"])
    assert ask(agent, made).status_code == 410
    assert "data-app-frame" not in agent.get(f"/tickets/{made['ticket']}").text


def test_settings_of_an_app_are_for_who_manages_apps_and_for_nobody_who_only_uses_it(faces, cast, made):
    manager, user = faces("app_manager"), faces("agent")
    at = f"/admin/apps/{made['ins']}"
    assert "Own rules" in words(manager.get(at))
    page = manager.get(f"{at}/settings")
    assert 'data-src="http://localhost:9001/rules"' in page.text
    assert "frame-src http://localhost:9001;" in page.headers["Content-Security-Policy"]
    said = claims(ask(manager, made, None, surface="rules").json["token"])
    assert (said["surface"], said["sub"]) == ("rules", cast.employee_id("app_manager"))
    assert ask(manager, made, None, surface="home").status_code == 410  # they do not use it
    assert user.get(f"{at}/settings").status_code == 403
    assert ask(user, made, None, surface="rules").status_code == 410
    assert user.get(f"/apps/{made['ins']}/rules").status_code == 404
    assert "Own rules" not in words(user.get("/"))


def test_the_catalogue_opens_an_app_for_whom_it_has_a_page(faces, made):
    opens = f'href="/w/acme/apps/{made["ins"]}/home"'
    for page in ("/catalogue", "/catalogue/helper"):
        there = [opens in faces(name).get(page).text for name in ("agent", "support_admin")]
        assert there == [True, False], page
