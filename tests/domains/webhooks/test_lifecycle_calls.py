"""Lifecycle calls: an app is told of its own installation, also while that is suspended, and until it is erased."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from portico.domains.installations import erasures
from portico.domains.installations import service as installations
from portico.domains.webhooks.pump import Pump
from portico_sdk.apps import App
from tests.support import apps
from tests.support.cast import Cast
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.pumping import deliveries, happen, settle, verified

pytestmark = pytest.mark.both_databases


@pytest.fixture
def told(cast: Cast, receiver: LoopbackServer) -> dict[str, Any]:
    """An installed app with a lifecycle URL, that also listens to contacts and to itself."""
    content = apps.manifest(
        runtime={"base_url": f"http://localhost:{receiver.port}"},
        access={"scopes": [{"name": "contacts:read", "reason": "for the test"}]},
        events={"url": "/events", "types": ["contact.*"]},
        lifecycle={"url": "/life"},
    )
    return {**apps.register(cast, content), "installation": apps.install(cast)}


def heard(receiver: LoopbackServer, path: str = "/life") -> list[str]:
    return [orjson.loads(r.body)["type"] for r in receiver.received if r.line == f"POST {path} HTTP/1.1"]


def step(cast: Cast, told: dict[str, Any], verb: Any) -> Any:
    with cast.writing():
        return verb(cast.actor("admin"), told["installation"]["id"])


def test_the_whole_life_is_told_in_signed_calls(
    cast: Cast, pump: Pump, receiver: LoopbackServer, told: dict[str, Any]
) -> None:
    for verb in (installations.suspend, installations.resume, installations.uninstall, installations.erase):
        settle(pump)
        step(cast, told, verb)
    settle(pump)
    assert heard(receiver) == [
        "app.installed",
        "app.suspended",
        "app.resumed",
        "app.uninstalled",
        "privacy.erase_requested",
    ]
    last = verified(receiver.received[-1], told["signing_secret"])
    assert last["installation_id"] == told["installation"]["id"]
    assert last["data"]["due_at"] > last["data"]["requested_at"]


def test_events_wait_for_all_sides_and_are_delivered_after(
    cast: Cast, pump: Pump, receiver: LoopbackServer, told: dict[str, Any]
) -> None:
    settle(pump)
    step(cast, told, installations.suspend)
    installations.suspend_as_operator(told["id"])
    happen(cast)
    settle(pump)
    assert heard(receiver, "/events") == []
    step(cast, told, installations.resume)
    settle(pump)
    assert heard(receiver, "/events") == [], "the operator still holds it"
    assert {row["state"] for row in deliveries(cast) if row["type"] == "contact.created"} == {"held"}
    installations.resume_as_operator(told["id"])
    settle(pump)
    assert heard(receiver, "/events") == ["contact.created"]
    assert heard(receiver) == ["app.installed", "app.suspended", "app.suspended", "app.resumed"]


def test_an_app_installed_anew_hears_at_both_addresses(
    cast: Cast, pump: Pump, receiver: LoopbackServer, told: dict[str, Any]
) -> None:
    step(cast, told, installations.uninstall)
    happen(cast)
    apps.install(cast)
    happen(cast)
    settle(pump)
    assert heard(receiver, "/events") == ["contact.created"], "what happened in between is not its business"
    assert sorted(heard(receiver)) == ["app.installed", "app.installed", "app.uninstalled"]


def test_one_that_comes_back_held_hears_nothing_yet(
    cast: Cast, pump: Pump, receiver: LoopbackServer, told: dict[str, Any]
) -> None:
    step(cast, told, installations.uninstall)
    installations.suspend_as_operator(told["id"])
    apps.install(cast)
    happen(cast)
    settle(pump)
    assert heard(receiver, "/events") == []
    installations.resume_as_operator(told["id"])
    settle(pump)
    assert heard(receiver, "/events") == ["contact.created"]


def _with_sdk(told: dict[str, Any], erase: Any) -> Any:
    app = App(told["client_id"], told["client_secret"], told["signing_secret"], "http://127.0.0.1:8000")
    app.lifecycle("erase_requested")(erase)

    def respond(received: Received) -> list[bytes]:
        made = app.handle_lifecycle(received.body, received.headers)
        return answer(f"{made.status} OK", made.body, **{k.replace("-", "_"): v for k, v in made.headers.items()})

    return respond


@pytest.mark.parametrize(("done", "state"), [(True, "confirmed"), (None, "requested")])
def test_the_answer_to_the_request_to_erase_is_the_receipt(
    cast: Cast, pump: Pump, receiver: LoopbackServer, told: dict[str, Any], done: bool | None, state: str
) -> None:
    receiver.respond = _with_sdk(told, lambda event, workspace: done)
    step(cast, told, installations.uninstall)
    step(cast, told, installations.erase)
    settle(pump)
    with cast.reading():
        found = erasures.of_installation(cast.actor("admin"), told["installation"]["id"])
    assert found["state"] == state
    assert found["receipt"] == ({"erasure_id": found["id"], "erased": True} if done else None)
    assert {row["state"] for row in deliveries(cast) if row["type"].startswith("privacy")} == {"succeeded"}
