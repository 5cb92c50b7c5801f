"""Punches that devices bring, what waits for a decision, and what approved corrections do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from portico.domains.attendance import service
from portico.domains.attendance.models import AttendancePeriod, Workday
from portico.domains.attendance.queries import punches as queries
from portico.kernel import clock, jobs
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import session
from tests.support import attendance
from tests.support.cast import Cast
from tests.support.http import Api

NOW = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.held(NOW):
        yield


@pytest.fixture
def office(cast: Cast) -> Cast:
    with cast.writing():
        attendance.group(cast, "employee", "agent", location_ids=[attendance.location(cast)])
    return cast


def row(cast: Cast, at: str, seq: int | None = None, **fields: Any) -> dict[str, Any]:
    return {
        "employee_id": cast.employee_id("employee"),
        "occurred_at": f"2026-11-{at}:00Z",
        "device_id": "door-1",
        "device_seq": seq,
        **fields,
    }


def bring(api: Api, *items: dict[str, Any], who: str = "hr_admin") -> list[Any]:
    answer = api(who).post("/attendance/punches/import", json={"items": list(items)})
    assert answer.status_code == 200, answer.json
    return [(one["status"], one.get("data") or one["error"]) for one in answer.json["results"]]


def stale(cast: Cast) -> set[date]:
    with cast.reading():
        wanted = select(Workday.work_on).where(Workday.workspace_id == cast.acme, Workday.stale)
        return set(session().scalars(wanted))


@pytest.mark.both_databases
def test_e_p_17_out_of_order_twice_and_unknown(office: Cast, api: Api) -> None:
    out, came = row(office, "24T16:30", 2), row(office, "24T08:00", 1)
    unknown = {**row(office, "24T09:00", 3), "employee_id": office.employee_id("outsider")}
    nobody = {**row(office, "24T09:00", 4), "employee_no": "77"}
    del nobody["employee_id"]
    first = bring(api, out, came, unknown, nobody, came)
    assert [status for status, _ in first] == [201, 201, 422, 422, 200]
    assert first[2][1]["errors"][0]["pointer"] == "/employee_id"
    assert first[3][1]["errors"][0]["pointer"] == "/employee_no"
    assert first[4][1] == first[1][1]
    assert [status for status, _ in bring(api, came, out)] == [200, 200]
    # The same without its number, and another under the same number.
    assert bring(api, row(office, "24T08:00"))[0][1]["id"] == first[1][1]["id"]
    assert bring(api, row(office, "24T10:00", 1))[0][1]["code"] == "device_seq_taken"
    found = api("hr_admin").get("/attendance/punches?sort=occurred_at").json["data"]
    assert [(one["kind"], one["method"], one["work_on"]) for one in found] == [("auto", "import", "2026-11-24")] * 2
    assert stale(office) == {date(2026, 11, 24)}


@pytest.mark.both_databases
def test_e_p_17_a_locked_month_takes_nothing_more(office: Cast, api: Api) -> None:
    with office.writing():
        now = clock.now()
        locked = {"workspace_id": office.acme, "id": "per_1", "month": "2026-10", "state": "locked"}
        stamps = {"created_at": now, "updated_at": now, "version": 1}
        session().execute(insert(AttendancePeriod), [{**locked, **stamps}])
    old = {**row(office, "24T08:00", 1), "occurred_at": "2026-10-30T08:00:00Z"}
    late = {**row(office, "24T08:00", 2), "occurred_at": "2026-11-01T08:00:00Z"}
    results = bring(api, old, late)
    assert (results[0][0], results[0][1]["code"], results[1][0]) == (409, "period_locked", 201)


def test_a_device_in_the_future_has_a_wrong_clock(office: Cast, api: Api) -> None:
    results = bring(api, row(office, "26T08:05"), row(office, "26T08:06"))
    assert [status for status, _ in results] == [201, 422]
    assert results[1][1]["errors"][0]["pointer"] == "/occurred_at"


def test_a_terminal_at_the_door_opens_and_closes_sessions(office: Cast, api: Api) -> None:
    bring(api, row(office, "26T07:55", 1))
    assert api("employee").get("/attendance/today").json["session"]["state"] == "open"
    assert api("employee").post("/attendance/punches", json={"kind": "in"}).json["code"] == "already_clocked_in"
    clock.advance(timedelta(hours=9))
    bring(api, row(office, "26T17:00", 2), row(office, "26T12:00", 3, kind="out"))
    assert api("employee").get("/attendance/today").json["session"] is None


def test_who_may_bring_in(office: Cast, api: Api) -> None:
    refused = api("agent").post("/attendance/punches/import", json={"items": [row(office, "24T08:00")]})
    assert (refused.status_code, refused.json["code"]) == (403, "insufficient_scope")


def waiting(api: Api, kind: str = "in") -> str:
    answer = api("employee").post("/attendance/punches", json={"kind": kind})
    assert (answer.status_code, answer.json["status"]) == (201, "pending")
    return str(answer.json["id"])


@pytest.mark.both_databases
def test_managers_and_hr_decide_and_nobody_about_themselves(office: Cast, api: Api) -> None:
    punch_id = waiting(api)
    path = f"/attendance/punches/{punch_id}"
    assert api("employee").post(f"{path}/accept").json["code"] == "forbidden"
    assert api("agent").post(f"{path}/accept").status_code == 404
    manager = {"manager_id": office.employee_id("agent")}
    assert api("hr_admin").patch(f"/employees/{office.employee_id('employee')}", json=manager).status_code == 200
    done = api("agent").post(f"{path}/accept", json={"note": "I saw them"}).json
    assert (done["status"], done["decided_by"], done["decision_note"], done["version"]) == (
        "accepted",
        office.employee_id("agent"),
        "I saw them",
        2,
    )
    assert "position" not in done
    again = api("hr_admin").post(f"{path}/reject")
    assert (again.status_code, again.json["code"]) == (409, "punch_decided")


@pytest.mark.both_databases
def test_what_is_rejected_counts_no_more(office: Cast, api: Api) -> None:
    punch_id = waiting(api)
    assert api("hr_admin").post(f"/attendance/punches/{punch_id}/reject").json["status"] == "rejected"
    assert api("employee").get("/attendance/today").json["actions"] == ["in"]
    # A rejected one is no first tap of anything.
    assert waiting(api) != punch_id
    with office.reading():
        days = date(2026, 11, 26), date(2026, 11, 26)
        states = [one["state"] for one in queries.sessions_of_days(office.acme, office.employee_id("employee"), *days)]
    assert sorted(states) == ["needs_review", "open"]


def told(api: Api, who: str) -> list[str]:
    jobs.drain()
    return [one["title"] for one in api(who).get("/notifications").json["data"]]


@pytest.mark.both_databases
def test_who_has_to_decide_is_told_and_who_clocked_hears_what_became_of_it(office: Cast, api: Api) -> None:
    first = waiting(api)
    waits = "A punch of Employee waits for a decision"
    assert (told(api, "hr_admin"), told(api, "agent")) == ([waits], [])
    manager = {"manager_id": office.employee_id("agent")}
    assert api("hr_admin").patch(f"/employees/{office.employee_id('employee')}", json=manager).status_code == 200
    clock.advance(timedelta(hours=1))
    waiting(api, "out")
    assert (told(api, "hr_admin"), told(api, "agent")) == ([waits], [waits])
    assert api("hr_admin").post(f"/attendance/punches/{first}/reject").status_code == 200
    assert told(api, "hr_admin") == []
    assert told(api, "employee") == ["Your punch of 2026-11-26 does not count"]


def correct(cast: Cast, **values: Any) -> Any:
    correction = {
        "id": "cor_1",
        "employee_id": cast.employee_id("employee"),
        "work_on": date(2026, 11, 26),
        "kind": None,
        "occurred_at": None,
        "punch_id": None,
        "reason": "Forgotten",
        **values,
    }
    with cast.writing():
        return service.record_correction(cast.actor("hr_admin"), correction)


@pytest.mark.both_databases
def test_an_approved_correction_writes_what_is_missing_once(office: Cast, api: Api) -> None:
    waiting(api)
    clock.advance(timedelta(hours=10))
    out = {"kind": "out", "occurred_at": NOW + timedelta(hours=9)}
    made = correct(office, **out)
    assert (made["method"], made["status"], made["correction_id"], made["instance_key"]) == (
        "correction",
        "accepted",
        "cor_1",
        "2026-11-26#0",
    )
    assert correct(office, **out)["id"] == made["id"]
    assert api("employee").get("/attendance/today").json["session"] is None


@pytest.mark.both_databases
def test_an_approved_correction_makes_void_and_overwrites_nothing(office: Cast, api: Api) -> None:
    punch_id = waiting(api)
    clock.advance(timedelta(minutes=30))
    made = correct(office, punch_id=punch_id, kind="in", occurred_at=NOW - timedelta(minutes=30))
    now = api("employee").get("/attendance/today").json
    assert [(one["id"], one["status"]) for one in now["punches"]] == [(made["id"], "accepted"), (punch_id, "void")]
    assert now["session"]["in_punch_id"] == made["id"]
    with pytest.raises(Refusal, match="waits for no decision"):
        correct(office, id="cor_2", punch_id=punch_id)
