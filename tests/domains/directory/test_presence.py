"""Whether people are there: what wins over what, what ends by itself, and who may say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from portico.domains.directory import presence, presence_sweeping, service
from portico.domains.directory.presence import PRECEDENCE, Facts, Standing, judge, presences, quiet
from portico.domains.identity.models import Session
from portico.kernel import clock
from portico.kernel.errors import Forbidden
from portico.kernel.events import Event
from portico.kernel.unit_of_work import session, system_unit
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.world import World

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)  # a Wednesday
LATER = NOON + timedelta(hours=1)
HOURS = {"wed": [{"from": "09:00", "to": "11:00"}, {"from": "13:30", "to": "18:00"}]}
SAYS: dict[str, tuple[dict[str, Any], str]] = {
    "dnd": ({"dnd_until": LATER}, "busy"),
    "on_leave": ({"leave": Standing("on_leave", LATER)}, "on_leave"),
    "break": ({"break_until": LATER}, "on_break"),
    "chosen": ({"availability": "in_meeting", "clears_at": LATER}, "in_meeting"),
    "off_shift": ({"shift": Standing("off_shift", LATER)}, "off_shift"),
    "working_hours": ({"hours": HOURS}, "offline"),
    "last_seen": ({"seen": True}, "available"),
}
BARE = Facts("emp_1", ZoneInfo("UTC"))


@pytest.mark.parametrize("size", range(1, len(PRECEDENCE) + 1))
def test_e_d_16_what_stands_first_wins_in_every_combination(size: int) -> None:
    for which in combinations(PRECEDENCE, size):
        known = replace(BARE, **{name: value for one in which for name, value in SAYS[one][0].items()})
        found = judge(known, NOON)
        assert (found.source, found.availability) == (which[0], SAYS[which[0]][1])


def test_e_d_16_without_anything_said_or_seen_somebody_is_offline() -> None:
    assert judge(BARE, NOON).availability == "offline"


@pytest.mark.parametrize("name", ["dnd", "break", "chosen"])
def test_e_d_15_what_a_person_said_is_over_at_its_instant(name: str) -> None:
    known = replace(BARE, **SAYS[name][0], text="Away", seen=True)
    assert judge(known, LATER - timedelta(milliseconds=1)).source == name
    assert judge(known, LATER).source == "last_seen"


@pytest.fixture
def noon() -> Iterator[None]:
    with clock.held(NOON):
        yield


@pytest.mark.both_databases
def test_e_d_15_do_not_disturb_ends_without_anything_running(cast: Cast, noon: None) -> None:
    me = cast.actor("agent")
    with cast.writing():
        service.set_presence(me, availability="available", dnd_until=NOON + timedelta(minutes=5))
    with cast.reading():
        assert presences(cast.acme, [me.id])[me.id].source == "dnd"
        assert quiet(cast.acme, [me.id]) == {me.id: NOON + timedelta(minutes=5)}
    clock.advance(timedelta(minutes=5))
    with cast.reading():
        assert presences(cast.acme, [me.id])[me.id].source == "chosen"
        assert quiet(cast.acme, [me.id]) == {}


def told(cast: Cast) -> list[dict[str, Any]]:
    with cast.reading():
        rows = session().scalars(
            select(Event.data)
            .where(Event.workspace_id == cast.acme, Event.type == "presence.changed")
            .order_by(Event.seq)
        )
        return list(rows)


@pytest.mark.both_databases
def test_the_sweep_tells_once_that_a_break_is_over(cast: Cast, noon: None) -> None:
    me = cast.actor("agent")
    with cast.writing():
        service.take_break(me, minutes=15)
    presence_sweeping.sweep()
    assert [one["availability"] for one in told(cast)] == ["on_break"]
    clock.advance(timedelta(minutes=15))
    assert (presence_sweeping.sweep(), presence_sweeping.sweep()) == (1, 0)
    assert [one["availability"] for one in told(cast)] == ["on_break", "offline"]


def test_saying_the_same_again_tells_nobody(cast: Cast) -> None:
    for _ in range(2):
        with cast.writing():
            service.set_presence(cast.actor("agent"), availability="busy", text="Writing")
    assert len(told(cast)) == 1


@pytest.mark.both_databases
def test_a_break_leaves_what_was_chosen_and_the_other_way_round(cast: Cast, noon: None) -> None:
    me = cast.actor("agent")
    with cast.writing():
        service.set_presence(me, availability="busy", text="Deep work", emoji="🧘")
        service.take_break(me, minutes=30)
        found = service.set_presence(me, availability="in_meeting", text="Standup")
        assert (found.availability, found.text, found.until) == ("on_break", "Standup", NOON + timedelta(minutes=30))
        service.end_break(me)
        assert presences(cast.acme, [me.id])[me.id].availability == "in_meeting"


@pytest.mark.both_databases
def test_who_was_seen_lately_is_available(cast: Cast, api: Api, noon: None) -> None:
    from portico.domains.identity import service as identity

    me = cast.actor("agent")
    with system_unit("tests: a session", write=True):
        identity.admit(cast.users["agent"], "127.0.0.1", "test")
    with cast.reading():
        assert presences(cast.acme, [me.id])[me.id].availability == "available"
    clock.advance(presence.SEEN_LATELY + timedelta(seconds=1))
    with cast.reading():
        assert presences(cast.acme, [me.id])[me.id].availability == "offline"
    with system_unit("tests: used again", write=True) as work:
        work.execute(update(Session).values(last_seen_at=clock.now()))
    with cast.reading():
        assert presences(cast.acme, [me.id])[me.id].availability == "available"


@pytest.mark.both_databases
def test_a_source_above_is_asked_and_its_end_is_told(cast: Cast, noon: None, monkeypatch: pytest.MonkeyPatch) -> None:
    me = cast.actor("agent")
    leave = {me.id: Standing("on_leave", LATER)}
    monkeypatch.setitem(
        presence.PRESENCE_SOURCES, "on_leave", lambda _workspace, _ids, at: leave if NOON <= at < LATER else {}
    )
    with cast.writing():
        service.look_again(cast.acme, me.id, NOON)
    presence_sweeping.sweep()
    with cast.reading():
        assert quiet(cast.acme, [me.id, cast.employee_id("admin")]) == {me.id: LATER}
    clock.advance(timedelta(hours=1))
    presence_sweeping.sweep()
    assert [one["availability"] for one in told(cast)] == ["on_leave", "offline"]


@pytest.mark.both_databases
def test_nothing_said_outlives_that_somebody_is_here(cast: Cast) -> None:
    agent = cast.actor("agent")
    with cast.writing():
        service.set_presence(agent, availability="busy", text="Here")
        service.suspend(cast.actor("hr_admin"), agent.id)
        found = presences(cast.acme, [agent.id])[agent.id]
    assert (found.availability, found.text) == ("offline", None)


def test_the_platform_has_no_presence(cast: Cast) -> None:
    with cast.writing(), pytest.raises(Forbidden):
        service.take_break(cast.system(), minutes=5)


def test_over_the_api(cast: Cast, api: Api) -> None:
    me, other = api("employee"), cast.employee_id("agent")
    assert me.put("/presence/me", json={"availability": "on_break"}).status_code == 422
    assert me.put("/presence/me", json={"clears_at": "2020-01-01T00:00:00Z"}).status_code == 422
    assert me.post("/presence/me/break", json={"minutes": 0}).status_code == 422
    taken = me.post("/presence/me/break", json={"minutes": 30}).json
    assert (taken["availability"], taken["source"]) == ("on_break", "break")
    foreign = cast.employee_id("outsider")
    answer = api("agent").get(f"/presence?ids={taken['employee_id']},{other},{foreign}").json["data"]
    assert {one["employee_id"]: one["availability"] for one in answer} == {
        taken["employee_id"]: "on_break",
        other: "offline",
    }
    assert me.delete("/presence/me/break").status_code == 204
    many = ",".join([other] * 2 + [f"emp_{place:026d}" for place in range(200)])
    assert me.get(f"/presence?ids={many}").status_code == 422
    assert me.get("/presence?ids=con_1").status_code == 422


def test_an_app_reads_whom_its_range_shows(cast: Cast, api: Api) -> None:
    world = World(api)
    person, app = world.employee(), world.powerful_app()
    assert app.get(f"/presence/{person['id']}").json["availability"] == "offline"
    assert app.put("/presence/me", json={}).status_code == 403
