"""Clocking in and out: the steps, repeats, offline punches, evidence and whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portico.domains.attendance.evidence import EARTH_M
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.service import forgetting
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit
from tests.support import attendance
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.world import World

MORNING = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)  # nine in Berlin, a Thursday
METRE = 180 / 3.141592653589793 / EARTH_M


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.held(MORNING):
        yield


@pytest.fixture
def office(cast: Cast) -> Cast:
    """The employee and the agent work by nine to half past five in Berlin; the agent is the employee's manager."""
    with cast.writing():
        attendance.group(cast, "employee", "agent")
    return cast


def later(**by: float) -> None:
    clock.advance(timedelta(**by))


def punch(api: Api, kind: str = "in", who: str = "employee", *, status: int = 201, **fields: Any) -> Any:
    answer = api(who).post("/attendance/punches", json={"kind": kind, **fields})
    assert answer.status_code == status, answer.json
    return answer.json


def today(api: Api, who: str = "employee") -> Any:
    answer = api(who).get("/attendance/today")
    assert answer.status_code == 200, answer.json
    return answer.json


@pytest.mark.both_databases
def test_a_day_from_in_to_out_with_a_break(office: Cast, api: Api) -> None:
    assert today(api)["actions"] == ["in"]
    came = punch(api)
    assert {key: came[key] for key in ("kind", "status", "method", "work_on", "timezone", "occurred_at")} == {
        "kind": "in",
        "status": "accepted",
        "method": "web",
        "work_on": "2026-11-26",
        "timezone": "Europe/Berlin",
        "occurred_at": "2026-11-26T08:00:00.000Z",
    }
    assert came["shift_instance_key"] == "2026-11-26#0"
    assert today(api)["actions"] == ["out", "break_start"]
    later(hours=4)
    punch(api, "break_start")
    assert today(api)["actions"] == ["break_end", "out"]
    later(minutes=30)
    punch(api, "break_end")
    later(hours=4)
    left = punch(api, "out")
    now = today(api)
    assert (now["session"], now["next_action"]) == (None, "in")
    assert [one["kind"] for one in now["punches"]] == ["in", "break_start", "break_end", "out"]
    [shift] = now["shifts"]
    assert (shift["starts_at"], shift["window_to"]) == ("2026-11-26T08:00:00.000Z", "2026-11-26T20:30:00.000Z")
    assert api("employee").get(f"/attendance/punches/{left['id']}").json == left


@pytest.mark.both_databases
def test_steps_that_cannot_come_next(office: Cast, api: Api) -> None:
    assert punch(api, "break_start", status=409)["code"] == "not_clocked_in"
    assert punch(api, "break_end", status=409)["code"] == "not_clocked_in"
    first = punch(api)
    later(seconds=61)
    refused = punch(api, status=409)
    assert (refused["code"], refused["session"]["in_punch_id"]) == ("already_clocked_in", first["id"])
    assert refused["session"]["state"] == "open"
    assert punch(api, "break_end", status=409)["code"] == "not_on_break"
    punch(api, "break_start")
    later(seconds=61)
    assert punch(api, "break_start", status=409)["code"] == "already_on_break"


@pytest.mark.both_databases
def test_e_p_05_a_retry_with_the_same_key_is_the_same_punch(office: Cast, api: Api) -> None:
    headers = {"Idempotency-Key": "tap-1"}
    first = api("employee").post("/attendance/punches", json={"kind": "in"}, headers=headers)
    later(minutes=10)
    again = api("employee").post("/attendance/punches", json={"kind": "in"}, headers=headers)
    assert (first.status_code, again.status_code, again.headers["Idempotency-Replayed"]) == (201, 201, "true")
    assert again.get_data() == first.get_data()
    assert len(api("employee").get("/attendance/punches").json["data"]) == 1


@pytest.mark.both_databases
def test_e_p_06_a_second_tap_within_a_minute_is_the_first(office: Cast, api: Api) -> None:
    first = punch(api)
    later(seconds=59)
    assert punch(api, status=200) == first
    left = punch(api, "out")
    later(seconds=20)
    assert punch(api, "out", status=200) == left
    # What came between makes it another step, and no repeat.
    assert punch(api)["id"] not in (first["id"], left["id"])
    assert len(api("employee").get("/attendance/punches").json["data"]) == 3


@pytest.mark.both_databases
def test_e_p_07_an_out_without_an_in_is_kept(office: Cast, api: Api) -> None:
    later(hours=9)
    assert punch(api, "out")["work_on"] == "2026-11-26"
    assert today(api)["session"] is None


def test_who_is_in_no_group_has_nothing_to_clock_for(cast: Cast, api: Api) -> None:
    assert punch(api, status=409)["code"] == "no_attendance_rule"
    now = today(api)
    assert (now["group"], now["actions"], now["next_action"]) == (None, [], None)


def test_a_group_names_the_ways(cast: Cast, api: Api) -> None:
    with cast.writing():
        attendance.group(cast, "employee", punch_methods=["kiosk"])
    refused = punch(api, status=409)
    assert (refused["code"], refused["methods"]) == ("punch_method_not_allowed", ["kiosk"])


def test_e_p_31_no_app_clocks_in_for_anybody(office: Cast, api: Api) -> None:
    world = World(api)
    answer = world.powerful_app().post("/attendance/punches", json={"kind": "in"})
    assert (answer.status_code, answer.json["code"]) == (403, "forbidden")
    assert api("employee").get("/attendance/punches").json["data"] == []


@pytest.mark.both_databases
def test_e_p_16_an_offline_punch_of_23_hours_waits_and_one_of_25_is_refused(office: Cast, api: Api) -> None:
    shown = {"client_at": "2026-11-25T09:00:00Z", "offset_s": 23 * 3600}
    kept = punch(api, **shown)
    assert (kept["status"], kept["hints"], kept["work_on"]) == ("pending", ["offline"], "2026-11-25")
    assert kept["occurred_at"] == "2026-11-25T09:00:00.000Z"
    old = {"client_at": "2026-11-25T07:00:00Z", "offset_s": 25 * 3600}
    assert punch(api, status=409, **old)["code"] == "punch_too_old"
    # The device's clock may be wrong, what it counted is not.
    odd = punch(api, "out", client_at="2026-11-25T12:00:00Z", offset_s=15 * 3600)
    assert (odd["occurred_at"], odd["hints"]) == ("2026-11-25T17:00:00.000Z", ["offline", "clock_differs"])
    assert punch(api, status=422, offset_s=60)["errors"][0]["pointer"] == "/client_at"


def test_an_offline_punch_behind_others_moves_no_session(office: Cast, api: Api) -> None:
    online = punch(api)
    later(minutes=10)
    assert punch(api, "out", client_at="2026-11-26T07:10:00Z", offset_s=3600)["status"] == "pending"
    assert punch(api, "in", client_at="2026-11-26T06:10:00Z", offset_s=7200)["status"] == "pending"
    assert today(api)["session"]["in_punch_id"] == online["id"]


def test_the_device_says_when_but_the_server_knows(office: Cast, api: Api) -> None:
    """A clock that is a quarter of an hour ahead makes nobody earlier or later."""
    one = punch(api, client_at="2026-11-26T08:15:00Z")
    assert (one["occurred_at"], one["status"], one["hints"]) == (
        "2026-11-26T08:00:00.000Z",
        "accepted",
        ["clock_differs"],
    )


@pytest.fixture
def fenced(cast: Cast) -> Cast:
    with cast.writing():
        places = [attendance.location(cast), attendance.location(cast, 0.0, 0.0)]
        attendance.group(
            cast, "employee", location_ids=places, wifi_ids=[attendance.wifi(cast)], field_punch="approval"
        )
    return cast


def at(lat: float, lng: float, accuracy_m: float = 10) -> dict[str, float]:
    return {"lat": lat, "lng": lng, "accuracy_m": accuracy_m}


@pytest.mark.both_databases
def test_e_p_14_inside_any_place_counts_and_outside_waits(fenced: Cast, api: Api) -> None:
    inside = punch(api, position=at(0.0, 0.0))
    assert (inside["status"], inside["evidence"], inside["position"]) == ("accepted", "inside", at(0.0, 0.0))
    later(days=1)
    outside = punch(api, "out", position=at(48.0 + 250 * METRE, 11.0))
    assert (outside["status"], outside["evidence"], outside["location_id"]) == ("pending", "outside", None)
    later(days=1)
    assert punch(api, position=at(48.0, 11.0, 500))["evidence"] == "low_accuracy"
    later(days=1)
    nothing = punch(api)
    assert (nothing["status"], nothing["evidence"]) == ("pending", "no_evidence")


def test_e_p_15_the_office_wifi_in_any_writing(fenced: Cast, api: Api) -> None:
    one = punch(api, bssid="AABB.CCDD.EE0F")
    assert (one["status"], one["evidence"], one["bssid"]) == ("accepted", "inside", "aa:bb:cc:dd:ee:0f")
    assert punch(api, "out", status=422, bssid="nonsense")["errors"][0]["pointer"] == "/bssid"


def test_nobody_is_in_two_towns_at_once(fenced: Cast, api: Api) -> None:
    punch(api, position=at(48.0, 11.0))
    later(hours=2)
    one = punch(api, "out", position=at(0.0, 0.0))
    assert (one["status"], one["evidence"], one["hints"]) == ("pending", "inside", ["impossible_travel"])


def test_a_place_from_an_app_waits(fenced: Cast, api: Api) -> None:
    one = punch(api, position=at(48.0, 11.0), mock_location=True)
    assert (one["status"], one["evidence"], one["hints"]) == ("pending", "mock_suspected", ["mock_location"])


def test_a_group_may_refuse_what_comes_from_outside(cast: Cast, api: Api) -> None:
    """And what is settled is not asked again from where it comes."""
    with cast.writing():
        attendance.group(cast, "employee", location_ids=[attendance.location(cast)], no_evidence="reject")
    refused = punch(api, status=409)
    assert (refused["code"], refused["evidence"]) == ("punch_refused", "no_evidence")
    assert punch(api, status=409, position=at(50.0, 11.0))["evidence"] == "outside"
    assert api("employee").get("/attendance/punches").json["data"] == []
    first = punch(api, position=at(48.0, 11.0))
    later(seconds=30)
    assert punch(api, status=200, position=at(50.0, 11.0)) == first
    later(minutes=2)
    assert punch(api, status=409, position=at(50.0, 11.0))["code"] == "already_clocked_in"


def test_a_group_that_looks_at_no_place_keeps_none(office: Cast, api: Api) -> None:
    one = punch(api, position=at(48.0, 11.0), bssid="aa:bb:cc:dd:ee:0f", device_id="phone", mock_location=True)
    assert (one["position"], one["bssid"], one["device_id"]) == (None, None, None)
    assert (one["evidence"], one["status"]) == ("no_evidence", "accepted")
    assert today(api)["evidence"] == {
        "position": False,
        "wifi": False,
        "device": False,
        "outside": "reject",
        "no_evidence": "pending",
    }


@pytest.mark.both_databases
def test_e_p_32_where_it_was_is_for_few_and_for_90_days(fenced: Cast, api: Api) -> None:
    made = punch(api, position=at(48.0, 11.0), bssid="aa:bb:cc:dd:ee:0f")
    path = f"/attendance/punches/{made['id']}"
    assert api("employee").get(path).json["position"] == at(48.0, 11.0)
    assert api("hr_admin").get(path).json["position"] == at(48.0, 11.0)
    without = api("hr_admin", "attendance:read", "attendance.team:read").get(path).json
    assert (without["_redacted"], "position" in without, "bssid" in without) == (["bssid", "position"], False, False)
    assert without["evidence"] == "inside"
    assert api("agent").get(path).status_code == 404
    assert api("agent").get("/attendance/punches").json["data"] == []
    for days, left in ((89, at(48.0, 11.0)), (2, None)):
        later(days=days)
        with system_unit("tests: forget", write=True):
            forgetting.forget_positions()
        with fenced.reading():  # the tokens of this test are too old by now
            after = queries.punch(fenced.actor("employee"), made["id"])
        assert (after["position"], after["evidence"], after["version"]) == (left, "inside", 1)
    assert after["bssid"] is None


def test_both_zones_while_travelling(cast: Cast, api: Api) -> None:
    with cast.writing():
        attendance.group(cast, "employee", zone="Asia/Shanghai")
    assert (
        api("hr_admin")
        .patch(f"/employees/{cast.employee_id('employee')}", json={"timezone": "America/New_York"})
        .status_code
        == 200
    )
    now = today(api)
    assert (now["timezone"], now["local_timezone"], now["work_on"]) == (
        "Asia/Shanghai",
        "America/New_York",
        "2026-11-26",
    )
    later(hours=9)  # one in the night of the 27th in Shanghai, noon in New York
    one = punch(api, timezone="America/New_York")
    assert (one["work_on"], one["client_timezone"]) == ("2026-11-27", "America/New_York")
