"""A data range cuts what an app sees, everywhere at once."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portico.domains.contacts import service as contacts
from portico.domains.directory import service as directory
from portico.domains.installations import service as installations
from portico.domains.tickets import service as tickets
from portico.kernel.data_range import Receiver, parse, within
from tests.support import apps
from tests.support.cast import Cast

SCOPES = ("contacts:read", "contacts:write", "tickets:read", "tickets:write", "directory:read", "directory:write")
pytestmark = pytest.mark.both_databases


def _records(cast: Cast) -> dict[str, dict[str, Any]]:
    agent, other = cast.employee_id("agent"), cast.employee_id("employee")
    actor = cast.actor("owner")
    with cast.writing():
        made = {
            "mine": contacts.create_contact(actor, {"display_name": "Seen One", "owner_employee_id": agent}),
            "theirs": contacts.create_contact(
                actor,
                {
                    "display_name": "Seen Two",
                    "owner_employee_id": other,
                    "identifiers": [{"kind": "email", "value": "two@there.example", "canonical": "two@there.example"}],
                },
            ),
            "nobodys": contacts.create_contact(actor, {"display_name": "Seen Three"}),
        }
        for name, assignee in (("ticket_mine", agent), ("ticket_theirs", other), ("ticket_nobodys", None)):
            made[name] = tickets.create_ticket(
                actor,
                {
                    "subject": f"Seen {name}",
                    "channel": "api",
                    "requester": {"employee_id": other},
                    "assignee_id": assignee,
                },
            )
    return made


def _install(cast: Cast, app: dict[str, Any] | None = None, **limits: Any) -> tuple[dict[str, Any], dict[str, str]]:
    app = app or apps.register(cast, apps.asking(*SCOPES))
    row = apps.install(cast, data_range_={"kind": "only", **limits})
    return row, {"Authorization": f"Bearer {apps.mint(app, row)}"}


def _person(cast: Cast, name: str) -> dict[str, str]:
    return {"kind": "employee", "id": cast.employee_id(name)}


def _ids(client: Any, path: str, headers: dict[str, str]) -> set[str]:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return {row["id"] for row in answer.get_json()["data"]}


def test_lists_search_and_reads_show_only_what_is_within(app: Flask, cast: Cast) -> None:
    made = _records(cast)
    _, headers = _install(cast, include=[_person(cast, "agent")])
    client = app.test_client()
    for query in ("", "?q=seen", "?sort=display_name", "?filter[owner_employee_id][exists]=true"):
        assert _ids(client, f"/api/v1/contacts{query}", headers) == {made["mine"]["id"]}
    assert _ids(client, "/api/v1/tickets?q=seen", headers) == {made["ticket_mine"]["id"]}
    assert _ids(client, "/api/v1/employees", headers) == {cast.employee_id("agent")}
    counted = client.get("/api/v1/contacts?count=exact", headers=headers).get_json()
    assert counted["page"]["total"] == 1
    for path in (
        f"/contacts/{made['theirs']['id']}",
        "/contacts/by-id/email/two@there.example",
        f"/contacts/{made['nobodys']['id']}",
        f"/tickets/{made['ticket_theirs']['id']}",
        f"/tickets/{made['ticket_theirs']['id']}/comments",
        f"/employees/{cast.employee_id('employee')}",
    ):
        assert client.get(f"/api/v1{path}", headers=headers).status_code == 404, path
    assert client.get(f"/api/v1/contacts/{made['mine']['id']}", headers=headers).status_code == 200


def test_writes_do_not_reach_beyond(app: Flask, cast: Cast) -> None:
    made = _records(cast)
    _, headers = _install(cast, include=[_person(cast, "agent")])
    client = app.test_client()

    def send(method: str, path: str, body: Any = None) -> Any:
        return client.open(f"/api/v1{path}", method=method, json=body, headers=headers)

    theirs, mine = made["theirs"]["id"], made["mine"]["id"]
    assert send("PATCH", f"/contacts/{theirs}", {"display_name": "x"}).status_code == 404
    assert send("DELETE", f"/contacts/{theirs}").status_code == 404
    assert send("PATCH", f"/tickets/{made['ticket_theirs']['id']}", {"subject": "x"}).status_code == 404
    batch = send("POST", "/contacts/batch", {"items": [{"id": theirs, "display_name": "x"}]}).get_json()
    assert batch["results"][0]["status"] == 404
    other = cast.employee_id("employee")
    lost = send("PATCH", f"/contacts/{mine}", {"owner_employee_id": other})
    assert (lost.status_code, lost.get_json()["code"]) == (403, "out_of_range")
    made_by_app = send("POST", "/contacts", {"display_name": "Nobody's"})
    assert (made_by_app.status_code, made_by_app.get_json()["code"]) == (403, "out_of_range")
    taken = send("PATCH", f"/contacts/{mine}", {"identifiers": [{"kind": "email", "value": "two@there.example"}]})
    assert taken.status_code == 409
    assert "contact_id" not in taken.get_json()


def test_events_follow_the_record_where_it_stands_now(app: Flask, cast: Cast) -> None:
    made = _records(cast)
    row, headers = _install(cast, include=[_person(cast, "agent")], unassigned=True)
    client = app.test_client()

    def heard() -> set[str]:
        rows = client.get("/api/v1/events?limit=200", headers=headers).get_json()["data"]
        return {one["resource"]["id"] for one in rows if one["resource"]["type"] in ("contact", "ticket")}

    seen = {made[name]["id"] for name in ("mine", "nobodys", "ticket_mine", "ticket_nobodys")}
    assert heard() == seen
    with cast.writing():
        contacts.update_contact(
            cast.actor("owner"), made["mine"]["id"], {"owner_employee_id": cast.employee_id("employee")}
        )
    assert heard() == seen - {made["mine"]["id"]}
    receiver = Receiver(row["workspace_id"], parse(row["data_range"]))
    with cast.reading():
        about = [("contact", made["theirs"]["id"]), ("contact", made["nobodys"]["id"]), ("unknown", "x")]
        assert within(receiver, about) == {about[1]}


def test_departments_and_groups_name_people(app: Flask, cast: Cast) -> None:
    made = _records(cast)
    agent, other = cast.employee_id("agent"), cast.employee_id("employee")
    with cast.writing():
        owner = cast.actor("owner")
        above = directory.create_department(owner, name="Above")
        below = directory.create_department(owner, name="Below", parent_id=above["id"])
        place = {"id": below["id"], "primary": True, "lead": False}
        directory.update_employee(owner, agent, {"departments": [place]})
        group = directory.create_group(owner, name="Helpers")
        directory.change_members(owner, group["id"], add=[other])
    rule = {"kind": "department", "id": above["id"]}
    row, headers = _install(cast, include=[rule])
    client = app.test_client()
    assert _ids(client, "/api/v1/contacts", headers) == {made["mine"]["id"]}

    def limit(*include: dict[str, Any]) -> None:
        with cast.writing():
            changes = {"data_range": {"kind": "only", "include": list(include)}}
            installations.update_installation(cast.actor("app_manager"), row["id"], changes)

    limit({**rule, "recursive": False})
    assert _ids(client, "/api/v1/contacts", headers) == set()
    limit({"kind": "group", "id": group["id"]})
    assert _ids(client, "/api/v1/contacts", headers) == {made["theirs"]["id"]}
    assert _ids(client, f"/api/v1/groups/{group['id']}/members", headers) == {other}
    widening = client.patch(f"/api/v1/groups/{group['id']}/members", json={"add": [other]}, headers=headers)
    assert widening.get_json()["code"] == "out_of_range"
    with cast.writing():
        directory.change_members(cast.actor("owner"), group["id"], remove=[other])
    assert _ids(client, "/api/v1/contacts", headers) == set()
