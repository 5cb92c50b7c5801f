"""Dev sessions: an app on its developer's machine, called over the connection that the command line opened."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from flask import Flask

from portico import settings as instance
from portico.domains.installations import service as installations
from portico.domains.installations.errors import DevNeedsAdmin
from portico.domains.interactions import queries
from portico.domains.webhooks.pump import Pump
from portico.kernel import clock
from portico.kernel.errors import NotFound
from portico.settings import Settings
from portico.stream.serving import StreamServer
from portico_sdk import NotFoundError, Portico
from portico_sdk.cli.dev._tunnel import Handled, Tunnel
from tests.domains.interactions.runs import finish
from tests.support.acting_apps import ActingApp, acting_app
from tests.support.cast import Cast
from tests.support.faces import Faces, words
from tests.support.pumping import DEMO, deliveries, happen, settle
from tests.support.waiting import until

pytestmark = pytest.mark.both_databases


@dataclass
class Machine:
    """The developer's: the app runs there, and the tunnel is open."""

    app: ActingApp
    session: dict[str, Any]
    tunnel: Tunnel
    handled: list[Handled] = field(default_factory=list)


@pytest.fixture
def local(cast: Cast) -> Iterator[ActingApp]:
    """Installed with an address at which nobody is; its server is somewhere else."""
    with acting_app(
        cast,
        access={"scopes": [{"name": "contacts:read", "reason": "for the test"}]},
        events={"url": "/events", "types": ["contact.*"]},
        runtime={"base_url": "http://localhost:1"},
    ) as app:
        yield app


def begin(cast: Cast, app: ActingApp, who: str = "developer") -> dict[str, Any]:
    with cast.writing():
        url = f"http://localhost:{app.server.port}"
        return installations.start_dev_session(cast.actor(who), app.registered["id"], local_url=url)


@pytest.fixture
def machine(cast: Cast, local: ActingApp, here: Settings, streams: StreamServer) -> Iterator[Machine]:
    instance.configure(here)
    session = begin(cast, local)
    there = threading.Event()
    handled: list[Handled] = []
    with httpx.Client() as http:
        transport = Portico(cast.token("developer"), base_url=here.public_url, http_client=http)._transport
        tunnel = Tunnel(
            transport,
            session["tunnel_url"],
            f"http://127.0.0.1:{local.server.port}",
            handled=handled.append,
            connected=lambda yes: there.set() if yes else None,
        )
        thread = threading.Thread(target=tunnel.run, daemon=True)
        thread.start()
        assert there.wait(20)
        yield Machine(local, session, tunnel, handled)
        tunnel.close()


def test_an_action_runs_on_the_machine(cast: Cast, machine: Machine) -> None:
    machine.app.says = {"toast": "Noted here"}
    row = finish(cast, "employee", "note", {"input": {"note": "Hello"}})
    assert (row["state"], row["answer"]["toast"]) == ("answered", "Noted here")
    assert machine.app.calls[0][1]["input"] == {"note": "Hello"}, "signed as ever, and verified"
    until(lambda: bool(machine.handled), what="the command line hears of it")
    assert (machine.handled[0].kind, machine.handled[0].name, machine.handled[0].status) == ("action", "note", 200)


def test_an_event_is_delivered_to_the_machine_signed(cast: Cast, machine: Machine) -> None:
    pump = Pump(DEMO, deadline_s=5)
    try:
        assert pump.take()
        made = happen(cast)
        settle(pump)
    finally:
        pump.close(0)
    message_id, event = machine.app.calls[-1]
    assert (message_id, event["id"], event["type"]) == (made, made, "contact.created")
    mine = [row for row in deliveries(cast) if row["event_id"] == made]
    assert [row["state"] for row in mine] == ["succeeded"]


def test_what_the_app_on_the_machine_refuses_is_told(cast: Cast, machine: Machine) -> None:
    machine.app.status = "500 Broken"
    assert finish(cast, "employee", "note", {"input": {"note": "Hello"}})["state"] == "failed"
    until(lambda: bool(machine.handled), what="the command line hears of it")
    assert machine.handled[0].status == 500


def test_the_portal_says_that_it_is_local_and_asks_the_machine_for_its_developer_alone(
    app: Flask, cast: Cast, machine: Machine
) -> None:
    with cast.reading():
        own, other = (queries.surfaces_for(cast.actor(who), "portal.page")[0] for who in ("developer", "employee"))
    assert (own.local, other.local) == (True, True)
    assert own.origin == f"http://localhost:{machine.app.server.port}"
    assert other.origin == "http://localhost:1"
    page = Faces(app, cast)("employee").get(f"/apps/{machine.app.installation['id']}/home")
    assert "Helper home (local)" in words(page)


def test_where_nobody_listens_a_call_fails_at_once(cast: Cast, local: ActingApp, here: Settings, streams: Any) -> None:
    instance.configure(here)
    begin(cast, local)
    row = finish(cast, "employee", "note", {"input": {"note": "Hello"}})
    assert (row["state"], row["http_status"]) == ("failed", 503)


def test_an_ended_session_closes_the_tunnel_and_a_stranger_has_none(
    cast: Cast, machine: Machine, here: Settings
) -> None:
    for stranger in ("agent", "outsider"):
        answer = httpx.get(machine.session["tunnel_url"], headers={"authorization": f"Bearer {cast.token(stranger)}"})
        assert answer.status_code == 404
    guessed = httpx.post(f"{machine.session['tunnel_url']}/calls/{'0' * 64}/events", content=b"{}")
    assert guessed.status_code == 404
    forged = httpx.post(f"{machine.session['tunnel_url']}/answers/cal_1", json={"status": 200})
    assert forged.status_code == 401
    with cast.writing():
        installations.end_dev_session(cast.actor("developer"), machine.session["app_id"], machine.session["id"])
    with pytest.raises(NotFoundError):
        machine.tunnel.run()


def test_the_lease_ends_what_nobody_ends(cast: Cast, local: ActingApp, held_clock: None) -> None:
    session = begin(cast, local)
    clock.advance(timedelta(seconds=20))
    with cast.writing():
        installations.renew_dev_session(cast.actor("developer"), session["app_id"], session["id"])
    clock.advance(timedelta(seconds=31))
    with cast.reading():
        assert not queries.surfaces_for(cast.actor("developer"), "portal.page")[0].local
    with cast.writing(), pytest.raises(NotFound):
        installations.renew_dev_session(cast.actor("developer"), session["app_id"], session["id"])


def test_the_same_person_takes_over_from_another_terminal(cast: Cast, local: ActingApp) -> None:
    first, second = begin(cast, local), begin(cast, local)
    with cast.writing(), pytest.raises(NotFound):
        installations.renew_dev_session(cast.actor("developer"), first["app_id"], first["id"])
    with pytest.raises(NotFound):
        begin(cast, local, "app_manager")
    with cast.writing():
        installations.renew_dev_session(cast.actor("developer"), second["app_id"], second["id"])


def test_in_production_it_is_for_who_may_install(cast: Cast, local: ActingApp, settings: Settings) -> None:
    instance.configure(replace(settings, mode="production"))
    with pytest.raises(DevNeedsAdmin):
        begin(cast, local)
    with cast.writing():
        alone = {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("developer")}]}
        installations.update_installation(
            cast.actor("app_manager"), local.installation["id"], {"availability": alone}, None
        )
    assert begin(cast, local)["lease_seconds"] == 30
