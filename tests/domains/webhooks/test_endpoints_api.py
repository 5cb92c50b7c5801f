"""Operations on endpoints and deliveries."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portico.domains.webhooks.models import EndpointSecret, EndpointType
from portico.domains.webhooks.pump import Pump
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import column, endpoint, happen, settle, verified

URL = "http://127.0.0.1:9999/hook"
BODY = {"url": URL, "types": ["contact.*"], "description": "For the till"}


def test_nobody_gets_in_without_a_token(api: Api) -> None:
    assert api(None).get("/webhook-endpoints").status_code == 401
    assert api(None).post("/webhook-endpoints", json=BODY).status_code == 401
    assert api(None).get("/deliveries").status_code == 401
    assert api(None).get("/events").status_code == 401


def test_another_workspace_finds_nothing(api: Api, cast: Cast) -> None:
    path = f"/webhook-endpoints/{endpoint(cast, URL)['id']}"
    other = api("outsider")
    assert other.get(path).status_code == 404
    assert other.patch(path, json={"description": "mine"}).status_code == 404
    assert other.delete(path).status_code == 404
    for action in ("secrets/rotate", "ping", "enable"):
        assert other.post(f"{path}/{action}").status_code == 404
    assert other.get("/webhook-endpoints").json["data"] == []


def test_scopes_and_roles_are_needed(api: Api) -> None:
    refused = api("admin", "webhooks:read").post("/webhook-endpoints", json=BODY)
    assert (refused.status_code, refused.json["code"]) == (403, "insufficient_scope")
    assert api("agent").get("/webhook-endpoints").status_code == 403
    assert api("developer").post("/webhook-endpoints", json=BODY).json["code"] == "forbidden"


def test_an_endpoint_is_added_read_changed_and_deleted(api: Api) -> None:
    admin = api("admin")
    made = admin.post("/webhook-endpoints", json=BODY)
    assert made.status_code == 201
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", made.json["secret"])
    path = made.headers["Location"]
    shown = admin.get(path)
    assert "secret" not in shown.json
    assert shown.json["status"] == "active"
    assert shown.json["installation_id"] is None
    assert shown.headers["ETag"] == '"1"'
    changed = admin.patch(path, json={"types": ["ticket.*", "contact.created"]}, headers={"If-Match": '"1"'})
    assert changed.json["types"] == ["ticket.*", "contact.created"]
    assert changed.json["version"] == 2
    stale = admin.patch(path, json={"description": None}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404
    assert admin.get("/webhook-endpoints").json["data"] == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"url": "ftp://example.com"}, "/url"),
        ({"url": "https://user:pass@example.com"}, "/url"),
        ({"url": "http://10.0.0.1/"}, "/url"),
        ({"url": ""}, "/url"),
        ({"types": []}, "/types"),
        ({"types": ["contact"]}, "/types/0"),
        ({"types": ["contact.*", "unheard.of"]}, "/types/1"),
        ({"types": ["contact.*\n"]}, "/types/0"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_wrong_fields_are_named(api: Api, change: dict[str, object], pointer: str) -> None:
    refused = api("admin").post("/webhook-endpoints", json={**BODY, **change})
    assert refused.status_code == 422
    assert pointer in [error["pointer"] for error in refused.json["errors"]]


def test_nobody_subscribes_to_what_they_may_not_read(api: Api, cast: Cast) -> None:
    refused = api("app_manager").post("/webhook-endpoints", json={**BODY, "types": ["contact.created"]})
    assert (refused.status_code, refused.json["code"]) == (403, "insufficient_scope")
    assert refused.json["required_scopes"] == ["contacts:read"]
    own_tickets_only = api("app_manager").post("/webhook-endpoints", json={**BODY, "types": ["ticket.created"]})
    assert own_tickets_only.status_code == 403


def test_a_star_brings_no_more_than_its_maker_may_read(
    api: Api, cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    made = api("app_manager").post("/webhook-endpoints", json={"url": receiver.url(), "types": ["*"]})
    assert made.status_code == 201
    settle(pump)
    receiver.received.clear()
    happen(cast)
    settle(pump)
    assert receiver.received == []
    (row,) = api("app_manager").get("/deliveries?type=contact.created").json["data"]
    assert (row["state"], row["attempts"]) == ("filtered", 0)


def test_rotating_shows_a_new_secret_and_stops_at_five(api: Api, cast: Cast) -> None:
    path = f"/webhook-endpoints/{endpoint(cast, URL)['id']}/secrets/rotate"
    shown = {api("admin").post(path).json["secret"] for _ in range(4)}
    assert len(shown) == 4
    refused = api("admin").post(path)
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_endpoint_secrets")


def test_secrets_are_sealed_at_rest(cast: Cast) -> None:
    made = endpoint(cast, URL)
    (sealed,) = column(cast, EndpointSecret, "sealed")
    assert made["secret"].removeprefix("whsec_") not in sealed


def test_a_pattern_within_another_is_kept_once(cast: Cast) -> None:
    endpoint(cast, URL, "contact.created", "contact.*", "department.created")
    assert sorted(column_of_types(cast)) == ["contact.*", "department.created"]


def column_of_types(cast: Cast) -> list[str]:
    with cast.reading() as work:
        return list(work.scalars(select(EndpointType.pattern).where(EndpointType.workspace_id == cast.acme)))


def test_a_ping_goes_to_this_endpoint_alone(api: Api, cast: Cast, pump: Pump, receiver: LoopbackServer) -> None:
    made = endpoint(cast, receiver.url("/pinged"), "department.created")
    endpoint(cast, receiver.url("/other"), "*")
    settle(pump)
    receiver.received.clear()
    pinged = api("admin").post(f"/webhook-endpoints/{made['id']}/ping")
    assert pinged.status_code == 202
    settle(pump)
    (received,) = receiver.received
    assert received.line.startswith("POST /pinged ")
    assert verified(received, made["secret"])["type"] == "endpoint.ping"
    followed = api("admin").get(pinged.headers["Location"]).json
    assert (followed["state"], followed["event"]["type"]) == ("succeeded", "endpoint.ping")


def test_deliveries_are_filtered_paged_and_shown_with_attempts(
    api: Api, cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: answer("500 Oh", b"no luck")
    failing = endpoint(cast, receiver.url())
    with LoopbackServer() as healthy:
        endpoint(cast, healthy.url())
        for _ in range(3):
            happen(cast)
        settle(pump)
    admin = api("admin")
    assert len(admin.get("/deliveries").json["data"]) == 6
    assert len(admin.get("/deliveries?state=succeeded").json["data"]) == 3
    assert len(admin.get(f"/deliveries?endpoint_id={failing['id']}&state=waiting").json["data"]) == 3
    assert admin.get("/deliveries?type=contact.updated").json["data"] == []
    assert admin.get("/deliveries?state=lost").status_code == 422
    first = admin.get("/deliveries?limit=2&state=waiting").json
    rest = admin.get(f"/deliveries?limit=2&state=waiting&cursor={first['page']['next_cursor']}").json
    assert len(first["data"]) + len(rest["data"]) == 3
    mixed = admin.get(f"/deliveries?limit=2&state=succeeded&cursor={first['page']['next_cursor']}")
    assert mixed.json["code"] == "cursor_mismatch"
    row = first["data"][0]
    assert row["resource"]["type"] == "contact"
    shown = admin.get(f"/deliveries/{row['id']}").json
    assert shown["event"]["data"]["display_name"] == "Zoë"
    (tried,) = admin.get(f"/deliveries/{row['id']}/attempts").json["data"]
    assert tried["response"]["body"] == "no luck"
    assert tried["request"]["headers"]["webhook-id"] == row["event_id"]
    assert (tried["status"], tried["error_class"], tried["number"]) == (500, "server_error", 1)
    again = admin.post(f"/deliveries/{row['id']}/redeliver")
    assert (again.status_code, again.json["id"]) == (202, row["id"])
    assert api("outsider").get(f"/deliveries/{row['id']}").status_code == 404
    assert api("outsider").get(f"/deliveries/{row['id']}/attempts").status_code == 404
    assert api("outsider").post(f"/deliveries/{row['id']}/redeliver").status_code == 404


def test_what_waits_for_a_deleted_endpoint_is_cancelled(
    api: Api, cast: Cast, pump: Pump, receiver: LoopbackServer
) -> None:
    receiver.respond = lambda received: answer("500 Oh")
    made = endpoint(cast, receiver.url())
    happen(cast)
    settle(pump)
    assert api("admin").delete(f"/webhook-endpoints/{made['id']}").status_code == 204
    happen(cast)
    settle(pump)
    (row,) = api("admin").get("/deliveries?type=contact.created").json["data"]
    assert row["state"] == "cancelled"
    assert api("admin").post(f"/deliveries/{row['id']}/redeliver").json["code"] == "endpoint_deleted"
    assert len(receiver.received) == 1
