"""Cards: fetched server to server, kept per person and power, and degraded with grace."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portico.domains.installations import service as installations
from portico.domains.interactions import calling, queries, service, sweeping
from portico.domains.interactions.calling import Breakers
from portico.domains.interactions.errors import SurfaceGone
from portico.domains.interactions.queries import Card
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.domains.interactions.runs import finish
from tests.support.acting_apps import ActingApp, acting_app
from tests.support.cast import Cast

both = pytest.mark.both_databases
HELLO: dict[str, Any] = {"blocks": [{"type": "text", "text": "Hello"}]}


@pytest.fixture(autouse=True)
def fresh_breakers(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed in another test is no matter here."""
    monkeypatch.setattr(calling, "BREAKERS", Breakers())


def fetch(cast: Cast, app: ActingApp, who: str = "agent", key: str = "today", **about: Any) -> bool | None:
    """Whether the app was asked; None when what is kept still holds."""
    actor = replace(cast.actor(who), **about)
    with cast.writing():
        prepared = service.fetch_card(actor, app.installation["id"], key)
    return None if prepared is None else prepared.call()


def seen(cast: Cast, who: str = "agent", **about: Any) -> Card:
    with cast.reading():
        (found,) = queries.cards_for(replace(cast.actor(who), **about))
    return found


@both
def test_asked_once_signed_and_kept_for_the_person(cast: Cast, helper: ActingApp) -> None:
    helper.says = HELLO
    assert seen(cast).content is None
    assert seen(cast).stale
    assert fetch(cast, helper)
    assert (seen(cast).content, seen(cast).stale) == (HELLO, False)
    assert fetch(cast, helper) is None
    ((call_id, body),) = helper.calls
    assert call_id.startswith("crd_")
    assert body["actor"] == {"kind": "employee", "id": cast.employee_id("agent")}
    assert (body["type"], body["card"], body["installation_id"]) == ("card", "today", helper.installation["id"])
    assert seen(cast, "employee").content is None


@both
def test_how_long_it_holds_and_that_it_may_be_the_same(cast: Cast, helper: ActingApp) -> None:
    helper.says, helper.headers = {**HELLO, "max_age": 60}, {"ETag": '"one"'}
    with clock.held(clock.now()):
        fetch(cast, helper)
        clock.advance(timedelta(seconds=59))
        assert not seen(cast).stale
        clock.advance(timedelta(seconds=1))
        assert seen(cast).stale
        helper.status, helper.says = "304 Not Modified", b""
        assert fetch(cast, helper)
        assert helper.server.received[-1].headers["if-none-match"] == '"one"'
        assert (seen(cast).content, seen(cast).stale) == ({**HELLO, "max_age": 60}, False)


@both
def test_another_power_sees_nothing_of_it(cast: Cast, helper: ActingApp) -> None:
    helper.says, helper.headers = HELLO, {"ETag": '"one"'}
    fetch(cast, helper)
    assert seen(cast, locale="zh-CN").content is None
    assert seen(cast, role="employee").content is None
    with cast.writing():
        installations.update_installation(cast.actor("admin"), helper.installation["id"], {"granted_scopes": []})
    assert seen(cast).content is None
    helper.status = "500 Oh"
    fetch(cast, helper)
    assert "if-none-match" not in helper.server.received[-1].headers
    assert (seen(cast).content, seen(cast).failure) == (None, "status")


@both
def test_what_does_not_come_leaves_what_came_before(cast: Cast, helper: ActingApp) -> None:
    lies: list[tuple[Any, str]] = [
        (b"<html>", "not_json"),
        ({"blocks": [{"type": "script"}]}, "invalid"),
        ({"blocks": [{"type": "form", "action": "wipe"}]}, "invalid"),
        (json.dumps({"blocks": [], "title": "x" * 100_000}).encode(), "too_large"),
    ]
    with clock.held(clock.now()):
        helper.says = HELLO
        fetch(cast, helper)
        for says, failure in lies:
            clock.advance(timedelta(minutes=6))
            helper.says = says
            assert fetch(cast, helper)
            assert (seen(cast).content, seen(cast).failure) == (HELLO, failure)
        clock.advance(timedelta(minutes=6))
        helper.says = {"blocks": []}
        fetch(cast, helper)
        assert (seen(cast).content, seen(cast).failure) == ({"blocks": []}, None)


def test_an_app_that_hangs_lets_one_wait_and_not_the_next(
    cast: Cast, helper: ActingApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.cards, "DEADLINE_S", 0.1)
    helper.hold = threading.Event()
    assert fetch(cast, helper) is True
    assert seen(cast).failure == "timeout"
    assert fetch(cast, helper, "employee") is False
    assert len(helper.server.received) == 1


def test_only_for_whom_the_app_is(cast: Cast) -> None:
    only = {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("agent")}], "exclude": []}
    with acting_app(cast, install={"availability_": only}) as app:
        app.says = HELLO
        assert fetch(cast, app)
        for who in ("employee", "admin"):
            with pytest.raises(SurfaceGone):
                fetch(cast, app, who)
        with pytest.raises(SurfaceGone):
            fetch(cast, app, key="home")
        with cast.writing():
            installations.suspend(cast.actor("admin"), app.installation["id"])
        with cast.reading():
            assert queries.cards_for(cast.actor("agent")) == []


def test_an_action_makes_the_card_be_asked_for_anew(cast: Cast, helper: ActingApp) -> None:
    helper.says = HELLO
    fetch(cast, helper)
    helper.says = {"toast": "Done"}
    finish(cast, "agent", "wave", {})
    assert (seen(cast).content, seen(cast).stale) == (HELLO, True)


@both
def test_pins_come_first_in_their_order(cast: Cast, helper: ActingApp) -> None:
    with acting_app(cast, "zebra") as zebra, acting_app(cast, "yak") as yak:
        agent = cast.actor("agent")

        def order() -> list[str]:
            with cast.reading():
                return [each.surface.app_key for each in queries.cards_for(agent)]

        assert order() == ["helper", "yak", "zebra"]
        with clock.held(clock.now()):
            for app in (zebra, yak, zebra):
                with cast.writing():
                    service.pin(agent, app.installation["id"], first=True)
                clock.advance(timedelta(seconds=1))
        assert order() == ["zebra", "yak", "helper"]
        with cast.writing():
            service.pin(agent, zebra.installation["id"], first=False)
        assert order() == ["yak", "helper", "zebra"]
        with cast.writing(cast.other), pytest.raises(SurfaceGone):
            service.pin(cast.actor("outsider"), yak.installation["id"], first=True)


def test_old_copies_are_forgotten(cast: Cast, helper: ActingApp) -> None:
    helper.says = HELLO
    fetch(cast, helper)
    with clock.held(clock.now()):
        clock.advance(timedelta(days=31))
        with system_unit("tests: forget", write=True):
            sweeping.forget()
    assert seen(cast).content is None
