"""One search: what each may find, where it leads, and what comes first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portico.domains.contacts import service as contacts
from portico.domains.search import queries
from portico.domains.search.kinds import KINDS
from portico.kernel.actor import DataRange
from tests.portal.records import company, contact, own_ticket, ticket
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.world import World

pytestmark = pytest.mark.both_databases
PAGE = [{"key": "home", "place": "portal.page", "title": "Quokka desk", "url": "/home"}]


def found(api: Api, who: str, q: str, *scopes: str, **options: Any) -> dict[str, list[str]]:
    answer = api(who, *scopes).get("/search", query_string={"q": q, **options})
    assert answer.status_code == 200, answer.json
    return {group["type"]: [item["title"] for item in group["items"]] for group in answer.json["data"]}


@pytest.fixture
def quokkas(api: Api, cast: Cast) -> dict[str, Any]:
    """One of each kind that is called so; the app is for the agent alone, the announcement for the employee."""
    world = World(api)
    person = contact(cast, "Quokka Ravn", "quokka@ravn.example")
    firm = company(cast, "Quokka Ltd", "quokka.example")
    asked = ticket(cast, person["id"], "Quokka ate the cable")
    own = own_ticket(cast, "employee", "My quokka is hungry")
    rule = {"kind": "employee", "id": cast.employee_id("employee")}
    news = world.announcement(title="Quokka day", audience={"include": [rule], "exclude": []})
    world.publish(news["id"])
    action = {**apps.ACTION, "title": "Feed the quokka"}
    apps.register(cast, apps.manifest("quokkas", surfaces=PAGE, actions=[action]), owner="owner")
    only = {"kind": "employee", "id": cast.employee_id("agent")}
    ins = apps.install(cast, "quokkas", by="owner", availability_={"kind": "only", "include": [only], "exclude": []})
    with cast.writing(cast.other):
        contacts.create_contact(cast.actor("outsider"), {"display_name": "Quokka of the others"})
    return {"contact": person, "company": firm, "ticket": asked, "own": own, "announcement": news, "ins": ins}


def test_each_finds_what_is_for_them(api: Api, cast: Cast, quokkas: dict[str, Any]) -> None:
    seen = found(api, "agent", "quok")
    assert sorted(seen.pop("ticket")) == ["My quokka is hungry", "Quokka ate the cable"]
    assert seen == {
        "contact": ["Quokka Ravn"],
        "company": ["Quokka Ltd"],
        "app": ["Quokka desk"],
        "action": ["Feed the quokka"],
    }
    # The app is not for the others, who find it in the catalogue, where they can ask for it.
    asks = {"app": ["Helper"]}
    own = {"ticket": ["My quokka is hungry"], "announcement": ["Quokka day"]}
    assert found(api, "employee", "quok") == {**own, **asks}
    assert found(api, "announcer", "quok") == asks
    assert found(api, "employee", "quok", "actions:read") == {}
    assert found(api, "outsider", "quok") == {"contact": ["Quokka of the others"]}
    # The names of requesters are for who may read contacts.
    assert found(api, "agent", "ravn") == {"contact": ["Quokka Ravn"], "ticket": ["Quokka ate the cable"]}
    assert found(api, "agent", "ravn", "tickets:read") == {}


def test_an_answer_says_where_it_leads_and_why_it_is_there(api: Api, quokkas: dict[str, Any]) -> None:
    answer = api("agent").get("/search?q=QUOKKA&types=contact,app,action,page").json
    assert answer["corrected"] is False
    assert answer["left_out"] == []
    person, app, action = (group["items"][0] for group in answer["data"])
    assert person == {
        "type": "contact",
        "id": quokkas["contact"]["id"],
        "title": "Quokka Ravn",
        "subtitle": "quokka@ravn.example",
        "url": f"http://127.0.0.1:8000/w/acme/contacts/{quokkas['contact']['id']}",
        "highlight": [[0, 6]],
    }
    assert app["url"].endswith(f"/w/acme/apps/{quokkas['ins']['id']}/home")
    assert action["url"].endswith(f"/w/acme/actions/{quokkas['ins']['id']}/note")
    pages = api("agent").get("/search?q=tick&types=page").json["data"]
    assert ("Tickets", "/w/acme/tickets") in [(item["title"], item["url"][21:]) for item in pages[0]["items"]]


def test_scopes_decide_and_what_is_asked_for_by_name_is_refused(api: Api, quokkas: dict[str, Any]) -> None:
    narrow = api("agent", "companies:read")
    answer = narrow.get("/search?q=quokka").json
    assert [group["type"] for group in answer["data"]] == ["company"]
    assert set(answer["left_out"]) == set(KINDS) - {"company"}
    refused = narrow.get("/search?q=quokka&types=company,contact")
    assert (refused.status_code, refused.json["code"]) == (403, "insufficient_scope")
    assert refused.json["required_scopes"] == ["contacts:read"]
    for wrong in ("", "?q=", "?q=a&types=quokka", "?q=a&limit=0", "?q=a&limit=21", "?q=a&limit=x", "?q=a&sort=id"):
        assert api("agent").get(f"/search{wrong}").status_code == 422, wrong
    assert found(api, "agent", "   ") == {}


def test_an_app_finds_within_its_range(cast: Cast, quokkas: dict[str, Any]) -> None:
    mine = cast.employee_id("agent")
    with cast.writing():
        contacts.create_contact(cast.actor("agent"), {"display_name": "Quokka Mine", "owner_employee_id": mine})
    limited = replace(cast.actor("agent"), data_range=DataRange(employees=frozenset({mine})))
    with cast.reading():
        answer = queries.search(limited, "quokka", ["contact", "company"], 5)
    assert [[hit.title for hit in group.hits] for group in answer.groups] == [["Quokka Mine"]]


def test_what_is_called_so_comes_before_what_begins_so(api: Api, cast: Cast) -> None:
    first = contact(cast, "Lin", None)
    for number in range(8):
        contact(cast, f"Linda {number}", None)
    answer = api("agent").get("/search?q=lin&types=contact&limit=3").json["data"][0]
    assert (answer["items"][0]["id"], len(answer["items"]), answer["has_more"]) == (first["id"], 3, True)


def test_a_mistyped_name_is_found_when_nothing_else_is(api: Api, cast: Cast) -> None:
    contact(cast, "Maya Lindqvist", None)
    answer = api("agent").get("/search?q=lindqivst").json
    assert answer["corrected"] is True
    assert [item["title"] for item in answer["data"][0]["items"]] == ["Maya Lindqvist"]
    assert api("outsider").get("/search?q=lindqivst").json == {"data": [], "corrected": False, "left_out": []}


def test_chinese_names_are_found_as_they_are_typed(api: Api, cast: Cast) -> None:
    contact(cast, "王小明", None)
    for q in ("王小", "小明", "wangxiao", "wxm", "xiaoming"):
        assert found(api, "agent", q) == {"contact": ["王小明"]}, q
    assert found(api, "agent", "wmx") == {}


@pytest.mark.parametrize(
    ("title", "q", "expected"),
    [
        ("Zoë Quill", "zoe", [(0, 3)]),
        ("Zoë Quill", "qu zo", [(0, 2), (4, 6)]),
        ("Zoë Quill", "uill", []),
        ("王小明", "小明", [(1, 3)]),
        ("Straße", "strass", [(0, 5)]),
        ("aa aaa", "a aa", [(0, 2), (3, 5)]),
        ("王小明", "wxm", []),
    ],
)
def test_what_of_a_title_is_marked(title: str, q: str, expected: list[tuple[int, int]]) -> None:
    assert queries.highlights(title, q) == expected
