"""`GET /events`: the cursor over what happened."""

from __future__ import annotations

from typing import Any

import pytest

from portico.domains.contacts.events import CONTACT_CREATED, CONTACT_UPDATED
from portico.domains.directory.events import DEPARTMENT_CREATED, EMPLOYEE_CREATED
from portico.domains.tickets.events import TICKET_COMMENT_CREATED, TICKET_CREATED
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.pumping import happen

pytestmark = pytest.mark.both_databases


def _walk(client: Any, query: str = "", after: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while True:
        page = client.get(f"/events?limit=2{query}" + (f"&after={after}" if after else "")).json
        found += page["data"]
        after = page["page"]["next_cursor"]
        assert after
        if not page["page"]["has_more"]:
            return found


def test_everything_comes_once_and_in_order(api: Api, cast: Cast) -> None:
    made = [happen(cast, kind) for kind in (CONTACT_CREATED, CONTACT_UPDATED, CONTACT_CREATED) for _ in range(2)]
    events = _walk(api("admin"), "&types=contact.*")
    assert [event["id"] for event in events] == made
    seqs = [event["seq"] for event in events]
    assert seqs == sorted(set(seqs))
    assert events[0]["resource"]["type"] == "contact"
    assert "timestamp" not in events[0]


def test_the_cursor_goes_on_where_it_stood(api: Api, cast: Cast) -> None:
    happen(cast)
    admin = api("admin")
    latest = admin.get("/events?after=latest").json
    assert latest["data"] == []
    assert latest["page"]["has_more"] is False
    quiet = admin.get(f"/events?after={latest['page']['next_cursor']}").json
    assert quiet["data"] == []
    later = happen(cast)
    behind = admin.get(f"/events?after={quiet['page']['next_cursor']}").json
    assert [event["id"] for event in behind["data"]] == [later]


def test_types_are_filtered(api: Api, cast: Cast) -> None:
    happen(cast)
    happen(cast, DEPARTMENT_CREATED, id="dep_1", name="Support")
    assert {event["type"] for event in _walk(api("admin"), "&types=department.*,contact.updated")} == {
        "department.created"
    }


def test_a_person_sees_what_their_scopes_cover(api: Api, cast: Cast) -> None:
    start = api("admin").get("/events?after=latest").json["page"]["next_cursor"]
    happen(cast)
    happen(cast, TICKET_CREATED, id="tkt_1")
    happen(cast, TICKET_COMMENT_CREATED, id="cmt_1", visibility="internal")
    happen(cast, EMPLOYEE_CREATED, id="emp_1", mobile="+49 151")
    types = "&types=contact.*,ticket.*,employee.created"
    agent = [event["type"] for event in _walk(api("agent"), types, start)]
    assert agent == ["contact.created", "ticket.created", "ticket.comment_created", "employee.created"]
    narrowed = [event["type"] for event in _walk(api("agent", "tickets:read"), types, start)]
    assert narrowed == ["ticket.created"]
    plain = _walk(api("employee"), types, start)
    assert [event["type"] for event in plain] == ["employee.created"], "tickets:read shows an employee only their own"
    assert plain[0]["data"]["_redacted"] == ["mobile"]
    assert _walk(api("hr_admin"), "&types=employee.created", start)[0]["data"]["mobile"] == "+49 151"


def test_an_app_sees_what_is_for_all_or_for_itself(api: Api, cast: Cast) -> None:
    app = apps.register(cast, apps.asking("contacts:read"))
    installation = apps.install(cast)
    apps.register(cast, apps.asking("contacts:read", key="another"))
    other = apps.install(cast, "another")
    happen(cast)
    happen(cast, TICKET_CREATED, id="tkt_1")
    events = _walk(api.bearer(apps.mint(app, installation)))
    assert [event["type"] for event in events] == ["app.installed", "contact.created"]
    assert {event["installation_id"] for event in events} == {installation["id"]}
    assert other["id"] not in str(events)


def test_workspaces_do_not_mix(api: Api, cast: Cast) -> None:
    happen(cast)
    mine = api("admin").get("/events").json["page"]["next_cursor"]
    assert "contact.created" not in {event["type"] for event in _walk(api("outsider"))}
    refused = api("outsider").get(f"/events?after={mine}")
    assert (refused.status_code, refused.json["code"]) == (400, "cursor_mismatch")


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("after=rubbish", 400, "cursor_invalid"),
        ("limit=0", 422, "invalid"),
        ("limit=201", 422, "invalid"),
        ("limit=x", 422, "invalid"),
        ("types=contact", 422, "invalid"),
        ("since=yesterday", 422, "invalid"),
    ],
)
def test_a_wrong_query_is_refused(api: Api, query: str, status: int, code: str) -> None:
    refused = api("admin").get(f"/events?{query}")
    assert (refused.status_code, refused.json["code"]) == (status, code)


def test_the_kinds_of_events_say_what_they_hold_and_take(api: Api) -> None:
    kinds = {row["type"]: row for row in api("employee").get("/event-types").json["data"]}
    solved = kinds["ticket.solved"]
    assert (solved["resource"], solved["scope"]) == ("ticket", "tickets:read")
    assert solved["title"] == {"en": "A ticket was solved", "zh-CN": "工单已解决"}
    assert "contact_id" in solved["schema"]["properties"]["requester"]["properties"]
    assert "employee.sensitive_read" not in kinds
    assert "$ref" not in str(kinds)
