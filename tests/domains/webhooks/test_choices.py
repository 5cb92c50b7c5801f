"""What an endpoint chooses: thin calls, which events by what stands in them, and to leave out its own echo."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest
from sqlalchemy import update

from portico.domains.contacts.events import CONTACT_UPDATED
from portico.domains.directory.events import EMPLOYEE_CREATED
from portico.domains.webhooks import choices, service
from portico.domains.webhooks.models import WebhookEndpoint
from portico.domains.webhooks.pump import Pump
from portico.kernel.actor import Actor, Cause
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import deliveries, endpoint, happen, settle, verified

pytestmark = pytest.mark.both_databases
FILTERED = ("filtered", choices.NOT_WANTED)


def chosen(cast: Cast, receiver: LoopbackServer, *types: str, **chosen: Any) -> dict[str, Any]:
    actor = cast.actor("admin")
    with cast.writing():
        body = {"url": receiver.url(), "types": list(types or ("contact.*",)), **chosen}
        return service.create_endpoint(actor, body)


def ended(cast: Cast) -> list[tuple[str, str | None]]:
    """How the deliveries ended, oldest first."""
    return [(row["state"], row["last_error"]) for row in reversed(deliveries(cast))]


def test_a_thin_call_says_what_it_is_about_and_carries_no_data(
    cast: Cast, pump: Pump, receiver: LoopbackServer, api: Api
) -> None:
    made = chosen(cast, receiver, payload="thin")
    event_id = happen(cast, id="con_1", display_name="Zoë", version=3)
    settle(pump)
    event = verified(receiver.received[0], made["secret"])
    assert "data" not in event
    assert (event["id"], event["type"], event["workspace_id"]) == (event_id, "contact.created", cast.acme)
    assert event["resource"] == {"type": "contact", "id": "con_1", "version": 3}
    assert event["timestamp"] == event["occurred_at"]
    (delivery,) = deliveries(cast)
    assert "data" not in api("admin").get(f"/deliveries/{delivery['id']}").json["event"]


def test_a_filter_lets_through_what_it_names_and_the_rest_ends_without_an_attempt(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    chosen(cast, receiver, filter={"data.display_name": ["Zoë", "Bo"], "resource.version": [2]})
    happen(cast, display_name="Zoë", version=2)
    happen(cast, display_name="Zoë", version=1)
    happen(cast, display_name="Ann", version=2)
    settle(pump)
    assert sorted(ended(cast)) == [FILTERED, FILTERED, ("succeeded", None)]
    assert sorted(row["attempts"] for row in deliveries(cast)) == [0, 0, 1]
    assert len(receiver.received) == 1


def test_changes_are_a_condition(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    chosen(cast, receiver, filter={"changes": ["display_name", "emails"]})
    with cast.writing():
        for changes in (["emails", "notes"], ["notes"]):
            emit(cast.system(), CONTACT_UPDATED, {"id": new_id("con"), "version": 2}, changes=changes)
    settle(pump)
    assert sorted(ended(cast)) == [FILTERED, ("succeeded", None)]


def test_a_filter_cannot_probe_what_its_endpoint_may_not_read(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    """With the scope for the field a right guess passes; without it, right and wrong guesses look alike."""
    mobile = "+49 30 1234567"
    endpoints = [
        chosen(cast, receiver, "employee.*", filter={"data.mobile": [guess]})["id"] for guess in (mobile, mobile, "+1")
    ]
    for blind in endpoints[1:]:
        _take_scopes(cast, blind, keep="directory:read")
    happen(cast, EMPLOYEE_CREATED, id=new_id("emp"), mobile=mobile)
    settle(pump)
    found = {row["endpoint_id"]: (row["state"], row["last_error"]) for row in deliveries(cast)}
    assert [found[one] for one in endpoints] == [("succeeded", None), FILTERED, FILTERED]


def _take_scopes(cast: Cast, endpoint_id: str, keep: str) -> None:
    with cast.writing() as work:
        mine = (WebhookEndpoint.workspace_id == cast.acme, WebhookEndpoint.id == endpoint_id)
        work.execute(update(WebhookEndpoint).where(*mine).values(scopes=[keep]))


def test_a_ping_comes_through_any_filter(cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    made = chosen(cast, receiver, filter={"data.nothing": ["at all"]}, skip_own=True)
    with cast.writing():
        service.ping(cast.actor("admin"), made["id"])
    settle(pump)
    assert orjson.loads(receiver.received[0].body)["type"] == "endpoint.ping"


def test_a_changed_filter_counts_from_then_on(cast: Cast, pump: Pump, receiver: LoopbackServer, api: Api) -> None:
    made = chosen(cast, receiver, filter={"data.display_name": ["Bo"]})
    happen(cast)
    settle(pump)
    path = f"/webhook-endpoints/{made['id']}"
    assert api("admin").patch(path, json={"filter": None}).json["filter"] is None
    happen(cast)
    settle(pump)
    assert ended(cast) == [FILTERED, ("succeeded", None)]


def test_choices_are_shown_and_defaults_are_what_was(cast: Cast, receiver: LoopbackServer, api: Api) -> None:
    plain = api("admin").get(f"/webhook-endpoints/{endpoint(cast, receiver.url())['id']}").json
    assert (plain["payload"], plain["filter"], plain["skip_own"]) == ("full", None, False)
    body = {"url": receiver.url(), "types": ["*"], "payload": "thin", "skip_own": True}
    made = api("admin").post("/webhook-endpoints", json=body | {"filter": {"changes": ["status"]}}).json
    assert (made["payload"], made["filter"], made["skip_own"]) == ("thin", {"changes": ["status"]}, True)


@pytest.mark.parametrize(
    ("wanted", "pointer"),
    [
        ({}, "/filter"),
        ({"seq": [1]}, "/filter/seq"),
        ({"before.name": ["x"]}, "/filter/before.name"),
        ({"data": ["x"]}, "/filter/data"),
        ({"data.a.b.c.d.e": ["x"]}, "/filter/data.a.b.c.d.e"),
        ({"data.status": "open"}, "/filter/data.status"),
        ({"data.status": []}, "/filter/data.status"),
        ({"data.status": [{"not": "open"}]}, "/filter/data.status/0"),
        ({"changes": [1]}, "/filter/changes/0"),
        ({"data.status": ["x" * 201]}, "/filter/data.status/0"),
        ({f"data.f{n}": ["x"] for n in range(11)}, "/filter"),
        ({"data.status": ["x" * 150] * 50}, "/filter"),
    ],
)
def test_what_is_no_filter_is_refused_where_it_is_wrong(api: Api, wanted: Any, pointer: str) -> None:
    body = {"url": "http://127.0.0.1:9999/", "types": ["*"], "filter": wanted}
    refused = api("admin").post("/webhook-endpoints", json=body)
    assert refused.status_code == 422
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


def test_an_app_chooses_in_its_manifest_and_can_leave_out_its_own_echo(
    cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    types = ["contact.*"]
    chosen = {"payload": "thin", "filter": {"resource.type": ["contact"]}, "skip_own": True}
    manifest = apps.manifest(
        runtime={"base_url": f"http://localhost:{receiver.port}"},
        access={"scopes": [{"name": "contacts:read", "reason": "for the test"}]},
        events={"url": "/events", "types": types, **chosen},
    )
    apps.register(cast, manifest)
    installation_id = apps.install(cast)["id"]
    settle(pump)
    by_itself = Actor(kind="app", workspace_id=cast.acme, id=installation_id, installation_id=installation_id)
    caused = replace(cast.system(), cause=Cause("evt_1", installation_id, 1))
    other = replace(cast.system(), cause=Cause("evt_1", "ins_other", 1))
    with cast.writing():
        for actor in (by_itself, caused, other):
            emit(actor, CONTACT_UPDATED, {"id": new_id("con"), "version": 2}, changes=["notes"])
    settle(pump)
    assert sorted(ended(cast)) == [("filtered", "own"), ("filtered", "own"), ("succeeded", None)]
    (received,) = receiver.received
    assert "data" not in orjson.loads(received.body)
