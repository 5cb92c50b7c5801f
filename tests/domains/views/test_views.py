"""Saved views: whose they are, what they show, how far they are counted, and what becomes of what is gone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from portico.domains.views import queries, service
from portico.kernel import listing
from portico.kernel.errors import Conflict, Stale
from portico.kernel.unit_of_work import unit
from tests.support.cast import Cast
from tests.support.http import Api

OPEN = {"status": {"in": ["new", "open"]}}


def view(api: Api, who: str = "agent", **fields: Any) -> dict[str, Any]:
    answer = api(who).post("/views", json={"object": "ticket", "name": "Mine", **fields})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def ticket(api: Api, who: str = "agent", **fields: Any) -> str:
    requester = {"employee_id": api.cast.employee_id("employee")}
    answer = api(who).post("/tickets", json={"subject": "Door", "requester": requester, **fields})
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


@pytest.mark.both_databases
def test_a_view_is_its_list_with_a_filter_and_me_is_who_looks(api: Api) -> None:
    low, high = ticket(api, priority="low"), ticket(api, priority="high")
    for one, who in ((low, "agent"), (high, "support_admin")):
        assert api(who).post(f"/tickets/{one}/take").status_code == 200
    made = view(api, "support_admin", filter={**OPEN, "assignee_id": "me"}, sort="-number", shared=True)
    assert (made["valid"], made["troubles"], made["mine"]) == (True, [], True)

    def inside(who: str, rest: str = "") -> list[str]:
        return [row["id"] for row in api(who).get(f"/views/{made['id']}/tickets{rest}").json["data"]]

    assert (inside("agent"), inside("support_admin"), inside("admin")) == ([low], [high], [])
    assert inside("agent", "?filter[priority]=high") == []
    assert api("agent").get(f"/views/{made['id']}/count").json == {"count": 1, "more": False}
    everything = view(api, sort="priority")
    assert [one["id"] for one in api("agent").get(f"/views/{everything['id']}/tickets").json["data"]] == [low, high]
    assert api("agent").get(f"/views/{everything['id']}/contacts").status_code == 404
    # A page goes on within the view, and a cursor of another filter does not fit.
    first = api("agent").get(f"/views/{everything['id']}/tickets?limit=1").json
    rest = api("agent").get(f"/views/{everything['id']}/tickets?limit=1&cursor={first['page']['next_cursor']}").json
    assert [first["data"][0]["id"], rest["data"][0]["id"]] == [low, high]


@pytest.mark.both_databases
def test_whose_views_they_are(api: Api) -> None:
    mine, ours = view(api, "agent"), view(api, "support_admin", name="Ours", shared=True)
    names = lambda who: [row["name"] for row in api(who).get("/views?sort=name").json["data"]]  # noqa: E731
    assert (names("agent"), names("support_admin"), names("outsider")) == (["Mine", "Ours"], ["Ours"], [])
    for who in ("support_admin", "outsider"):
        for call in (api(who).get, api(who).delete):
            assert call(f"/views/{mine['id']}").status_code == 404
    assert api("agent").patch(f"/views/{ours['id']}", json={"name": "x"}).json["code"] == "forbidden"
    assert api("agent").delete(f"/views/{ours['id']}").status_code == 403
    for call, path in ((api("agent").post, "/views"), (api("agent").patch, f"/views/{mine['id']}")):
        body = {"shared": True} | ({"object": "ticket", "name": "x"} if path == "/views" else {})
        refused = call(path, json=body).json
        assert (refused["code"], refused["required_scopes"]) == ("insufficient_scope", ["views:share"])
    # Who may not read the list does not see that there are views of it.
    of_contacts = view(api, "support_admin", object="contact", shared=True)
    assert api("employee").get(f"/views/{of_contacts['id']}").status_code == 404
    assert api("employee").post("/views", json={"object": "contact", "name": "x"}).json["required_scopes"] == [
        "contacts:read"
    ]
    changed = api("agent").patch(f"/views/{mine['id']}", json={"filter": OPEN}, headers={"If-Match": '"1"'}).json
    assert (changed["filter"], changed["version"], changed["name"]) == (OPEN, 2, "Mine")
    assert api("agent").patch(f"/views/{mine['id']}", json={}, headers={"If-Match": '"1"'}).status_code == 412
    assert api("agent").delete(f"/views/{mine['id']}").status_code == 204


def test_what_cannot_be_saved(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    for fields, pointer in (
        ({"filter": {"colour": "red"}}, "/filter/colour"),
        ({"filter": {"status": "lost"}}, "/filter/status"),
        ({"filter": {"status": {"gt": "new"}}}, "/filter/status"),
        ({"filter": {"properties.none": "x"}}, "/filter/properties.none"),
        ({"filter": {"tags": {"in": ["a,b"]}}}, "/filter"),
        ({"filter": {"tags": {"in": []}}}, "/filter"),
        ({"filter": {"tags": {"eq": {"a": 1}}}}, "/filter"),
        ({"sort": "colour"}, "/sort"),
        ({"columns": ["subject", "colour"]}, "/columns/1"),
        ({"object": "spaceship"}, "/object"),
        ({"name": " "}, "/name"),
    ):
        answer = api("agent").post("/views", json={"object": "ticket", "name": "x", **fields})
        assert answer.status_code == 422, fields
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    monkeypatch.setattr(service, "MOST", 1)
    view(api)
    assert api("agent").post("/views", json={"object": "ticket", "name": "x"}).json["code"] == "too_many_views"


@pytest.mark.both_databases
def test_of_two_who_change_it_at_once_one_is_told(api: Api, cast: Cast) -> None:
    made = view(api)

    def rename(name: str) -> bool:
        try:
            with unit(cast.acme, write=True):
                service.update_view(cast.actor("agent"), made["id"], {"name": name}, expected_version=1)
        except (Conflict, Stale):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(rename, "abcd")) == [False, False, False, True]
    assert api("agent").get(f"/views/{made['id']}").json["version"] == 2


@pytest.mark.both_databases
def test_what_a_filter_names_is_gone_and_the_view_says_so(api: Api) -> None:
    admin = api("admin")
    tier = {"key": "tier", "label": "Tier", "type": "select", "options": ["gold", "silver"]}
    tier = admin.post("/properties/ticket", json=tier).json
    ticket(api, properties={"tier": "gold"})
    ticket(api)
    gold = view(api, "admin", filter={"properties.tier": "gold"}, columns=["properties.tier"], shared=True)
    silver = view(api, "admin", filter={"properties.tier": {"in": ["silver"]}})
    inside = f"/views/{gold['id']}/tickets"
    assert len(admin.get(inside).json["data"]) == 1
    answer = admin.patch(f"/properties/ticket/{tier['id']}", json={"options": [{"key": "gold", "label": "Gold"}]})
    assert answer.status_code == 200, answer.json
    assert admin.get(f"/views/{silver['id']}").json["valid"] is False
    assert admin.get(f"/views/{gold['id']}").json["valid"] is True
    assert admin.delete(f"/properties/ticket/{tier['id']}").status_code == 204
    for path in (inside, f"/views/{gold['id']}/count"):
        refused = admin.get(path)
        assert (refused.status_code, refused.json["code"]) == (409, "view_invalid")
        assert [error["pointer"] for error in refused.json["errors"]] == ["/filter/properties.tier"]
    shown = admin.get(f"/views/{gold['id']}").json
    assert (shown["valid"], shown["troubles"][0]["pointer"]) == (False, "/filter/properties.tier")
    # It can be renamed no more than mended: what is saved is sound.
    assert admin.patch(f"/views/{gold['id']}", json={"name": "x"}).status_code == 422
    assert admin.patch(f"/views/{gold['id']}", json={"filter": {}}).json["valid"] is True
    assert admin.post(f"/properties/ticket/{tier['id']}/restore").status_code == 200


def test_a_sensitive_property_does_not_show_through_a_shared_view(api: Api) -> None:
    admin = api("admin")
    risk = {"key": "risk", "label": "Risk", "type": "text", "sensitive": True}
    assert admin.post("/properties/ticket", json=risk).status_code == 201
    made = view(api, "admin", filter={"properties.risk": "high"}, shared=True)
    refused = api("agent").get(f"/views/{made['id']}/tickets")
    assert (refused.status_code, refused.json["code"]) == (409, "view_invalid")


@pytest.mark.both_databases
def test_counting_ends_beyond_a_thousand(api: Api, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    made = view(api)
    monkeypatch.setattr(listing, "COUNTED", 2)
    monkeypatch.setattr(queries, "COUNTED", 2)
    for expected in ((0, False), (1, False), (2, False), (2, True), (2, True)):
        answer = api("agent").get(f"/views/{made['id']}/count").json
        assert (answer["count"], answer["more"]) == expected
        ticket(api)
