"""The endpoint of an installed app: its secret, its power, and its life with the installation."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest

from portico.domains.catalogue import service as catalogue
from portico.domains.directory.events import EMPLOYEE_CREATED
from portico.domains.installations import service as installations
from portico.domains.tickets.events import TICKET_COMMENT_CREATED, TICKET_CREATED
from portico.domains.webhooks.pump import Pump
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import deliveries, happen, settle, verified

pytestmark = pytest.mark.both_databases
SCOPES = ("contacts:read", "tickets:read")


def _manifest(receiver: LoopbackServer, *scopes: str, types: tuple[str, ...] = ("contact.*",)) -> dict[str, Any]:
    access = {"scopes": [{"name": name, "reason": "for the test"} for name in scopes]}
    return apps.manifest(
        runtime={"base_url": f"http://localhost:{receiver.port}"},
        access=access,
        events={"url": "/events", "types": list(types)},
    )


def _types(receiver: LoopbackServer) -> list[str]:
    return [orjson.loads(received.body)["type"] for received in receiver.received]


@pytest.fixture
def helper(cast: Cast, receiver: LoopbackServer) -> dict[str, Any]:
    """An installed app that listens at the receiver, with its secrets and its installation."""
    types = ("contact.*", "ticket.*", "employee.*", "app.*")
    app = apps.register(cast, _manifest(receiver, *SCOPES, "directory:read", types=types))
    return {**app, "installation": apps.install(cast)}


def test_an_app_hears_of_its_installation_signed_with_its_own_secret(
    cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    settle(pump)
    (received,) = receiver.received
    event = verified(received, helper["signing_secret"])
    assert received.line == "POST /events HTTP/1.1"
    assert event["type"] == "app.installed", "no scope is needed to hear what happens to oneself"
    assert event["installation_id"] == helper["installation"]["id"]
    assert received.headers["portico-installation-id"] == helper["installation"]["id"]


def test_fields_are_redacted_by_scope(cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]) -> None:
    """E-G-16."""
    settle(pump)
    happen(cast, EMPLOYEE_CREATED, id="emp_1", display_name="Ada", mobile="+49 151", status="active")
    settle(pump)
    event = orjson.loads(receiver.received[-1].body)
    assert event["type"] == "employee.created"
    assert "mobile" not in event["data"]
    assert event["data"]["_redacted"] == ["mobile"]
    assert b"+49 151" not in receiver.received[-1].body


def test_what_the_scopes_do_not_cover_gets_no_attempt_and_is_marked(
    cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    settle(pump)
    note = {"id": "cmt_1", "ticket_id": "tkt_1", "body": "secret"}
    happen(cast, TICKET_COMMENT_CREATED, visibility="internal", **note)
    happen(cast, TICKET_COMMENT_CREATED, visibility="public", **{**note, "body": "hello"})
    settle(pump)
    assert [orjson.loads(r.body)["data"].get("body") for r in receiver.received[1:]] == ["hello"]
    states = [row["state"] for row in deliveries(cast) if row["type"] == "ticket.comment_created"]
    assert sorted(states) == ["filtered", "succeeded"]


def test_a_cut_scope_bites_at_the_next_attempt(
    cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    settle(pump)
    happen(cast)
    with cast.writing():
        granted = {"granted_scopes": ["tickets:read", "directory:read"]}
        installations.update_installation(cast.actor("admin"), helper["installation"]["id"], granted)
    settle(pump)
    assert "contact.created" not in _types(receiver)


def test_events_about_another_installation_stay_away(
    cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    settle(pump)
    other = apps.manifest("another", events=None)
    apps.register(cast, other)
    apps.install(cast, "another")
    settle(pump)
    assert _types(receiver) == ["app.installed"]


def test_events_wait_while_suspended_and_come_when_resumed(
    cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    settle(pump)
    admin, installation_id = cast.actor("admin"), helper["installation"]["id"]
    with cast.writing():
        installations.suspend(admin, installation_id)
    happen(cast)
    happen(cast, TICKET_CREATED, id="tkt_1")
    settle(pump)
    assert _types(receiver) == ["app.installed"]
    assert {row["state"] for row in deliveries(cast) if row["type"] != "app.installed"} == {"held"}
    with cast.writing():
        installations.resume(admin, installation_id)
    settle(pump)
    assert sorted(_types(receiver)[1:]) == ["app.resumed", "app.suspended", "contact.created", "ticket.created"]


def test_nothing_comes_after_uninstalling(
    cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    settle(pump)
    happen(cast)
    with cast.writing():
        installations.uninstall(cast.actor("admin"), helper["installation"]["id"])
    happen(cast)
    settle(pump)
    assert _types(receiver) == ["app.installed"]
    again = apps.install(cast)
    settle(pump)
    assert again["id"] == helper["installation"]["id"]
    assert _types(receiver) == ["app.installed", "app.installed"]


def test_a_new_version_changes_where_and_what(
    cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    settle(pump)
    changed = _manifest(receiver, *SCOPES, "directory:read", types=("ticket.created",))
    changed["events"]["url"] = "/v2/events"
    apps.deploy(cast, helper["id"], changed)
    with cast.writing():
        installations.announce_upgrade(cast.system(), helper["installation"]["id"])
    happen(cast)
    happen(cast, TICKET_CREATED, id="tkt_1")
    settle(pump)
    assert receiver.received[-1].line == "POST /v2/events HTTP/1.1"
    assert "contact.created" not in _types(receiver)


def test_a_rotated_app_secret_signs_beside_the_old_one(
    cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    with cast.writing():
        new = catalogue.rotate_signing_secret(cast.actor("developer"), helper["id"])
    settle(pump)
    verified(receiver.received[0], helper["signing_secret"])
    verified(receiver.received[0], new)


def test_an_overridden_address_is_called_in_development(
    cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    settle(pump)
    with LoopbackServer() as moved:
        with cast.writing():
            catalogue.override_base_url(cast.actor("developer"), helper["id"], f"http://localhost:{moved.port}")
        happen(cast)
        settle(pump)
        assert _types(moved) == ["contact.created"]


def test_the_developer_sees_deliveries_of_their_own_apps_only(
    api: Api, cast: Cast, pump: Pump, receiver: LoopbackServer, helper: dict[str, Any]
) -> None:
    body = {"url": receiver.url("/workspace"), "types": ["contact.*"]}
    assert api("admin").post("/webhook-endpoints", json=body).status_code == 201
    happen(cast)
    settle(pump)
    rows = api("developer").get("/deliveries?type=contact.created").json["data"]
    assert [row["installation_id"] for row in rows] == [helper["installation"]["id"]]
    shown = api("developer").get(f"/deliveries/{rows[0]['id']}").json
    assert shown["event"]["data"]["display_name"] == "Zoë"
    again = api("developer").post(f"/deliveries/{rows[0]['id']}/redeliver")
    assert again.status_code == 202
    assert len(api("admin").get("/deliveries?type=contact.created").json["data"]) == 3
    mine = api("developer").get("/webhook-endpoints").json["data"]
    assert [row["installation_id"] for row in mine] == [helper["installation"]["id"]]
    path = f"/webhook-endpoints/{mine[0]['id']}"
    assert api("developer").patch(path, json={"types": ["*"]}).json["code"] == "managed_by_manifest"
    assert api("developer").delete(path).json["code"] == "managed_by_manifest"
    assert api("developer").post(f"{path}/secrets/rotate").json["code"] == "signed_by_app"


def test_an_app_adds_an_endpoint_for_itself(api: Api, cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    app = apps.register(cast, _manifest(receiver, "webhooks:read", "webhooks:write", "contacts:read"))
    installation = apps.install(cast)
    client = api.bearer(apps.mint(app, installation))
    made = client.post("/webhook-endpoints", json={"url": receiver.url("/mine"), "types": ["contact.created"]})
    assert made.status_code == 201
    assert made.json["installation_id"] == installation["id"]
    assert "secret" not in made.json, "the app's own secret signs"
    admin_made = api("admin").post("/webhook-endpoints", json={"url": receiver.url("/admin"), "types": ["*"]})
    assert client.get(f"/webhook-endpoints/{admin_made.json['id']}").status_code == 404
    happen(cast)
    settle(pump)
    mine = next(received for received in receiver.received if " /mine " in received.line)
    verified(mine, app["signing_secret"])
    assert len(base64.b64decode(app["signing_secret"].removeprefix("whsec_"))) == 32
