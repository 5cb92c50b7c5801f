"""The catalogue of events, and a sample of one sent to an own app: really, and to nobody else."""

from __future__ import annotations

import re

import pytest

from portico.domains.webhooks import queries
from portico.domains.webhooks.pump import Pump
from portico.kernel.listing import ListQuery
from tests.support import apps
from tests.support.faces import words
from tests.support.loopback_servers import LoopbackServer
from tests.support.pumping import DEMO, deliveries, endpoint, settle, verified


@pytest.fixture
def receiver():
    with LoopbackServer() as server:
        yield server


@pytest.fixture
def pump(database):
    made = Pump(DEMO, deadline_s=5)
    assert made.take()
    yield made
    made.close(0)


def listening(cast, receiver, **events):
    """An installed app that hears of tickets and may read contacts alone besides."""
    access = {"scopes": [{"name": "tickets:read", "reason": "for the test"}]}
    told = {"url": "/events", "types": ["ticket.*", "contact.*"], **events}
    app = apps.register(
        cast, apps.manifest(runtime={"base_url": f"http://localhost:{receiver.port}"}, access=access, events=told)
    )
    return {**app, "installation": apps.install(cast)}


def send(developer, name):
    page = developer.get(f"/console/events?q={name}")
    found = re.search(r'name="endpoint" value="(whe_\w+)"', page.text)
    return developer.post("/console/events/test", {"type": name, "endpoint": found[1]})


def test_the_fields_of_an_event_are_listed(faces):
    page = faces("developer").get("/console/events?q=ticket.solved")
    assert "Fields of ticket.solved" in words(page)
    assert "there is nowhere to send a test" in words(page)


def test_a_sample_arrives_signed_and_marked_and_nobody_else_hears_of_it(faces, cast, pump, receiver):
    app = listening(cast, receiver)
    endpoint(cast, receiver.url(), "*")
    settle(pump)
    before = len(receiver.received)
    developer = faces("developer")
    page = developer.follow(send(developer, "ticket.solved"))
    assert "Test" in words(page)
    settle(pump)
    (received,) = receiver.received[before:]
    event = verified(received, app["signing_secret"])
    assert (event["type"], event["test"]) == ("ticket.solved", True)
    assert event["resource"]["type"] == "ticket"
    assert event["data"]["id"] == event["resource"]["id"]
    assert '"test": true' in words(developer.get(page.request.path.removeprefix("/w/acme")))
    with cast.reading():
        seen = queries.page_of_deliveries(cast.actor("developer"), ListQuery(limit=1)).rows[0]
    assert (seen["state"], seen["type"]) == ("succeeded", "ticket.solved")


def test_the_filter_and_the_permissions_hold_for_a_sample_too(faces, cast, pump, receiver):
    listening(cast, receiver, filter={"data.status": ["closed"]})
    settle(pump)
    before = len(receiver.received)
    developer = faces("developer")
    send(developer, "ticket.solved")
    send(developer, "contact.created")
    settle(pump)
    assert receiver.received[before:] == []
    ended = {row["type"]: (row["state"], row["last_error"]) for row in deliveries(cast, "developer")}
    assert ended["ticket.solved"] == ("filtered", "not_wanted")
    assert ended["contact.created"] == ("filtered", "not_allowed")


def test_a_dry_run_shows_what_the_endpoint_may_receive_and_sends_nothing(api, cast, receiver):
    listening(cast, receiver, payload="thin")
    developer = api("developer")
    (own,) = [row["id"] for row in developer.get("/webhook-endpoints").json["data"]]
    asked = {"dry_run": True, "type": "ticket.solved"}
    shown = developer.post(f"/webhook-endpoints/{own}/sample", json=asked)
    assert (shown.status_code, shown.json["event"]["test"]) == (200, True)
    assert "data" not in shown.json["event"]
    assert "id" not in shown.json
    hidden = developer.post(f"/webhook-endpoints/{own}/sample", json={**asked, "type": "contact.created"})
    assert (hidden.status_code, hidden.json["event"]) == (200, None)
    refused = developer.post(f"/webhook-endpoints/{own}/sample", json={**asked, "type": "employee.departed"})
    assert (refused.status_code, refused.json["errors"][0]["code"]) == (422, "not_subscribed")
    assert deliveries(cast, "developer") == []


def test_a_sample_goes_to_own_endpoints_alone_and_only_where_they_subscribe(faces, cast, receiver):
    listening(cast, receiver)
    foreign = endpoint(cast, receiver.url(), "*")
    developer = faces("developer")
    developer.get("/console/")
    refused = developer.post("/console/events/test", {"type": "ticket.solved", "endpoint": foreign["id"]})
    assert refused.status_code == 404
    own = re.search(r'name="endpoint" value="(whe_\w+)"', developer.get("/console/events?q=ticket.solved").text)[1]
    answer = developer.follow(developer.post("/console/events/test", {"type": "employee.departed", "endpoint": own}))
    assert "does not subscribe to this type" in words(answer)
