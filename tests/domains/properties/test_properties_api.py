"""Properties over HTTP: definitions, and their values on the objects."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.http import Api

TIER = {"key": "tier", "label": "Tier", "type": "select", "options": ["gold", {"key": "silver", "label": "Silver!"}]}
UNKNOWN = "prp_01jd0000000000000000000000"


def define(api: Api, object_type: str = "contact", **body: Any) -> dict[str, Any]:
    answer = api("support_admin").post(f"/properties/{object_type}", json={**TIER, **body})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def plain(api: Api, key: str, kind: str, object_type: str = "contact", **more: Any) -> dict[str, Any]:
    return define(api, object_type, key=key, label=key.title(), type=kind, options=[], **more)


def contact(api: Api, **values: Any) -> dict[str, Any]:
    answer = api("agent").post("/contacts", json={"display_name": "Zoë", "properties": values})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def pointers(answer: Any) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in answer.json["errors"]}


def test_a_property_is_made_read_changed_archived_and_restored(api: Api) -> None:
    admin = api("support_admin")
    made = admin.post("/properties/contact", json=TIER)
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/v1/properties/contact/{made.json['id']}"
    assert made.json["options"] == [
        {"key": "gold", "label": "gold", "archived": False},
        {"key": "silver", "label": "Silver!", "archived": False},
    ]
    path = f"/properties/contact/{made.json['id']}"
    assert api("agent").get(path).json == made.json
    changed = admin.patch(path, json={"label": "Level"}, headers={"If-Match": '"1"'})
    assert (changed.json["label"], changed.json["version"]) == ("Level", 2)
    assert admin.patch(path, json={"label": "L"}, headers={"If-Match": '"1"'}).status_code == 412
    assert admin.delete(path).status_code == 204
    assert api("agent").get(path).json["state"] == "archived"
    assert admin.post(f"{path}/restore").json["state"] == "active"
    assert [row["key"] for row in api("agent").get("/properties/contact").json["data"]] == ["tier"]
    assert api("agent").get("/properties/ticket").json["data"] == []
    assert api("support_admin").get(f"/properties/ticket/{made.json['id']}").status_code == 404


def test_who_may_and_where(api: Api) -> None:
    made = define(api)
    assert api("agent").post("/properties/contact", json=TIER).status_code == 403
    assert api("employee").get("/properties/contact").status_code == 403
    assert api("outsider").get(f"/properties/contact/{made['id']}").status_code == 404
    assert api("outsider").get("/properties/contact").json["data"] == []
    assert api("agent").get(f"/properties/contact/{UNKNOWN}").status_code == 404
    assert api("agent").get("/properties/planet").status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"key": "T"}, "/key"),
        ({"key": "app_x__y"}, "/key"),
        ({"type": "money"}, "/type"),
        ({"options": []}, "/options"),
        ({"options": ["a", "a"]}, "/options/1"),
        ({"options": ["a,b"]}, "/options/0"),
        ({"type": "text"}, "/options"),
        ({"label": None}, "/label"),
        ({"nope": 1}, "/nope"),
    ],
)
def test_wrong_definitions(api: Api, body: dict[str, Any], pointer: str) -> None:
    answer = api("support_admin").post("/properties/contact", json={**TIER, **body})
    assert answer.status_code == 422
    assert pointer in pointers(answer)


def test_a_key_is_there_once_and_never_changes(api: Api) -> None:
    made = define(api)
    again = api("support_admin").post("/properties/contact", json=TIER)
    assert (again.status_code, again.json["code"]) == (409, "property_exists")
    define(api, "ticket")
    for name in ("key", "type"):
        answer = api("support_admin").patch(f"/properties/contact/{made['id']}", json={name: "text"})
        assert pointers(answer) == {f"/{name}": "unknown"}


def test_values_are_checked_all_at_once(api: Api) -> None:
    define(api)
    for key, kind in {
        "spent": "decimal",
        "visits": "integer",
        "vip": "bool",
        "born": "date",
        "seen": "datetime",
    }.items():
        plain(api, key, kind)
    for key, kind in {"site": "url", "other": "email", "fax": "phone", "note": "long_text"}.items():
        plain(api, key, kind)
    good = {
        "tier": "gold",
        "spent": 19.99,
        "visits": 3,
        "vip": True,
        "born": "2000-02-29",
        "seen": "2026-11-22T10:30:00+01:00",
        "site": "https://example.com/a",
        "other": "z@example.com",
        "fax": "+49 30 901820",
        "note": "two\nlines",
    }
    made = contact(api, **good)
    assert made["properties"] == {**good, "seen": "2026-11-22T09:30:00.000Z"}
    wrong = {
        "tier": "lead",
        "spent": 0.1234567,
        "visits": 1.5,
        "vip": 1,
        "born": "2001-02-29",
        "seen": "2026-11-22T10:30:00",
        "site": "javascript:alert(1)",
        "other": "z",
        "fax": "call me",
        "note": 7,
        "nobody": "x",
    }
    answer = api("agent").patch(f"/contacts/{made['id']}", json={"properties": wrong})
    assert answer.status_code == 422
    assert pointers(answer) == {f"/properties/{key}": "invalid" if key != "nobody" else "unknown" for key in wrong}
    assert api("agent").get(f"/contacts/{made['id']}").json == made


def test_patch_merges_by_key_and_null_clears(api: Api) -> None:
    define(api)
    plain(api, "note", "text")
    path = f"/contacts/{contact(api, tier='gold')['id']}"
    assert api("agent").patch(path, json={"properties": {"note": "x"}}).json["properties"] == {
        "tier": "gold",
        "note": "x",
    }
    after = api("agent").patch(path, json={"properties": {"tier": None}})
    assert after.json["properties"] == {"note": "x"}
    assert after.json["version"] == 3
    assert api("agent").patch(path, json={"properties": {"note": "x"}}).json["version"] == 3


def test_an_option_in_use_is_archived_and_stays_where_it_is(api: Api) -> None:
    made = define(api)
    path = f"/properties/contact/{made['id']}"
    known = contact(api, tier="gold")
    changed = api("support_admin").patch(path, json={"options": ["bronze"]})
    assert changed.json["options"] == [
        {"key": "bronze", "label": "bronze", "archived": False},
        {"key": "gold", "label": "gold", "archived": True},
    ]
    here = f"/contacts/{known['id']}"
    assert api("agent").patch(here, json={"properties": {"tier": "gold"}, "tags": ["x"]}).status_code == 200
    answer = api("agent").post("/contacts", json={"display_name": "B", "properties": {"tier": "gold"}})
    assert pointers(answer) == {"/properties/tier": "invalid"}
    found = api("agent").get("/contacts?filter[properties.tier]=gold").json["data"]
    assert [row["id"] for row in found] == [known["id"]]


def test_archived_values_are_absent_and_come_back(api: Api) -> None:
    made = define(api)
    known = contact(api, tier="gold")
    path = f"/properties/contact/{made['id']}"
    assert api("support_admin").delete(path).status_code == 204
    assert api("agent").get(f"/contacts/{known['id']}").json["properties"] == {}
    assert api("agent").get("/contacts?filter[properties.tier]=gold").status_code == 422
    answer = api("agent").patch(f"/contacts/{known['id']}", json={"properties": {"tier": "silver"}})
    assert pointers(answer) == {"/properties/tier": "unknown"}
    api("support_admin").post(f"{path}/restore")
    assert api("agent").get(f"/contacts/{known['id']}").json["properties"] == {"tier": "gold"}


def test_sensitive_values_need_their_scope(api: Api) -> None:
    plain(api, "passport", "text", sensitive=True)
    define(api)
    known = contact(api, passport="C01", tier="gold")
    assert known["properties"] == {"tier": "gold"}
    assert known["_redacted"] == ["properties.passport"]
    path = f"/contacts/{known['id']}"
    row = api("agent").get("/contacts").json["data"][0]
    assert (row["properties"], row["_redacted"]) == ({"tier": "gold"}, ["properties.passport"])
    whole = api("support_admin").get(path).json
    assert whole["properties"] == {"passport": "C01", "tier": "gold"}
    assert "_redacted" not in whole
    by = "/contacts?filter[properties.passport]=C01"
    assert pointers(api("agent").get(by)) == {"/query/filter[properties.passport]": "unknown"}
    assert len(api("support_admin").get(by).json["data"]) == 1


def test_unknown_filters_and_wrong_operators_say_what_is_wrong(api: Api) -> None:
    define(api)
    plain(api, "visits", "integer")
    for query, code in {
        "filter[properties.nobody]=x": "unknown",
        "filter[properties.tier]=lead": "choice",
        "filter[properties.tier][lt]=gold": "operator",
        "filter[properties.visits]=many": "invalid",
        "filter[properties.visits][exists]=maybe": "invalid",
    }.items():
        answer = api("agent").get(f"/contacts?{query}")
        assert answer.status_code == 422, query
        assert list(pointers(answer).values()) == [code], query


def test_tickets_and_employees_have_values_too(api: Api) -> None:
    define(api, "ticket")
    plain(api, "badge", "text", "employee")
    plain(api, "salary_band", "text", "employee", sensitive=True)
    person = contact(api)
    ticket = (
        api("agent")
        .post(
            "/tickets", json={"subject": "S", "requester": {"contact_id": person["id"]}, "properties": {"tier": "gold"}}
        )
        .json
    )
    assert ticket["properties"] == {"tier": "gold"}
    changed = api("agent").patch(f"/tickets/{ticket['id']}", json={"properties": {"tier": "silver"}}).json
    assert (changed["properties"], changed["version"]) == ({"tier": "silver"}, 2)
    found = api("agent").get("/tickets?filter[properties.tier]=silver").json["data"]
    assert [row["id"] for row in found] == [ticket["id"]]
    own = (
        api("employee")
        .post("/tickets", json={"subject": "S", "requester": {"employee_id": api.cast.employee_id("employee")}})
        .json
    )
    assert "properties" in own["_redacted"]
    assert api("employee").get("/tickets?filter[properties.tier]=silver").status_code == 422
    values = {"badge": "A-17", "salary_band": "7"}
    made = api("hr_admin").post("/employees", json={"display_name": "Ada", "properties": values}).json
    assert made["properties"] == values
    seen = api("agent").get(f"/employees/{made['id']}").json
    assert seen["properties"] == {"badge": "A-17"}
    assert seen["_redacted"] == ["hired_on", "leaves_on", "mobile", "private_email", "properties.salary_band"]
    found = api("agent").get("/employees?filter[properties.badge]=a-17").json["data"]
    assert [row["id"] for row in found] == [made["id"]]
    mine = f"/employees/{api.cast.employee_id('agent')}"
    assert api("agent").patch(mine, json={"properties": {"badge": "mine"}}).status_code == 403


def test_fields_batches_and_upserts_carry_values(api: Api) -> None:
    define(api)
    known = contact(api)
    items = [
        {"id": known["id"], "properties": {"tier": "gold"}},
        {"display_name": "New", "properties": {"tier": "lead"}},
    ]
    results = api("agent").post("/contacts/batch", json={"items": items}).json["results"]
    assert [result["status"] for result in results] == [200, 422]
    assert results[1]["error"]["errors"][0]["pointer"] == "/properties/tier"
    rows = api("agent").get("/contacts?fields=properties").json["data"]
    assert rows == [{"id": known["id"], "properties": {"tier": "gold"}}]
    person = {"identifiers": [{"kind": "email", "value": "z@example.com"}], "properties": {"tier": "gold"}}
    assert api("agent").post("/contacts/upsert", json=person).json["properties"] == {"tier": "gold"}
