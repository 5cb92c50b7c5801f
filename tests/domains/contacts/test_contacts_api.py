"""Contacts over HTTP: statuses, codes and headers."""

from __future__ import annotations

from typing import Any

from tests.support.http import Api

EMAIL = {"kind": "email", "value": "zoe@example.com"}
UNKNOWN = "con_01jd0000000000000000000000"
OPERATIONS: list[tuple[str, str, Any, str]] = [
    ("get", "/contacts", None, "contacts:read"),
    ("post", "/contacts", {"display_name": "Zoë"}, "contacts:write"),
    ("post", "/contacts/batch", {"items": [{"display_name": "Zoë"}]}, "contacts:write"),
    ("post", "/contacts/upsert", {"identifiers": [EMAIL]}, "contacts:write"),
    ("get", "/contacts/by-id/crm/1", None, "contacts:read"),
    ("put", "/contacts/by-id/crm/1", {"display_name": "Zoë"}, "contacts:write"),
    ("get", f"/contacts/{UNKNOWN}", None, "contacts:read"),
    ("patch", f"/contacts/{UNKNOWN}", {"display_name": "Zoë"}, "contacts:write"),
    ("delete", f"/contacts/{UNKNOWN}", None, "contacts:write"),
    ("post", f"/contacts/{UNKNOWN}/restore", None, "contacts:write"),
]


def call(client: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
    options = {} if body is None else {"json": body}
    return getattr(client, method)(path, headers=headers, **options)


def create(api: Api, by: str = "agent", **body: Any) -> dict[str, Any]:
    response = api(by).post("/contacts", json={"display_name": "Zoë", **body})
    assert response.status_code == 201, response.json
    return dict(response.json)


def pointers(response: Any) -> list[str]:
    return [error["pointer"] for error in response.json["errors"]]


# The five


def test_anonymous(api: Api) -> None:
    for method, path, body, _ in OPERATIONS:
        response = call(api(None), method, path, body)
        assert (response.status_code, response.json["code"]) == (401, "token_missing"), (method, path)


def test_missing_scope(api: Api) -> None:
    for method, path, body, scope in OPERATIONS:
        other = {"contacts:read": "contacts:write", "contacts:write": "contacts:read"}[scope]
        response = call(api("agent", other), method, path, body)
        assert (response.status_code, response.json["code"]) == (403, "insufficient_scope"), (method, path)
        assert response.json["required_scopes"] == [scope]


def test_roles_without_contacts(api: Api) -> None:
    for role in ["employee", "developer", "app_manager", "hr_admin", "announcer"]:
        assert call(api(role), "get", "/contacts").status_code == 403, role


def test_wrong_workspace(api: Api) -> None:
    contact = create(api)
    for method, suffix in [("get", ""), ("patch", ""), ("delete", ""), ("post", "/restore")]:
        body = {"tags": ["x"]} if method == "patch" else None
        response = call(api("outsider"), method, f"/contacts/{contact['id']}{suffix}", body)
        assert (response.status_code, response.json["code"]) == (404, "not_found"), (method, suffix)
    assert api("outsider").get("/contacts").json["data"] == []


def test_happy(api: Api) -> None:
    response = api("agent").post("/contacts", json={"display_name": "Zoë", "identifiers": [EMAIL], "tags": ["vip"]})
    assert response.status_code == 201
    contact = response.json
    assert response.headers["Location"] == f"/api/v1/contacts/{contact['id']}"
    assert set(contact) == {
        "id",
        "display_name",
        "identifiers",
        "owner_employee_id",
        "properties",
        "lifecycle_stage",
        "tags",
        "company_ids",
        "created_at",
        "updated_at",
        "version",
    }
    plain = {"namespace": None, "label": None, "primary": True, "shared": False}
    unproved = {"verified": False, "verified_at": None, "verification": None}
    assert contact["identifiers"] == [{"id": contact["identifiers"][0]["id"], **EMAIL, **plain, **unproved}]
    read = api("agent").get(response.headers["Location"])
    assert (read.json, read.headers["ETag"]) == (contact, '"1"')
    page = api("agent").get("/contacts?filter[email]=ZOE@example.com&count=exact&fields=display_name").json
    assert page == {
        "data": [{"id": contact["id"], "display_name": "Zoë"}],
        "page": {"next_cursor": None, "has_more": False, "total": 1},
    }


INVALID: list[tuple[Any, str]] = [
    ({}, "/display_name"),
    ({"display_name": ""}, "/display_name"),
    ({"display_name": "x" * 301}, "/display_name"),
    ({"display_name": 5}, "/display_name"),
    ({"display_name": "Z", "company_ids": []}, "/company_ids"),
    ({"display_name": "Z", "properties": {"nobody": 1}}, "/properties/nobody"),
    ({"display_name": "Z", "owner_employee_id": "me"}, "/owner_employee_id"),
    ({"display_name": "Z", "tags": [""]}, "/tags/0"),
    ({"display_name": "Z", "tags": None}, "/tags"),
    ({"identifiers": [{"kind": "email", "value": "zoe"}]}, "/identifiers/0/value"),
    ({"identifiers": [{"kind": "fax", "value": "1"}]}, "/identifiers/0/kind"),
    ({"identifiers": [{"kind": "external", "value": "1"}]}, "/identifiers/0/namespace"),
    ({"identifiers": [{"kind": "external", "namespace": "email", "value": "1"}]}, "/identifiers/0/namespace"),
    ({"identifiers": [{"kind": "external", "namespace": "A B", "value": "1"}]}, "/identifiers/0/namespace"),
    ({"identifiers": [{**EMAIL, "namespace": "crm"}]}, "/identifiers/0/namespace"),
    ({"identifiers": [EMAIL, {"kind": "email", "value": "ZOE@example.com"}]}, "/identifiers/1/value"),
    (
        {"identifiers": [{**EMAIL, "primary": True}, {**EMAIL, "value": "a@b.example", "primary": True}]},
        "/identifiers",
    ),
    ({"identifiers": [EMAIL] * 51}, "/identifiers"),
]


def test_invalid(api: Api) -> None:
    for body, where in INVALID:
        response = api("agent").post("/contacts", json=body)
        assert (response.status_code, response.json["code"]) == (422, "invalid"), body
        assert pointers(response) == [where], body
    assert api("agent").get("/contacts").json["data"] == []


# Conflicts, versions, trash


def test_a_taken_identifier_names_its_holder(api: Api) -> None:
    first = create(api, identifiers=[EMAIL])
    response = api("agent").post("/contacts", json={"identifiers": [EMAIL]})
    assert (response.status_code, response.json["code"]) == (409, "identifier_taken")
    assert response.json["contact_id"] == first["id"]
    blind = api("agent", "contacts:write").post("/contacts", json={"identifiers": [EMAIL]})
    assert blind.status_code == 409
    assert "contact_id" not in blind.json


def test_if_match(api: Api) -> None:
    path = f"/contacts/{create(api)['id']}"
    changed = api("agent").patch(path, json={"tags": ["a"]}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    stale = api("agent").patch(path, json={"tags": ["b"]}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json["code"]) == (412, "stale")
    assert api("support_admin").delete(path, headers={"If-Match": '"1"'}).status_code == 412
    assert api("support_admin").delete(path, headers={"If-Match": '"2"'}).status_code == 204


def test_trash_and_restore(api: Api) -> None:
    contact = create(api, identifiers=[EMAIL])
    path = f"/contacts/{contact['id']}"
    assert api("agent").delete(path).json["code"] == "forbidden"
    assert api("support_admin").delete(path).status_code == 204
    assert api("agent").get(path).status_code == 404
    assert api("agent").get("/contacts").json["data"] == []
    assert api("agent").get("/contacts/by-id/email/zoe@example.com").status_code == 404
    create(api, identifiers=[EMAIL])
    reused = api("support_admin").post(f"{path}/restore")
    assert (reused.status_code, reused.json["code"]) == (409, "identifier_reused")
    restored = api("support_admin").post(f"{path}/restore", json={"release_taken": True})
    assert (restored.status_code, restored.json["identifiers"], restored.json["version"]) == (200, [], 3)


def test_a_malformed_id_is_not_found(api: Api) -> None:
    for bad in ["con_1", "x", "tkt_01jd0000000000000000000000", "con_81jd0000000000000000000000"]:
        response = api("agent").get(f"/contacts/{bad}")
        assert (response.status_code, response.json["code"]) == (404, "not_found"), bad


# Upsert, by id, batch


def test_upsert_and_by_id(api: Api) -> None:
    crm = {"kind": "external", "namespace": "crm", "value": "a/b 1"}
    created = api("agent").post("/contacts/upsert", json={"identifiers": [crm], "display_name": "Zoë"})
    assert (created.status_code, "Location" in created.headers) == (201, True)
    updated = api("agent").post("/contacts/upsert", json={"identifiers": [crm, EMAIL], "tags": ["x"]})
    assert (updated.status_code, updated.json["id"]) == (200, created.json["id"])
    for path in ("crm/a/b 1", "crm/a%2Fb%201", "email/ZOE@example.com"):
        assert api("agent").get(f"/contacts/by-id/{path}").json == updated.json
    put = api("agent").put("/contacts/by-id/email/zoe@example.com", json={"display_name": "Zoe"})
    assert (put.status_code, put.json["display_name"]) == (200, "Zoe")
    assert api("agent").put("/contacts/by-id/crm/2", json={}).status_code == 201
    assert api("agent").get("/contacts/by-id/crm/%00").status_code in (400, 404)
    other = create(api, identifiers=[{"kind": "phone", "value": "+4930901820"}])
    both = api("agent").post(
        "/contacts/upsert", json={"identifiers": [EMAIL, {"kind": "phone", "value": "+4930901820"}]}
    )
    assert (both.status_code, both.json["code"]) == (409, "ambiguous_match")
    assert other["id"] in both.json["contact_ids"]


def test_e_c_28_a_batch_of_a_hundred_with_one_email(api: Api) -> None:
    response = api("agent").post("/contacts/batch", json={"items": [{"identifiers": [EMAIL]}] * 100})
    statuses = [result["status"] for result in response.json["results"]]
    assert statuses == [201] + [409] * 99
    assert response.json["results"][1]["error"]["code"] == "identifier_taken"


def test_a_batch_creates_and_updates(api: Api) -> None:
    contact = create(api)
    items = [{"id": contact["id"], "tags": ["x"]}, {"display_name": "New"}, {"id": UNKNOWN, "tags": []}, {"nope": 1}]
    results = api("agent").post("/contacts/batch", json={"items": items}).json["results"]
    assert [result["status"] for result in results] == [200, 201, 404, 422]
    atomic = api("agent").post("/contacts/batch", json={"items": items, "atomic": True}).json["results"]
    assert [result["status"] for result in atomic] == [409, 409, 404, 409]
    assert len(api("agent").get("/contacts").json["data"]) == 2


def test_a_retry_with_its_key_makes_one_contact(api: Api) -> None:
    key = {"Idempotency-Key": "k1"}
    first = api("agent").post("/contacts", json={"display_name": "Zoë"}, headers=key)
    again = api("agent").post("/contacts", json={"display_name": "Zoë"}, headers=key)
    assert (again.data, again.headers["Idempotency-Replayed"]) == (first.data, "true")
    assert len(api("agent").get("/contacts").json["data"]) == 1


# Lists


WRONG_QUERIES = [
    "limit=0",
    "limit=201",
    "sort=tags",
    "filter[nope]=1",
    "filter[tags][exists]=true",
    "filter[created_at][gt]=yesterday",
    "filter[created_at][gt]=2026-11-22T09:30:00",
    "nope=1",
]


def test_a_wrong_query_is_refused(api: Api) -> None:
    for query in WRONG_QUERIES:
        assert api("agent").get(f"/contacts?{query}").status_code == 422, query


def test_cursors(api: Api) -> None:
    for number in range(3):
        create(api, display_name=str(number))
    page = api("agent").get("/contacts?limit=1&sort=display_name").json
    cursor = page["page"]["next_cursor"]
    assert page["page"]["has_more"]
    assert (
        api("agent").get(f"/contacts?limit=1&sort=display_name&cursor={cursor}").json["data"][0]["display_name"] == "1"
    )
    assert api("agent").get(f"/contacts?sort=-display_name&cursor={cursor}").json["code"] == "cursor_mismatch"
    assert api("agent").get(f"/contacts?sort=display_name&cursor={cursor[:-1]}").json["code"] == "cursor_invalid"
