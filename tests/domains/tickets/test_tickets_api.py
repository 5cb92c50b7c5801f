"""Tickets over HTTP: statuses, codes and headers."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.tickets.schemas import RequesterTicket, Ticket
from tests.support.http import Api

HIDDEN = sorted(set(Ticket().fields) - set(RequesterTicket().fields) - {"redacted"})
UNKNOWN = "tkt_01jd0000000000000000000000"
TICKET = {"subject": "Help", "requester": {"contact_id": "con_01jd0000000000000000000000"}}
WRITE = ("tickets:write",)
COMMENTING = ("tickets:write", "tickets.internal:write")
OPERATIONS: list[tuple[str, str, Any, tuple[str, ...]]] = [
    ("get", "/tickets", None, ("tickets:read",)),
    ("post", "/tickets", TICKET, WRITE),
    ("post", "/tickets/batch", {"items": [TICKET]}, WRITE),
    ("get", f"/tickets/{UNKNOWN}", None, ("tickets:read",)),
    ("patch", f"/tickets/{UNKNOWN}", {"subject": "x"}, WRITE),
    ("delete", f"/tickets/{UNKNOWN}", None, WRITE),
    ("post", f"/tickets/{UNKNOWN}/restore", None, WRITE),
    ("post", f"/tickets/{UNKNOWN}/assign", {"assignee_id": None}, WRITE),
    ("post", f"/tickets/{UNKNOWN}/take", None, WRITE),
    ("get", f"/tickets/{UNKNOWN}/comments", None, ("tickets:read",)),
    ("post", f"/tickets/{UNKNOWN}/comments", {"body": "x"}, COMMENTING),
]


def call(client: Any, method: str, path: str, body: Any = None, **headers: str) -> Any:
    options = {} if body is None else {"json": body}
    return getattr(client, method)(path, headers=headers, **options)


def contact(api: Api, by: str = "agent") -> str:
    return str(api(by).post("/contacts", json={"display_name": "Zoë"}).json["id"])


def create(api: Api, by: str = "agent", **body: Any) -> dict[str, Any]:
    if "requester" not in body:
        body["requester"] = {"contact_id": contact(api, by)}
    response = api(by).post("/tickets", json={"subject": "Help", **body})
    assert response.status_code == 201, response.json
    return dict(response.json)


def own(api: Api) -> dict[str, Any]:
    return create(api, "employee", requester={"employee_id": api.cast.employee_id("employee")})


# The five


def test_anonymous(api: Api) -> None:
    for method, path, body, _ in OPERATIONS:
        response = call(api(None), method, path, body)
        assert (response.status_code, response.json["code"]) == (401, "token_missing"), (method, path)


def test_missing_scope(api: Api) -> None:
    for method, path, body, scopes in OPERATIONS:
        response = call(api("agent", "contacts:read"), method, path, body)
        assert (response.status_code, response.json["code"]) == (403, "insufficient_scope"), (method, path)
        assert response.json["required_scopes"] == list(scopes)


ON_A_TICKET: list[tuple[str, str, Any]] = [
    ("get", "", None),
    ("patch", "", {"subject": "x"}),
    ("delete", "", None),
    ("post", "/restore", None),
    ("post", "/assign", {"assignee_id": None}),
    ("post", "/take", None),
    ("get", "/comments", None),
    ("post", "/comments", {"body": "x"}),
]


@pytest.mark.parametrize("by", ["outsider", "employee"])
def test_wrong_workspace_and_other_peoples_tickets(api: Api, by: str) -> None:
    ticket = create(api)
    for method, suffix, body in ON_A_TICKET:
        response = call(api(by), method, f"/tickets/{ticket['id']}{suffix}", body)
        expected = 403 if by == "employee" and suffix == "/restore" else 404
        assert response.status_code == expected, (method, suffix)
    assert api(by).get("/tickets").json["data"] == []


def test_happy(api: Api) -> None:
    contact_id = contact(api)
    response = api("agent").post(
        "/tickets",
        json={
            "subject": "Help",
            "requester": {"contact_id": contact_id},
            "priority": "high",
            "comment": {"body": "It broke."},
        },
    )
    assert response.status_code == 201
    ticket = response.json
    assert response.headers["Location"] == f"/api/v1/tickets/{ticket['id']}"
    assert set(ticket) == {
        "id",
        "number",
        "subject",
        "status",
        "status_id",
        "hold_reason",
        "type",
        "snoozed_until",
        "queue_id",
        "follow_up_of",
        "priority",
        "requester",
        "assignee_id",
        "channel",
        "tags",
        "properties",
        "created_at",
        "updated_at",
        "solved_at",
        "version",
    }
    assert (ticket["requester"], ticket["channel"]) == ({"contact_id": contact_id}, "api")
    read = api("agent").get(response.headers["Location"])
    assert (read.json, read.headers["ETag"]) == (ticket, '"1"')
    assert api("agent").get("/tickets?filter[priority]=high&filter[number]=1").json["data"] == [ticket]
    comments = api("agent").get(f"/tickets/{ticket['id']}/comments").json["data"]
    assert [set(one) for one in comments] == [
        {"id", "ticket_id", "body", "visibility", "author", "attachments", "created_at", "redacted_at"}
    ]
    assert comments[0]["author"] == {
        "kind": "employee",
        "id": api.cast.employee_id("agent"),
        "display_name": "Agent",
    }


INVALID: list[tuple[Any, str]] = [
    ({"subject": None}, "/subject"),
    ({"subject": " "}, "/subject"),
    ({"requester": {}}, "/requester"),
    ({"requester": {"contact_id": "x"}}, "/requester/contact_id"),
    ({"requester": {"contact_id": "con_01jd0000000000000000000000"}}, "/requester/contact_id"),
    ({"requester": {"employee_id": "emp_01jd0000000000000000000000"}}, "/requester/employee_id"),
    ({"priority": "extreme"}, "/priority"),
    ({"status": "open"}, "/status"),
    ({"queue_id": "que_01jd0000000000000000000000"}, "/queue_id"),
    ({"properties": {"nobody": 1}}, "/properties/nobody"),
    ({"channel": "smoke"}, "/channel"),
    ({"assignee_id": "emp_01jd0000000000000000000000"}, "/assignee_id"),
    ({"comment": {"body": ""}}, "/comment/body"),
    ({"comment": {"body": "x", "visibility": "secret"}}, "/comment/visibility"),
]


def test_invalid(api: Api) -> None:
    base = {"subject": "Help", "requester": {"contact_id": contact(api)}}
    for body, where in INVALID:
        response = api("agent").post("/tickets", json={**base, **body})
        assert (response.status_code, response.json["code"]) == (422, "invalid"), body
        assert [error["pointer"] for error in response.json["errors"]] == [where], body
    assert api("agent").get("/tickets").json["data"] == []


def test_both_requesters_are_one_too_many(api: Api) -> None:
    requester = {"contact_id": contact(api), "employee_id": api.cast.employee_id("agent")}
    response = api("agent").post("/tickets", json={"subject": "Help", "requester": requester})
    assert [error["pointer"] for error in response.json["errors"]] == ["/requester"]


# Steps


def test_status_by_patch(api: Api) -> None:
    path = f"/tickets/{create(api)['id']}"
    solved = api("agent").patch(path, json={"status": "solved"})
    assert (solved.status_code, solved.json["status"], solved.headers["ETag"]) == (200, "solved", '"2"')
    assert solved.json["solved_at"].endswith("Z")
    wrong = api("agent").patch(path, json={"status": "new"})
    assert (wrong.status_code, wrong.json["code"]) == (409, "invalid_transition")
    assert api("agent").patch(path, json={"status": "closed"}).json["status"] == "closed"
    reopened = api("agent").patch(path, json={"status": "open"})
    assert (reopened.status_code, reopened.json["code"]) == (409, "invalid_transition")
    for late in (
        api("agent").patch(path, json={"subject": "x"}),
        api("agent").post(f"{path}/comments", json={"body": "x"}),
        api("agent").post(f"{path}/take"),
        api("agent").post(f"{path}/assign", json={"assignee_id": api.cast.employee_id("agent")}),
    ):
        assert (late.status_code, late.json["code"]) == (409, "ticket_closed")


def test_take_and_assign(api: Api) -> None:
    path = f"/tickets/{create(api)['id']}"
    assert api("agent").post(f"{path}/take").json["assignee_id"] == api.cast.employee_id("agent")
    late = api("admin").post(f"{path}/take", json={})
    assert (late.status_code, late.json["code"]) == (409, "already_assigned")
    assert api("admin").post(f"{path}/assign", json={"assignee_id": None}).json["assignee_id"] is None
    assert api("admin").post(f"{path}/assign", json={}).status_code == 422
    foreign = api("admin").post(f"{path}/assign", json={"assignee_id": api.cast.employee_id("outsider")})
    assert [error["pointer"] for error in foreign.json["errors"]] == ["/assignee_id"]


def test_if_match(api: Api) -> None:
    path = f"/tickets/{create(api)['id']}"
    assert api("agent").patch(path, json={"priority": "low"}, headers={"If-Match": '"1"'}).status_code == 200
    stale = api("agent").patch(path, json={"priority": "high"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json["code"]) == (412, "stale")


def test_null_clears_the_assignee_and_absent_keeps_it(api: Api) -> None:
    agent = api.cast.employee_id("agent")
    path = f"/tickets/{create(api, assignee_id=agent)['id']}"
    assert api("agent").patch(path, json={"tags": ["a", "a"]}).json["assignee_id"] == agent
    changed = api("agent").patch(path, json={"assignee_id": None}).json
    assert (changed["assignee_id"], changed["tags"]) == (None, ["a"])
    for name in ("subject", "status", "priority", "tags"):
        assert api("agent").patch(path, json={name: None}).status_code == 422


def test_trash_and_restore(api: Api) -> None:
    path = f"/tickets/{create(api)['id']}"
    assert api("agent").delete(path).json["code"] == "forbidden"
    assert api("support_admin").delete(path).status_code == 204
    assert api("agent").get(path).status_code == 404
    assert api("support_admin").post(f"{path}/restore").json["version"] == 3
    assert api("agent").get(path).status_code == 200


# Comments and the requester's side


def test_internal_notes_over_the_api(api: Api) -> None:
    ticket = own(api)
    path = f"/tickets/{ticket['id']}/comments"
    note = api("agent", "tickets.internal:write").post(path, json={"body": "Careful", "visibility": "internal"})
    assert (note.status_code, note.json["visibility"]) == (201, "internal")
    refused = api("agent", "tickets:write").post(path, json={"body": "x", "visibility": "internal"})
    assert (refused.status_code, refused.json["required_scopes"]) == (403, ["tickets.internal:write"])
    assert api("employee").post(path, json={"body": "x", "visibility": "internal"}).status_code == 403
    assert api("employee").post(path, json={"body": "Thanks"}).json["visibility"] == "public"
    assert [one["body"] for one in api("agent").get(path).json["data"]] == ["Careful", "Thanks"]
    assert [one["body"] for one in api("agent", "tickets:read").get(path).json["data"]] == ["Thanks"]
    assert [one["body"] for one in api("employee").get(path).json["data"]] == ["Thanks"]
    assert api("employee").get(f"{path}?filter[visibility]=internal").json["data"] == []


def test_the_requesters_side_over_the_api(api: Api) -> None:
    ticket = own(api)
    shown = api("employee").get(f"/tickets/{ticket['id']}").json
    assert shown == ticket
    assert shown["_redacted"] == HIDDEN
    assert "assignee_id" not in shown
    assert "tags" not in shown
    sparse = api("employee").get("/tickets?fields=number,tags").json["data"]
    assert sparse == [
        {
            "id": ticket["id"],
            "number": 1,
            "_redacted": HIDDEN,
        }
    ]
    assert api("employee").get("/tickets?filter[tags]=vip").status_code == 422
    assert api("employee").patch(f"/tickets/{ticket['id']}", json={"subject": "x"}).json["code"] == "forbidden"
    results = (
        api("employee")
        .post("/tickets/batch", json={"items": [{"id": ticket["id"], "status": "pending"}]})
        .json["results"]
    )
    assert results[0]["error"]["code"] == "forbidden"


def test_a_newer_comment_stops_an_answer(api: Api) -> None:
    path = f"/tickets/{own(api)['id']}/comments"
    api("employee").post(path, json={"body": "One"})
    stopped = api("agent").post(path, json={"body": "Two", "expected_last_comment_id": None})
    assert (stopped.status_code, stopped.json["code"]) == (409, "newer_comment_exists")
    assert [one["body"] for one in stopped.json["comments"]] == ["One"]


def test_a_batch_creates_and_updates(api: Api) -> None:
    ticket = create(api)
    fresh = {"subject": "New", "requester": ticket["requester"]}
    items = [{"id": ticket["id"], "status": "solved"}, fresh, {"id": ticket["id"], "status": "new"}, {"id": UNKNOWN}]
    results = api("agent").post("/tickets/batch", json={"items": items}).json["results"]
    assert [result["status"] for result in results] == [200, 201, 409, 404]
    assert results[2]["error"]["code"] == "invalid_transition"


def test_a_wrong_query_is_refused(api: Api) -> None:
    for query in ["filter[status]=ended", "filter[number]=x", "filter[number]=9223372036854775808", "sort=subject"]:
        assert api("agent").get(f"/tickets?{query}").status_code == 422, query


def test_text_of_every_script_comes_back(api: Api) -> None:
    subject, body = "😀 محمد \U00020000", "Línea\n\tзаметка 👩\u200d👧 \u202eabc"
    ticket = create(api, subject=subject, comment={"body": body})
    assert ticket["subject"] == subject
    assert api("agent").get(f"/tickets/{ticket['id']}/comments").json["data"][0]["body"] == body
