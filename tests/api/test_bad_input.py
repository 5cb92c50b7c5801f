"""Whatever is wrong with a request has its documented code; nothing is half written."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portico.domains.identity import service as identity
from portico.kernel import secrets
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import system_unit
from tests.support.world import World

MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}


def problem(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json["code"]) == (status, code), answer.json
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"] == f"http://127.0.0.1:8000/docs/errors#{code}"
    assert answer.json["title"]
    assert answer.json["detail"]
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]
    found: dict[str, Any] = answer.json
    return found


def pointers(answer: TestResponse) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in answer.json["errors"]}


def count_contacts(world: World) -> int:
    total: int = world.api("agent").get("/contacts?limit=1&count=exact").json["page"]["total"]
    return total


def send_body(world: World, body: bytes, headers: dict[str, str] | None = None) -> TestResponse:
    return world.api("agent").post("/contacts", data=body, headers=headers or JSON)


BODIES = {
    "nothing": b"",
    "not JSON": b"display_name=Zoe",
    "cut off": b'{"display_name": "Zo',
    "trailing": b'{"display_name": "Zoe"} x',
    "NaN": b'{"display_name": NaN}',
    "a list": b"[]",
    "a text": b'"Zoe"',
    "null": b"null",
    "not UTF-8": b'{"display_name": "Zo\xeb"}',
    "UTF-16": '{"display_name": "Zoe"}'.encode("utf-16"),
    "lone surrogate": b'{"display_name": "\\ud800"}',
    "NUL, escaped": b'{"display_name": "Z\\u0000oe"}',
    "NUL in a name": b'{"display\\u0000_name": "Zoe"}',
    "NUL, raw": b'{"display_name": "Z\x00oe"}',
    "33 levels": b'{"tags": ' + b"[" * 33 + b"]" * 33 + b"}",
    "100,000 levels": b'{"tags": ' + b"[" * 100_000,
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_cannot_be_read(world: World, name: str) -> None:
    before = count_contacts(world)
    problem(send_body(world, BODIES[name]), 400, "malformed")
    assert count_contacts(world) == before


def test_a_backslash_before_u0000_is_no_nul(world: World) -> None:
    answer = send_body(world, json.dumps({"display_name": "C:\\u0000"}).encode())
    assert (answer.status_code, answer.json["display_name"]) == (201, "C:\\u0000")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_content_type(world: World, kind: str) -> None:
    problem(send_body(world, b'{"display_name": "Zoe"}', {"Content-Type": kind}), 415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/merge-patch+json"])
def test_kinds_of_json(world: World, kind: str) -> None:
    assert send_body(world, b'{"display_name": "Zoe"}', {"Content-Type": kind}).status_code == 201


def test_a_body_over_one_mebibyte(world: World) -> None:
    """E-G-10; the depth: BODIES above."""
    before = count_contacts(world)
    problem(send_body(world, b'{"display_name": "' + b"x" * MIB + b'"}'), 413, "too_large")
    blank = b'{"display_name": "Zoe"' + b" " * (MIB - 24) + b"}"
    assert len(blank) <= MIB
    assert send_body(world, blank).status_code == 201
    assert count_contacts(world) == before + 1


WRONG_FIELDS: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "unknown": ({"display_name": "Zoe", "colour": "red"}, {"/colour": "unknown"}),
    "unknown, below": (
        {"identifiers": [{"kind": "email", "value": "z@example.com", "x": 1}]},
        {"/identifiers/0/x": "unknown"},
    ),
    "escaped pointer": ({"display_name": "Zoe", "a/b~c": 1}, {"/a~1b~0c": "unknown"}),
    "missing, below": ({"identifiers": [{"kind": "email"}]}, {"/identifiers/0/value": "required"}),
    "wrong type": ({"display_name": 1}, {"/display_name": "invalid"}),
    "null": ({"display_name": "Zoe", "tags": None}, {"/tags": "null"}),
    "too long": ({"display_name": "x" * 301}, {"/display_name": "invalid"}),
    "blank": ({"display_name": " \u200e "}, {"/display_name": "invalid"}),
    "malformed id": ({"display_name": "Zoe", "owner_employee_id": "emp_1"}, {"/owner_employee_id": "invalid"}),
    "two at once": ({"display_name": 1, "x": 1}, {"/display_name": "invalid", "/x": "unknown"}),
}


@pytest.mark.parametrize("name", WRONG_FIELDS)
def test_a_wrong_field_is_named_by_its_pointer(world: World, name: str) -> None:
    """E-G-09; of each operation: tests/api/test_edges.py."""
    body, expected = WRONG_FIELDS[name]
    before = count_contacts(world)
    answer = world.api("agent").post("/contacts", json=body)
    problem(answer, 422, "invalid")
    assert pointers(answer) == expected
    assert count_contacts(world) == before


def test_an_id_of_nobody_in_a_body(world: World) -> None:
    answer = world.api("agent").post("/contacts", json={"display_name": "Zoe", "owner_employee_id": new_id("emp")})
    problem(answer, 422, "invalid")
    assert set(pointers(answer)) == {"/owner_employee_id"}


@pytest.mark.parametrize(
    "contact_id", ["con_1", "con_" + "z" * 26, "con_" + "8" * 26, "x", "tkt_01k8178gi2epf9u1hsdmtav4bf", "con_%00"]
)
@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_malformed_id_is_not_found(world: World, method: str, contact_id: str) -> None:
    problem(world.api("agent")._call(method, f"/contacts/{contact_id}", json={}), 404, "not_found")


def test_an_id_in_capitals_is_another_one(world: World) -> None:
    contact = world.contact()
    problem(world.api("agent").get(f"/contacts/{contact['id'].upper()}"), 404, "not_found")


# Lists


@pytest.fixture(scope="module")
def contacts(world: World) -> list[dict[str, Any]]:
    return [world.contact() for _ in range(3)]


def cursor_of(world: World, query: str = "") -> str:
    found: str = world.api("agent").get(f"/contacts?limit=1{query}").json["page"]["next_cursor"]
    return found


@pytest.mark.parametrize("limit", ["0", "201", "-1", "x", "", "1.5", "1e2", "٣", "9" * 5000, " 5"])
def test_a_limit_out_of_bounds(world: World, limit: str) -> None:
    answer = world.api("agent").get(f"/contacts?limit={quote(limit)}")
    problem(answer, 422, "invalid")
    assert pointers(answer) == {"/query/limit": "invalid"}


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("colour=red", "/query/colour"),
        ("filter[colour]=red", "/query/filter[colour]"),
        ("filter[lifecycle_stage][lt]=x", "/query/filter[lifecycle_stage]"),
        ("filter[lifecycle_stage][like]=x", "/query/filter[lifecycle_stage]"),
        ("filter[lifecycle_stage][exists]=maybe", "/query/filter[lifecycle_stage]"),
        ("filter[created_at][gt]=yesterday", "/query/filter[created_at]"),
        ("filter[created_at][gt]=2026-11-22T09:30:00", "/query/filter[created_at]"),
        ("filter[created_at][gt]=2026-11-22", "/query/filter[created_at]"),
        ("filter[created_at][gt]=0001-01-01T00:00:00Z", "/query/filter[created_at]"),
        ("filter[created_at][gt]=0001-01-01T00:00:00%2B14:00", "/query/filter[created_at]"),
        ("filter[created_at][gt]=9999-12-31T23:59:59Z", "/query/filter[created_at]"),
        ("filter[created_at][gt]=9999-12-31T23:59:59-14:00", "/query/filter[created_at]"),
        ("sort=colour", "/query/sort"),
        ("sort=--created_at", "/query/sort"),
        ("count=all", "/query/count"),
        ("filter[lifecycle_stage][in]=" + ",".join("x" * 201), "/query/filter[lifecycle_stage]"),
    ],
)
def test_a_query_that_a_list_does_not_have(world: World, query: str, pointer: str) -> None:
    answer = world.api("agent").get(f"/contacts?{query}")
    problem(answer, 422, "invalid")
    assert set(pointers(answer)) == {pointer}


@pytest.mark.parametrize("query", ["q=%00", "filter[lifecycle_stage]=%00", "cursor=%00", "fields=%00"])
def test_nul_in_a_query(world: World, query: str) -> None:
    assert world.api("agent").get(f"/contacts?{query}").status_code in (400, 422)


def test_nul_in_a_path(world: World) -> None:
    problem(world.api("agent").get("/contacts/by-id/crm/a%00b"), 404, "not_found")
    answer = world.api("agent")._call("PUT", "/contacts/by-id/crm/a%00b", json={"display_name": "Zoe"})
    assert answer.status_code in (404, 422)


@pytest.mark.parametrize("query", ["q=%FF%FE", "filter[lifecycle_stage]=%ED%A0%80", "filter[created_at][gt]=%FF"])
def test_bytes_that_are_no_text_in_a_query(world: World, query: str) -> None:
    assert world.api("agent").get(f"/contacts?{query}").status_code in (200, 400, 422)


def _tampered(cursor: str) -> str:
    return ("A" if cursor[0] != "A" else "B") + cursor[1:]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda c: "x",
        lambda c: c[:-1],
        lambda c: c + "A",
        _tampered,
        lambda c: c.rpartition(".")[0],
        lambda c: ".",
        lambda c: "ü",
        lambda c: c * 2000,
    ],
)
def test_a_cursor_that_this_server_did_not_make(world: World, contacts: Any, spoil: Any) -> None:
    """E-G-03."""
    cursor = quote(spoil(cursor_of(world)))
    problem(world.api("agent").get(f"/contacts?cursor={cursor}"), 400, "cursor_invalid")
    problem(world.api("agent").get(f"/events?after={cursor}"), 400, "cursor_invalid")


@pytest.mark.parametrize(
    "query", ["&sort=display_name", "&sort=created_at", "&filter[lifecycle_stage]=lead", "&q=contact"]
)
def test_a_cursor_of_another_filter(world: World, contacts: Any, query: str) -> None:
    """E-G-02."""
    answer = world.api("agent").get(f"/contacts?cursor={cursor_of(world)}{query}")
    problem(answer, 400, "cursor_mismatch")


def test_a_cursor_of_another_list_or_workspace(world: World, contacts: Any) -> None:
    theirs = world.api("outsider")
    for name in ("One", "Two"):
        assert theirs.post("/contacts", json={"display_name": name}).status_code == 201
    problem(theirs.get(f"/contacts?cursor={cursor_of(world)}"), 400, "cursor_mismatch")
    problem(world.api("agent").get(f"/tickets?cursor={cursor_of(world)}"), 400, "cursor_mismatch")
    answer = world.api("agent").get(f"/events?after={cursor_of(world)}")
    assert answer.json["code"] in ("cursor_invalid", "cursor_mismatch")


def test_a_cursor_may_go_on_with_another_limit_and_needs_no_quoting(world: World, contacts: Any) -> None:
    cursor = cursor_of(world)
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~")
    assert world.api("agent").get(f"/contacts?cursor={cursor}&limit=2").status_code == 200


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "types=ticket", "types=a%20b", "after=x", "colour=red"])
def test_a_wrong_question_for_events(world: World, query: str) -> None:
    answer = world.api("agent").get(f"/events?{query}")
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"


def test_fields_and_searches_of_any_kind_are_harmless(world: World, contacts: Any) -> None:
    for query in ("q=%25_%27%22\\", "q=" + "a " * 500, "fields=id,nothing", "q=%F0%9F%98%80", "q=" + "x" * 5000):
        assert world.api("agent").get(f"/contacts?{query}").status_code == 200, query


# Preconditions


@pytest.mark.parametrize("tag", ['"0"', '"99"', '"x"', "", '"-1"', "one", '"1", "2"', '"' + "9" * 400 + '"'])
@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_an_etag_that_is_not_the_present_one(world: World, method: str, tag: str) -> None:
    contact = world.contact()
    client = world.api("support_admin")
    path = f"/contacts/{contact['id']}"
    answer = client._call(method, path, json={"display_name": "Other"}, headers={"If-Match": tag})
    problem(answer, 412, "stale")
    assert client.get(path).json == contact


def test_the_present_etag_is_let_in_once(world: World) -> None:
    contact = world.contact()
    client = world.api("agent")
    path = f"/contacts/{contact['id']}"
    read = client.get(path)
    assert read.headers["ETag"] == f'"{contact["version"]}"'
    headers = {"If-Match": read.headers["ETag"]}
    changed = client.patch(path, json={"display_name": "Once"}, headers=headers)
    assert (changed.status_code, changed.headers["ETag"]) == (200, f'"{contact["version"] + 1}"')
    problem(client.patch(path, json={"display_name": "Twice"}, headers=headers), 412, "stale")


# Paths, methods, headers


def test_a_method_that_a_path_does_not_have(world: World) -> None:
    answer = world.api("agent")._call("PUT", "/contacts", json={})
    problem(answer, 405, "method_not_allowed")
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(",", " ").split())


@pytest.mark.parametrize(
    "path", ["/api", "/api/", "/api/v1", "/api/v1/", "/api/v2/contacts", "/api/v1/nothing", "/api/x"]
)
def test_a_path_that_is_not_there(flask_app: Flask, path: str) -> None:
    problem(flask_app.test_client().get(path), 404, "not_found")


@pytest.mark.parametrize("given", ["a-request-of-mine", "A.b_c-1234", "x" * 64])
def test_a_request_id_is_taken_over(world: World, given: str) -> None:
    answer = world.api("agent").get("/contacts/x", headers={"X-Request-Id": given})
    assert answer.headers["X-Request-Id"] == given == answer.json["request_id"]


@pytest.mark.parametrize("given", ["short", "x" * 65, "with blank in it", "<script>alert(1)</script>", "ümlaut-here"])
def test_a_request_id_that_is_none_is_replaced(world: World, given: str) -> None:
    answer = world.api("agent").get("/me", headers={"X-Request-Id": given.encode().decode("latin-1")})
    assert answer.headers["X-Request-Id"].startswith("req_")


TOKENS = {
    "no token": ("", "token_missing"),
    "another scheme": ("Basic eDp5", "token_missing"),
    "no value": ("Bearer", "token_missing"),
    "blank value": ("Bearer   ", "token_missing"),
    "rubbish": ("Bearer x", "token_invalid"),
    "unknown kind": ("Bearer " + secrets.new_token("xxx_"), "token_invalid"),
    "a typing error": ("Bearer " + secrets.new_token("ptp_")[:-1] + "!", "token_invalid"),
    "nobody's": ("Bearer " + secrets.new_token("ptp_"), "token_invalid"),
    "nobody's app": ("Bearer " + secrets.new_token("pti_"), "token_invalid"),
    "a client secret": ("Bearer " + secrets.new_token("pcs_"), "token_invalid"),
    "very long": ("Bearer ptp_" + "x" * 100_000, "token_invalid"),
    "not ASCII": ("Bearer ptp_" + "\xfc" * 60, "token_invalid"),
}


@pytest.mark.parametrize("name", TOKENS)
def test_what_is_no_token(flask_app: Flask, name: str) -> None:
    authorization, code = TOKENS[name]
    headers = {"Authorization": authorization} if authorization else {}
    answer = flask_app.test_client().get("/api/v1/me", headers=headers)
    problem(answer, 401, code)
    challenge = answer.headers["WWW-Authenticate"]
    assert challenge.startswith('Bearer resource_metadata="http://127.0.0.1:8000/.well-known/oauth-protected-resource"')
    assert ("error=" in challenge) == (code == "token_invalid")


def test_cookies_are_never_read(world: World, flask_app: Flask) -> None:
    with system_unit("tests: a session", write=True):
        token = identity.start_session(world.cast.users["owner"], "a browser")
    client = flask_app.test_client()
    for name in ("portico_session", "__Host-portico_session"):
        client.set_cookie(name, token)
    problem(client.get("/api/v1/me"), 401, "token_missing")
    problem(client.post("/api/v1/contacts", json={"display_name": "Zoe"}), 401, "token_missing")


def test_a_token_in_the_query_is_ignored(world: World, flask_app: Flask) -> None:
    token = world.cast.token("owner")
    for name in ("access_token", "token", "bearer"):
        problem(flask_app.test_client().get(f"/api/v1/me?{name}={token}"), 401, "token_missing")
    form = flask_app.test_client().post("/api/v1/contacts", data={"access_token": token})
    problem(form, 401, "token_missing")


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "POST"])
def test_no_other_origin_is_let_in(world: World, method: str) -> None:
    headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    answer = world.api("agent")._call(method, "/contacts", headers=headers)
    assert not [name for name in answer.headers.keys() if name.lower().startswith("access-control-")]  # noqa: SIM118


@pytest.mark.parametrize("host", ["evil.example", "evil.example:1", "127.0.0.1:8000@evil.example", "evil.example/x?"])
def test_the_host_header_decides_nothing(world: World, flask_app: Flask, host: str) -> None:
    headers = {"Host": host, "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    for path in ("/contacts", "/me", "/nothing", "/contacts/x"):
        for name in ("agent", None):
            answer = world.api(name).get(path, headers=headers)
            assert answer.status_code in (200, 400, 401, 404)
            assert "evil" not in f"{answer.headers}{answer.text}"
    made = world.api("agent").post("/contacts", json={"display_name": "Zoe"}, headers=headers)
    assert "evil" not in f"{made.headers}{made.text}"
    for path in ("/.well-known/oauth-authorization-server", "/.well-known/oauth-protected-resource", "/oauth/jwks"):
        answer = flask_app.test_client().get(path, headers=headers)
        assert "evil" not in f"{answer.headers}{answer.text}"


# Batches


def batch(world: World, items: list[Any], **more: Any) -> TestResponse:
    return world.api("agent").post("/contacts/batch", json={"items": items, **more})


def test_a_batch_answers_in_order_and_each_item_stands_alone(world: World) -> None:
    contact = world.contact()
    before = count_contacts(world)
    address = contact["identifiers"][0]["value"]
    taken = {"display_name": "Twin", "identifiers": [{"kind": "email", "value": address}]}
    answer = batch(
        world,
        [
            {"display_name": "One"},
            {"id": contact["id"], "display_name": "Changed"},
            {"display_name": 5},
            {"id": new_id("con"), "display_name": "Nobody"},
            {"id": "rubbish", "display_name": "Nobody"},
            {"id": 5, "display_name": "Nobody"},
            taken,
            {"display_name": "Two"},
        ],
    )
    results = answer.json["results"]
    assert [result["status"] for result in results] == [201, 200, 422, 404, 404, 404, 409, 201]
    assert [result["data"]["display_name"] for result in results if "data" in result] == ["One", "Changed", "Two"]
    assert results[2]["error"]["errors"][0]["pointer"] == "/display_name"
    assert results[6]["error"]["code"] == "identifier_taken"
    assert count_contacts(world) == before + 2


def test_an_atomic_batch_is_all_or_nothing(world: World) -> None:
    contact = world.contact()
    before = count_contacts(world)
    items = [{"display_name": "One"}, {"id": contact["id"], "display_name": "Changed"}, {"display_name": 5}]
    results = batch(world, [*items, {"display_name": "Two"}], atomic=True).json["results"]
    assert [result["status"] for result in results] == [409, 409, 422, 409]
    assert {result["error"]["code"] for result in results} == {"batch_undone", "invalid"}
    assert count_contacts(world) == before
    assert world.api("agent").get(f"/contacts/{contact['id']}").json == contact
    done = batch(world, items[:2], atomic=True).json["results"]
    assert [result["status"] for result in done] == [201, 200]


def test_an_undone_batch_leaves_no_event(world: World) -> None:
    latest = world.api("agent").get("/events?after=latest").json["page"]["next_cursor"]
    batch(world, [{"display_name": "One"}, {"display_name": 5}], atomic=True)
    assert world.api("agent").get(f"/events?after={latest}").json["data"] == []


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"items": []}, "/items"),
        ({"items": [{"display_name": "x"}] * 101}, "/items"),
        ({}, "/items"),
        ({"items": ["x"]}, "/items/0"),
        ({"items": [None]}, "/items/0"),
        ({"items": [{"display_name": "x"}], "atomic": "perhaps"}, "/atomic"),
        ({"items": [{"display_name": "x"}], "colour": 1}, "/colour"),
    ],
)
def test_a_batch_that_is_none(world: World, body: dict[str, Any], pointer: str) -> None:
    before = count_contacts(world)
    answer = world.api("agent").post("/contacts/batch", json=body)
    problem(answer, 422, "invalid")
    assert set(pointers(answer)) == {pointer}
    assert count_contacts(world) == before


def test_a_hundred_items_are_a_batch(world: World) -> None:
    results = batch(world, [{"display_name": f"Contact {n}"} for n in range(100)]).json["results"]
    assert [result["data"]["display_name"] for result in results] == [f"Contact {n}" for n in range(100)]
