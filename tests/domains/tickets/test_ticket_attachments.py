"""Files of comments: who may attach them, and who reads them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest

from portico.kernel import blobs
from tests.support.http import Api


def upload(api: Api, who: str, name: str = "log.txt", content: bytes = b"it broke") -> str:
    answer = api(who).post("/attachments", data={"file": (BytesIO(content), name)})
    assert answer.status_code == 201, answer.json
    return str(answer.json["id"])


def ticket_of(api: Api, who: str, **comment: Any) -> dict[str, Any]:
    """One that this person asks for."""
    requester = {"employee_id": api.cast.employee_id(who)}
    asked = {"subject": "The door", "requester": requester, "comment": {"body": "Help", **comment}}
    answer = api(who).post("/tickets", json=asked)
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def say(api: Api, who: str, ticket: dict[str, Any], ids: list[str], **more: Any) -> Any:
    return api(who).post(f"/tickets/{ticket['id']}/comments", json={"body": "See", "attachment_ids": ids, **more})


@pytest.mark.both_databases
def test_files_of_a_comment_are_for_its_readers(api: Api) -> None:
    first = upload(api, "employee", "door.txt")
    ticket = ticket_of(api, "employee", attachment_ids=[first])
    public, internal = upload(api, "agent", "answer.txt"), upload(api, "agent", "thoughts.txt")
    assert [one["name"] for one in say(api, "agent", ticket, [public]).json["attachments"]] == ["answer.txt"]
    assert say(api, "agent", ticket, [internal], visibility="internal").status_code == 201

    def files(who: str) -> list[list[str]]:
        rows = api(who).get(f"/tickets/{ticket['id']}/comments").json["data"]
        return [[one["name"] for one in row["attachments"]] for row in rows]

    assert files("employee") == [["door.txt"], ["answer.txt"]]
    assert files("agent") == [["door.txt"], ["answer.txt"], ["thoughts.txt"]]
    readable = {"employee": [200, 200, 404], "agent": [200, 200, 200], "announcer": [404] * 3, "outsider": [404] * 3}
    for who, expected in readable.items():
        got = [api(who).get(f"/attachments/{one}/content").status_code for one in (first, public, internal)]
        assert got == expected, who
    # The file needs the scopes of what it is attached to, besides its own.
    assert api("agent", "attachments:read").get(f"/attachments/{public}").status_code == 404
    assert api("agent", "attachments:read", "tickets:read").get(f"/attachments/{public}").status_code == 200
    assert api("agent", "attachments:read", "tickets:read").get(f"/attachments/{internal}").status_code == 404
    # In the trash with its ticket, and back with it.
    assert api("support_admin").delete(f"/tickets/{ticket['id']}").status_code == 204
    assert api("agent").get(f"/attachments/{public}").status_code == 404


@pytest.mark.both_databases
def test_E_T_18_an_upload_of_somebody_else_or_of_another_ticket_is_refused(api: Api) -> None:
    mine, other = ticket_of(api, "employee"), ticket_of(api, "employee")
    used = upload(api, "employee")
    assert say(api, "employee", mine, [used]).status_code == 201
    for wrong in (used, upload(api, "outsider"), upload(api, "agent")):
        fresh = upload(api, "employee")
        answer = say(api, "employee", other, [fresh, wrong])
        assert (answer.status_code, answer.json["code"]) == (422, "invalid")
        assert [error["pointer"] for error in answer.json["errors"]] == ["/attachment_ids/1"]
        # All or nothing: the comment is not there, and the good one waits still.
        assert api("employee").get(f"/attachments/{fresh}").json["linked_to"] is None
    assert len(api("employee").get(f"/tickets/{other['id']}/comments").json["data"]) == 1
    answer = say(api, "employee", other, [upload(api, "employee") for _ in range(11)])
    assert [error["pointer"] for error in answer.json["errors"]] == ["/attachment_ids"]
    asked = {"subject": "x", "requester": {"employee_id": api.cast.employee_id("employee")}}
    answer = api("employee").post("/tickets", json={**asked, "comment": {"body": "x", "attachment_ids": [used]}})
    assert [error["pointer"] for error in answer.json["errors"]] == ["/comment/attachment_ids/0"]


def test_what_came_meanwhile_is_shown_with_its_files(api: Api) -> None:
    ticket = ticket_of(api, "employee", attachment_ids=[upload(api, "employee", "door.txt")])
    answer = say(api, "agent", ticket, [upload(api, "agent")], expected_last_comment_id=None)
    assert (answer.status_code, answer.json["code"]) == (409, "newer_comment_exists")
    assert answer.json["comments"][0]["attachments"][0]["name"] == "door.txt"


@pytest.mark.both_databases
def test_with_the_whole_text_of_a_comment_its_files_go(api: Api) -> None:
    ticket = ticket_of(api, "employee")
    kept, gone = upload(api, "agent", "kept.txt"), upload(api, "agent", "card.txt", b"4111 1111")
    first, second = (say(api, "agent", ticket, [one], visibility="public").json["id"] for one in (kept, gone))
    redact = f"/tickets/{ticket['id']}/redactions"
    part = api("support_admin").post(redact, json={"comment_id": first, "start": 0, "end": 1})
    assert (part.status_code, [one["id"] for one in part.json["attachments"]]) == (200, [kept])
    whole = api("support_admin").post(redact, json={"comment_id": second})
    assert (whole.status_code, whole.json["attachments"]) == (200, [])
    assert api("agent").get(f"/attachments/{gone}/content").status_code == 404
    assert len(list(blobs.store().places())) == 1
    told = api("agent").get("/events?types=ticket.comment_created&limit=50").json["data"]
    assert [event["data"]["attachments"] for event in told if event["data"]["id"] == second] == [[]]
