"""Apps without a public URL: `delivery = "stream"`, the SDK on one side and the platform on the other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from flask import Flask

from portico.domains.contacts.events import CONTACT_CREATED
from portico.domains.installations import service as installations
from portico.domains.tickets.events import TICKET_CREATED
from portico.domains.webhooks import queries
from portico.kernel import jobs
from portico.settings import Settings
from portico.stream.serving import StreamServer
from portico_sdk import AuthenticationError
from portico_sdk.apps import App
from portico_sdk.models import ContactEvent
from tests.support import apps
from tests.support.cast import Cast
from tests.support.pumping import happen
from tests.support.waiting import until

pytestmark = pytest.mark.both_databases
BASE = "http://127.0.0.1:8000"


def _manifest(delivery: str) -> dict[str, Any]:
    made = apps.asking("contacts:read", "tickets:read")
    made["runtime"]["delivery"] = delivery
    made["events"] = {"url": "/events", "types": ["contact.*"]}
    made["lifecycle"] = {"url": "/lifecycle"}
    return made


def _endpoints(cast: Cast, installation_id: str) -> int:
    with cast.reading():
        own = [queries.manifest_endpoint(cast.acme, installation_id, for_lifecycle=kind) for kind in (False, True)]
    return sum(one is not None for one in own)


@pytest.fixture
def http(app: Flask, here: Settings) -> Iterator[httpx.Client]:
    """The API in process, the streams over the network."""
    app.extensions["portico_settings"] = here
    with httpx.Client(mounts={BASE: httpx.WSGITransport(app=app)}) as client:
        yield client


def test_no_endpoint_is_made_for_an_app_that_listens(cast: Cast) -> None:
    app = apps.register(cast, _manifest("stream"))
    row = apps.install(cast)
    assert _endpoints(cast, row["id"]) == 0
    apps.deploy(cast, app["id"], _manifest("webhook"))
    jobs.drain()
    assert _endpoints(cast, row["id"]) == 2
    apps.deploy(cast, app["id"], _manifest("stream"))
    jobs.drain()
    assert _endpoints(cast, row["id"]) == 0


def test_an_app_lives_by_the_stream(cast: Cast, streams: StreamServer, http: httpx.Client) -> None:
    made = apps.register(cast, _manifest("stream"))
    row = apps.install(cast)
    app = App(made["client_id"], made["client_secret"], made["signing_secret"], BASE, http_client=http)
    heard: list[Any] = []
    kept: list[str] = []
    over: list[Exception] = []

    @app.on("contact.*")
    def greet(event: Any, workspace: Any) -> None:
        heard.append((event, workspace.me().installation.id))

    @app.lifecycle("installed")
    def begin(event: Any, workspace: Any) -> None:
        heard.append((event, "life"))

    def live() -> None:
        try:
            app.run_stream(row["id"], after="oldest", keep=kept.append)
        except AuthenticationError as error:
            over.append(error)

    thread = threading.Thread(target=live, daemon=True)
    thread.start()
    until(lambda: len(heard) == 1, what="the app hears that it was installed")
    happen(cast, TICKET_CREATED, id="tkt_1")
    made_id = happen(cast, CONTACT_CREATED)
    streams.wake()
    until(lambda: len(kept) == 2, what="the app hears of the contact")
    event, installation_id = heard[1]
    assert isinstance(event, ContactEvent)
    assert (event.id, installation_id) == (made_id, row["id"])
    assert event.contact.display_name == "Zoë"
    with cast.writing():
        installations.suspend(cast.actor("admin"), row["id"])
    thread.join(20)
    assert not thread.is_alive()
    assert [one.code for one in over] == ["installation_suspended"]  # type: ignore[attr-defined]
