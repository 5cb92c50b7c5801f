"""Suspension from three sides: each lifts its own, and the app lives again when none holds it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select

from portico.domains.catalogue import service as catalogue
from portico.domains.installations import queries, service
from portico.domains.installations.errors import InstallationState
from portico.kernel.errors import NotFound, Refusal
from portico.kernel.events import Event
from tests.support.apps import install, mint, register
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


@pytest.fixture
def made(cast: Cast) -> tuple[dict[str, Any], dict[str, Any]]:
    app = register(cast)
    return app, install(cast)


def now(cast: Cast, row: dict[str, Any], workspace: str | None = None) -> dict[str, Any]:
    with cast.reading(workspace):
        return queries.installation(cast.system(workspace), row["id"])


def sides(row: dict[str, Any]) -> list[str]:
    return [hold["side"] for hold in row["holds"]]


def event_types(cast: Cast) -> list[str]:
    with cast.reading() as work:
        statement = select(Event.type).where(Event.workspace_id == cast.acme, Event.type.like("app.%"))
        return list(work.scalars(statement.order_by(Event.seq)))


def test_each_side_lifts_its_own_and_nothing_else(cast: Cast, made: tuple[dict[str, Any], dict[str, Any]]) -> None:
    app, row = made
    admin, developer = cast.actor("admin"), cast.actor("developer")
    with cast.writing():
        service.suspend(admin, row["id"], "odd calls at night")
    assert service.suspend_as_publisher(developer, app["id"])["changed"] == 1
    assert service.suspend_as_operator(app["id"], "a leak") == 1
    found = now(cast, row)
    assert (found["status"], found["suspended_by"]) == ("suspended", "operator")
    assert sides(found) == ["operator", "publisher", "company"]
    assert found["holds"][2]["reason"] == "odd calls at night"
    with cast.writing():
        assert service.resume(admin, row["id"])["status"] == "suspended"
        with pytest.raises(InstallationState):
            service.resume(admin, row["id"])
    assert service.resume_as_publisher(developer, app["id"])["changed"] == 1
    assert sides(now(cast, row)) == ["operator"]
    assert service.resume_as_operator(app["id"]) == 1
    assert now(cast, row)["status"] == "active"
    assert event_types(cast) == ["app.installed", *["app.suspended"] * 3, *["app.hold_lifted"] * 2, "app.resumed"]


def test_tokens_are_refused_while_any_side_holds(
    api: Api, cast: Cast, made: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    app, row = made
    client = api.bearer(mint(app, row))
    with cast.writing():
        service.suspend(cast.actor("admin"), row["id"])
    service.suspend_as_operator(app["id"])
    with cast.writing():
        service.resume(cast.actor("admin"), row["id"])
    refused = client.get("/me")
    assert (refused.status_code, refused.json["code"]) == (401, "installation_suspended")
    service.resume_as_operator(app["id"])
    assert client.get("/me").status_code == 200


def test_a_publisher_suspends_everywhere_or_in_one_place(cast: Cast, made: tuple[dict[str, Any], Any]) -> None:
    app, here = made
    developer = cast.actor("developer")
    with cast.writing():
        catalogue.update_app(developer, app["id"], visibility="unlisted")
    there = install(cast, by="outsider")
    assert service.suspend_as_publisher(developer, app["id"], there["id"])["changed"] == 1
    assert (now(cast, here)["status"], now(cast, there, cast.other)["status"]) == ("active", "suspended")
    assert service.suspend_as_publisher(developer, app["id"])["changed"] == 1
    assert service.suspend_as_publisher(developer, app["id"])["changed"] == 0, "a repeat finds nothing to do"
    assert service.resume_as_publisher(developer, app["id"])["changed"] == 2


def test_only_the_publisher_suspends_as_one(cast: Cast, made: tuple[dict[str, Any], Any]) -> None:
    app, row = made
    for name in ("admin", "outsider"):
        with pytest.raises(NotFound):
            service.suspend_as_publisher(cast.actor(name), app["id"])
    assert now(cast, row)["status"] == "active"


def test_a_hold_outlives_the_uninstalling(cast: Cast, made: tuple[dict[str, Any], Any]) -> None:
    app, row = made
    admin = cast.actor("admin")
    with cast.writing():
        service.suspend(admin, row["id"])
    service.suspend_as_operator(app["id"])
    with cast.writing():
        service.uninstall(admin, row["id"])
    assert install(cast)["id"] == row["id"]
    found = now(cast, row)
    assert (found["status"], sides(found)) == ("suspended", ["operator"])


def test_what_sleeps_is_held_too(cast: Cast, made: tuple[dict[str, Any], Any]) -> None:
    app, row = made
    with cast.writing():
        service.uninstall(cast.actor("admin"), row["id"])
    assert service.suspend_as_operator(app["id"]) == 1
    assert now(cast, row)["status"] == "uninstalling"
    assert install(cast)["status"] == "suspended"


def test_suspending_and_uninstalling_at_once(cast: Cast, made: tuple[dict[str, Any], Any]) -> None:
    """Whatever the order, it ends uninstalled, and no hold of the company is left."""
    row = made[1]
    start = threading.Barrier(3)
    codes: list[str] = []

    def go(step: Any) -> None:
        start.wait()
        try:
            with cast.writing():
                step(cast.actor("admin"), row["id"])
        except Refusal as refusal:
            codes.append(refusal.code)

    threads = [threading.Thread(target=go, args=(s,)) for s in (service.suspend, service.uninstall, service.suspend)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = now(cast, row)
    assert set(codes) <= {"installation_state"}
    assert (found["status"], sides(found)) == ("uninstalling", [])
