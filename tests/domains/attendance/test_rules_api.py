"""Rules, days and months over the API: what is refused, what is shown to whom, what is shown once."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portico.domains.attendance.models import AttendanceDevice
from portico.domains.directory import service as directory
from portico.kernel import clock, jobs
from portico.kernel.unit_of_work import session
from tests.support.attending import Company, moment
from tests.support.http import Api
from tests.support.world import GROUP_RULES, SHIFT_RULES, World

DAY = "2026-11-10"
IN, OUT = ("in", "09:12"), ("out", "18:00")


@pytest.fixture
def company(cast):
    with clock.held(moment("2026-11-27T12:00:00Z")):
        yield Company(cast)


@pytest.fixture
def world(api: Api) -> World:
    return World(api)


def test_rules_are_changed_only_by_who_has_read_them(api, world):
    for path, change in (
        (f"/attendance/shifts/{world.shift()['id']}", {"color": "red"}),
        (f"/attendance/groups/{world.attendance_group()['id']}", {"priority": 7}),
        (f"/holiday-calendars/{world.holiday_calendar()['id']}", {"region": "BE"}),
    ):
        hr = api("hr_admin")
        assert hr.patch(path, json=change).status_code == 428
        assert hr.patch(path, json=change, headers={"If-Match": '"9"'}).status_code == 412
        etag = hr.get(path).headers["ETag"]
        assert hr.patch(path, json=change, headers={"If-Match": etag}).status_code == 200


def test_times_of_a_shift_are_checked_with_pointers(api):
    def wrong(**rules):
        answer = api("hr_admin").post("/attendance/shifts", json={"name": "X", "rules": rules})
        assert answer.status_code == 422
        return [one["pointer"] for one in answer.json["errors"]]

    assert wrong(segments=[{"start": "09:00", "end": "48:00"}]) == ["/rules/segments/0/end"]
    assert wrong(segments=[{"start": "24:00", "end": "26:00"}]) == ["/rules/segments/0/start"]
    assert wrong(segments=[{"start": "09:00", "end": "08:00"}]) == ["/rules/segments/0/end"]
    assert wrong(segments=[{"start": "08:00", "end": "33:00"}]) == ["/rules/segments"]
    two = [{"start": "08:00", "end": "12:00"}, {"start": "11:00", "end": "15:00"}]
    assert wrong(segments=two) == ["/rules/segments/1/start"]
    assert wrong(segments=two[:1], breaks=[{"start": "12:00", "end": "13:00"}]) == ["/rules/breaks/0"]


def test_the_key_of_a_device_is_shown_once_and_kept_as_a_digest(api, cast, world):
    made = world.device()
    assert made["key"].startswith("pak_")
    assert "key" not in api("hr_admin").get(f"/attendance/devices/{made['id']}").json
    renewed = api("hr_admin").post(f"/attendance/devices/{made['id']}/key").json
    assert renewed["key"] != made["key"]
    assert renewed["key_hint"] == f"…{renewed['key'][-4:]}"
    with cast.reading():
        row = (
            session()
            .execute(
                select(AttendanceDevice.__table__)
                .where(AttendanceDevice.id == made["id"])
                .where(AttendanceDevice.workspace_id == cast.acme)
            )
            .one()
        )
    assert made["key"] not in str(row)
    assert renewed["key"] not in str(row)


@pytest.mark.parametrize("written", ["AA-BB-CC-DD-EE-0F", "aabb.ccdd.ee0f", "aa:bb:cc:dd:ee:0f"])
def test_e_p_15_an_access_point_is_one_however_it_is_written(api, written):
    made = api("hr_admin").post("/attendance/wifi", json={"ssid": "Office", "bssid": written})
    assert made.json["bssid"] == "aa:bb:cc:dd:ee:0f"
    again = api("hr_admin").post("/attendance/wifi", json={"ssid": "Office", "bssid": "AABBCCDDEE0F"})
    assert (again.status_code, again.json["code"]) == (409, "name_taken")


def test_a_place_that_a_group_names_stays(api, world):
    place = world.location()["id"]
    rules = {**GROUP_RULES, "location_ids": [place]}
    assert api("hr_admin").post("/attendance/groups", json={"name": "A", "rules": rules}).status_code == 201
    assert api("hr_admin").delete(f"/attendance/locations/{place}").json["code"] == "in_use"


def test_drafts_are_for_who_makes_them(api, cast, company):
    company.group("roster", "employee")
    shift_id, me = company.shift("06:00-14:00"), cast.employee_id("employee")
    entry = {"employee_id": me, "work_on": "2026-12-01", "shift_id": shift_id}
    hr, employee = api("hr_admin"), api("employee")
    assert hr.put("/attendance/roster", json={"entries": [entry]}).json == {"entries": 1, "days": 1}
    assert employee.get("/attendance/roster").json["data"] == []
    days = {"from_on": "2026-12-01", "until_on": "2026-12-07"}
    assert hr.post("/attendance/roster/publish", json=days).json["entries"] == 1
    assert hr.post("/attendance/roster/publish", json=days).json["entries"] == 0
    [shown] = employee.get("/attendance/roster").json["data"]
    assert (shown["published"], shown["shift_id"]) == (True, shift_id)
    assert api("agent").get("/attendance/roster").json["data"] == []
    # What is published is replaced only when the draft is published too.
    assert hr.put("/attendance/roster", json={"entries": [{**entry, "shift_id": None}]}).status_code == 200
    assert employee.get("/attendance/roster").json["data"][0]["shift_id"] == shift_id
    copied = {"from_week_on": "2026-12-01", "to_week_on": "2026-12-08"}
    assert hr.post("/attendance/roster/copy", json=copied).json == {"entries": 1, "days": 1}


def test_a_manager_sees_the_days_of_their_people_and_others_do_not(api, cast, company):
    company.group("fixed", "employee", daily=(company.shift("09:00-18:00"),))
    with cast.writing():
        manager = {"manager_id": cast.employee_id("agent")}
        directory.update_employee(company.hr, cast.employee_id("employee"), manager)
    company.clock("employee", DAY, IN, OUT)
    [day] = company.compute("employee", DAY)
    path = f"/attendance/workdays/{day['id']}"
    for name, status in (("employee", 200), ("agent", 200), ("hr_admin", 200), ("announcer", 404), ("outsider", 404)):
        assert api(name).get(path).status_code == status, name
        assert api(name).get(f"{path}/explain").status_code == status, name
    # Without the scope of the team a list shows one's own.
    own = api.bearer(cast.token("agent", "attendance:read"))
    assert own.get("/attendance/workdays").json["data"] == []
    confirmed = api("agent").post(f"{path}/confirm")
    assert (confirmed.status_code, confirmed.json["status"]) == (200, "confirmed")
    assert api("employee").get(f"{path}/explain").json["matches"]


def test_holidays_leave_as_dates_and_come_back(api, world):
    first, second = world.holiday_calendar()["id"], world.holiday_calendar()["id"]
    hr = api("hr_admin")
    for one in (
        {"on": "2026-12-24", "kind": "partial", "name": "Eve, half; a day", "off_from": "14:00"},
        {"on": "2026-12-25", "name": "Christmas"},
        {"on": "2026-12-26", "kind": "makeup", "name": "调休", "works_as": 5},
    ):
        assert hr.post(f"/holiday-calendars/{first}/holidays", json=one).status_code == 201
    assert hr.post(f"/holiday-calendars/{first}/holidays", json={"on": "2026-12-25", "name": "X"}).status_code == 409
    file = hr.get(f"/holiday-calendars/{first}/holidays.ics").text
    assert "DTSTART;VALUE=DATE:20261225" in file
    assert "DTEND;VALUE=DATE:20261226" in file
    taken = hr.post(f"/holiday-calendars/{second}/import", json={"ics": file})
    assert taken.json == {"added": 3, "changed": 0, "skipped": 0}
    assert hr.post(f"/holiday-calendars/{second}/import", json={"ics": file}).json["added"] == 0
    kept = ("on", "kind", "name", "works_as", "off_from", "off_until")
    lists = [hr.get(f"/holiday-calendars/{one}/holidays").json["data"] for one in (first, second)]
    assert [[row[name] for name in kept] for row in lists[0]] == [[row[name] for name in kept] for row in lists[1]]
    assert hr.post(f"/holiday-calendars/{second}/import", json={"ics": "hello"}).status_code in (200, 422)


def test_a_calendar_does_not_inherit_from_itself(api, world):
    top, below = world.holiday_calendar()["id"], world.holiday_calendar()["id"]
    hr, any_version = api("hr_admin"), {"If-Match": "*"}
    assert hr.patch(f"/holiday-calendars/{below}", json={"parent_id": top}, headers=any_version).status_code == 200
    ring = hr.patch(f"/holiday-calendars/{top}", json={"parent_id": below}, headers=any_version)
    assert (ring.status_code, ring.json["code"]) == (409, "calendar_cycle")


def test_a_month_leaves_as_a_file_in_which_no_cell_is_a_formula(api, cast, company):
    company.group("fixed", "employee", daily=(company.shift("09:00-18:00"),))
    with cast.writing():
        directory.update_employee(company.hr, cast.employee_id("employee"), {"display_name": "=cmd|' /C calc'!A0"})
    company.clock("employee", DAY, IN, OUT)
    company.compute("employee", DAY)
    hr = api("hr_admin")
    for resource, wanted in (("attendance_monthly", "days"), ("attendance_daily", "work_on")):
        begun = hr.post("/exports", json={"resource": resource, "format": "csv", "filter": {"month": "2026-11"}})
        assert begun.status_code == 202, begun.json
        assert jobs.perform(cast.acme, begun.json["id"])
        rows = list(
            csv.DictReader(io.StringIO(hr.get(f"/jobs/{begun.json['id']}/file").get_data().decode("utf-8-sig")))
        )
        [mine] = [row for row in rows if row["employee_id"] == cast.employee_id("employee")]
        assert mine["display_name"].startswith("'=")
        assert mine[wanted] in ("1", DAY)
        assert mine["late_minutes"] == "12"
    assert api("employee").post("/exports", json={"resource": "attendance_monthly", "format": "csv"}).status_code == 403


def test_people_come_into_a_group_with_those_of_the_directory(api, cast, company):
    """The next day, by a job: what has begun stays."""
    hr = api("hr_admin")
    crew = hr.post("/groups", json={"name": "Crew"}).json["id"]
    shift_id = company.shift("09:00-18:00")
    office = company.group("fixed", {"kind": "all"}, daily=(shift_id,))
    night = company.group("fixed", {"kind": "group", "id": crew}, daily=(shift_id,), priority=3)
    added = hr.patch(f"/groups/{crew}/members", json={"add": [cast.employee_id("employee")]})
    assert added.status_code in (200, 204), added.json
    while jobs.drain():
        pass

    def inside(group_id, on):
        rows = hr.get(f"/attendance/groups/{group_id}/members?on={on}&limit=200").json["data"]
        return cast.employee_id("employee") in {row["employee_id"] for row in rows}

    today = date(2026, 11, 27)
    assert (inside(office, today), inside(night, today)) == (True, False)
    tomorrow = today + timedelta(days=1)
    assert (inside(office, tomorrow), inside(night, tomorrow)) == (False, True)


def test_shifts_are_named_once(api):
    for status in (201, 409):
        answer = api("hr_admin").post("/attendance/shifts", json={"name": "Early", "rules": SHIFT_RULES})
        assert answer.status_code == status
