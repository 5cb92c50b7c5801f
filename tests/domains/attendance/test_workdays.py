"""Days as they are stored: computed anew when something changes, over what they were computed from, and explained."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from portico.domains.attendance import sweeping
from portico.domains.attendance.errors.rules import VersionUsed
from portico.domains.attendance.models import AttendanceAssignment, Punch, ShiftVersion, Workday
from portico.domains.attendance.queries import explaining
from portico.domains.attendance.queries.rules import instances_around, rules_for
from portico.domains.attendance.service import grouping, holding, recomputing, shifting
from portico.domains.directory import service as directory
from portico.kernel import clock
from portico.kernel.events import Event
from portico.kernel.unit_of_work import session
from tests.support.attending import Company, codes, moment, month
from tests.support.days import at

pytestmark = pytest.mark.both_databases
DAY = "2026-11-10"
IN, OUT = ("in", "09:00"), ("out", "18:00")


@pytest.fixture
def company(cast):
    with clock.held(moment("2026-11-27T12:00:00Z")):
        yield Company(cast)


@pytest.fixture
def office(company):
    shift_id = company.shift("09:00-18:00", breaks=[{"start": "12:00", "end": "13:00"}])
    company.group("fixed", "employee", "agent", daily=(shift_id,))
    return shift_id


def events_of(cast, name):
    with cast.reading():
        rows = select(Event.data).where(Event.workspace_id == cast.acme, Event.type == name).order_by(Event.seq)
        return list(session().scalars(rows))


def test_a_day_is_computed_stored_and_told(company, cast, office):
    company.clock("employee", DAY, ("in", "09:12"), OUT)
    [found] = company.compute("employee", DAY)
    assert (found["planned_minutes"], found["worked_minutes"], found["late_minutes"]) == (480, 468, 12)
    assert (found["status"], codes(found), found["day_kind"]) == ("exception", ["late"], "workday")
    assert (found["first_in_at"], found["last_out_at"]) == (at(DAY, "09:12"), at(DAY, "18:00"))
    assert found["tzdb_version"]
    assert [one["late_minutes"] for one in events_of(cast, "attendance.workday.computed")] == [12]
    assert [codes(one) for one in events_of(cast, "attendance.workday.exception")] == [["late"]]


def test_e_p_29_computing_again_changes_nothing_and_tells_nothing(company, cast, office):
    company.clock("employee", DAY, IN, OUT)
    [first] = company.compute("employee", DAY)
    [second] = company.compute("employee", DAY)
    same = ("inputs_hash", "computed_at", "worked_s", "status")
    assert [first[name] for name in same] == [second[name] for name in same]
    assert len(events_of(cast, "attendance.workday.computed")) == 1


def test_a_mark_that_comes_while_it_is_computed_is_not_lost(company, cast, office, monkeypatch):
    company.clock("employee", DAY, IN)
    key = (cast.employee_id("employee"), date.fromisoformat(DAY))
    read = recomputing.facts.inputs_of

    def read_and_be_overtaken(*args):
        found = read(*args)
        recomputing.mark_stale(cast.acme, *key)
        return found

    with cast.writing():
        monkeypatch.setattr(recomputing.facts, "inputs_of", read_and_be_overtaken)
        assert recomputing.recompute(cast.system(), [key]) == 0
        monkeypatch.undo()
    assert company.day("employee", DAY)["stale"]
    assert company.catch_up() == {date.fromisoformat(DAY)}
    assert not company.day("employee", DAY)["stale"]


def test_two_who_compute_at_once_write_it_once(company, cast, office, monkeypatch):
    company.clock("employee", DAY, IN, OUT)
    key = (cast.employee_id("employee"), date.fromisoformat(DAY))
    read = recomputing.facts.inputs_of
    inside = []

    def read_while_another_writes(*args):
        found = read(*args)
        if not inside:
            inside.append(True)
            assert recomputing.recompute(cast.system(), [key]) == 1
        return found

    monkeypatch.setattr(recomputing.facts, "inputs_of", read_while_another_writes)
    with cast.writing():
        assert recomputing.recompute(cast.system(), [key]) == 0
    assert len(events_of(cast, "attendance.workday.computed")) == 1
    assert company.day("employee", DAY)["worked_minutes"] == 480


def test_e_p_10_the_roster_changes_after_the_punches(company, cast):
    early, late = company.shift("06:00-14:00"), company.shift("14:00-22:00")
    company.group("roster", "employee")
    company.roster("employee", DAY, early)
    company.clock("employee", DAY, ("in", "14:05"), ("out", "22:00"))
    [before] = company.compute("employee", DAY)
    assert codes(before) == ["absent"] or "absent" in codes(before)
    company.roster("employee", DAY, late)
    assert date.fromisoformat(DAY) in company.catch_up()
    after = company.day("employee", DAY)
    assert (after["worked_minutes"], after["late_minutes"], codes(after)) == (475, 5, ["late"])


def test_e_p_11_a_version_holds_from_its_date_on(company, cast, office):
    for on in ("2026-11-10", "2026-11-20"):
        company.clock("employee", on, IN, OUT)
    company.compute("employee", "2026-11-10", "2026-11-20")
    company.times(office, "2026-11-16", "08:00-17:00")
    company.catch_up()
    before, after = company.day("employee", "2026-11-10"), company.day("employee", "2026-11-20")
    assert (before["planned_minutes"], codes(before)) == (480, [])
    assert (after["planned_minutes"], after["late_minutes"], codes(after)) == (540, 60, ["late"])
    assert before["shift_version_ids"] != after["shift_version_ids"]


def test_a_version_that_was_worked_by_stays(company, cast, office):
    company.compute("employee", DAY)
    with cast.reading():
        row = session().execute(select(ShiftVersion.__table__).where(ShiftVersion.workspace_id == cast.acme)).one()
    assert row.used
    with cast.writing(), pytest.raises(VersionUsed):
        shifting.update_version(company.hr, office, row.id, {"effective_from": date(2021, 1, 1)}, None)


def test_e_p_12_who_moves_at_noon_stays_in_the_group_of_the_morning(company, cast, office):
    with cast.writing():
        place = directory.create_department(company.hr, name="Night")["id"]
    night = company.shift("20:00-28:00")
    other = {"kind": "department", "id": place}
    group_id = company.group("fixed", other, daily=(night,), priority=5)
    with cast.writing():
        person = directory.create_employee(company.hr, {"display_name": "Zoë"})["id"]
    everybody = company.group("fixed", {"kind": "all"}, daily=(office,))
    with cast.writing():
        directory.put_member(company.hr, place, person, {"primary": True})
    today = date(2026, 11, 27)
    with cast.reading():
        assert rules_for(cast.acme, person, today).group_id == everybody
        assert rules_for(cast.acme, person, today + timedelta(days=1)).group_id == group_id
        noon = instances_around(cast.acme, person, at("2026-11-27", "12:00"))
    assert [one.starts_at for one in noon if one.work_on == today] == [at("2026-11-27", "09:00")]


def test_e_p_13_a_group_moves_to_another_zone(company, cast, office):
    group_id = company.group("fixed", "owner", daily=(office,))
    company.clock("owner", "2026-11-12", IN, OUT)
    company.clock("owner", "2026-11-19", IN, OUT, zone="Asia/Shanghai")
    company.compute("owner", "2026-11-12", "2026-11-19")
    company.regroup(group_id, "2026-11-16", "fixed", "owner", daily=(office,), timezone="Asia/Shanghai")
    company.catch_up()
    before, after = company.day("owner", "2026-11-12"), company.day("owner", "2026-11-19")
    assert (before["timezone"], before["worked_minutes"], codes(before)) == ("Europe/Berlin", 480, [])
    assert (after["timezone"], after["worked_minutes"], codes(after)) == ("Asia/Shanghai", 480, [])


def test_e_p_25_holidays_of_a_region_and_of_the_company(company, cast):
    shift_id = company.shift("09:00-18:00")
    above = company.calendar({"on": "2026-11-10"}, {"on": "2026-11-11"})
    region = company.calendar(
        {"on": "2026-11-11", "kind": "partial", "off_from": "14:00"},
        {"on": "2026-11-14", "kind": "makeup"},
        parent_id=above,
    )
    company.group("fixed", "employee", daily=(shift_id,), holiday_calendar_id=region)
    found = company.compute("employee", "2026-11-10", "2026-11-11", "2026-11-14", "2026-11-15")
    assert [one["day_kind"] for one in found] == ["holiday", "workday", "makeup", "restday"]
    assert [one["planned_minutes"] for one in found] == [0, 300, 540, 0]
    assert found[0]["holiday"] == "Feast"


def test_holidays_that_come_late_are_taken_in(company, cast):
    shift_id = company.shift("09:00-18:00")
    calendar_id = company.calendar()
    company.group("fixed", "employee", daily=(shift_id,), holiday_calendar_id=calendar_id)
    [before] = company.compute("employee", DAY)
    assert codes(before) == ["absent"]
    with cast.writing():
        counts = holding.import_holidays(company.hr, calendar_id, ICS)
    assert counts == {"added": 2, "changed": 0, "skipped": 2}
    assert date.fromisoformat(DAY) in company.catch_up()
    assert (company.day("employee", DAY)["day_kind"], codes(company.day("employee", DAY))) == ("holiday", [])


ICS = "\r\n".join(
    [
        *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x", "BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261110"),
        *("DTEND;VALUE=DATE:20261112", "SUMMARY:Two days", "END:VEVENT"),
        *("BEGIN:VEVENT", "DTSTART:20261113T090000Z", "SUMMARY:Meeting", "END:VEVENT"),
        *("BEGIN:VEVENT", "DTSTART;VALUE=DATE:20261114", "STATUS:CANCELLED", "SUMMARY:Off", "END:VEVENT"),
        *("END:VCALENDAR", ""),
    ]
)


@pytest.mark.parametrize(("first", "days", "hours"), [("2028-02-01", 29, 29 * 8), ("2026-03-01", 31, 31 * 8 - 1)])
def test_e_p_30_months_with_29_february_and_with_a_change_of_clocks(company, cast, first, days, hours):
    night = company.shift("22:00-30:00")
    dates = month(first, days)
    company.group("roster", "employee")
    company.roster_all("employee", dates, night)
    company.clock_all("employee", dates, ("in", "22:00"), ("out", "30:00"))
    with clock.held(moment("2028-06-01T00:00:00Z")):
        found = company.compute("employee", *dates)
    assert sum(one["worked_s"] for one in found) == sum(one["planned_s"] for one in found) == hours * 3600
    assert [codes(one) for one in found] == [[]] * days


def test_e_p_33_hired_and_left_within_the_month(company, cast, office):
    with cast.writing():
        directory.update_employee(
            company.hr,
            cast.employee_id("employee"),
            {"hired_on": date(2026, 11, 10), "leaves_on": date(2026, 11, 12)},
        )
    found = company.compute("employee", "2026-11-09", "2026-11-10", "2026-11-12", "2026-11-13")
    assert [one["absent_minutes"] for one in found] == [0, 480, 480, 0]
    assert [codes(one) for one in found] == [[], ["absent"], ["absent"], []]


def test_days_on_which_nobody_clocked_have_a_row_too(company, cast, office):
    with clock.held(moment("2026-11-26T23:30:00Z")):
        sweeping.sweep()
        while sweeping.recompute_stale():
            pass
    # It is past midnight in Berlin: of the 26th everything is over, the 27th has begun.
    assert codes(company.day("employee", "2026-11-26")) == ["absent"]
    assert company.day("employee", "2026-11-27")["status"] == "open"
    with clock.held(moment("2026-11-27T22:30:00Z")):
        sweeping.sweep()
        while sweeping.recompute_stale():
            pass
    assert codes(company.day("employee", "2026-11-27")) == ["absent"]


def test_somebody_whom_several_groups_claim_is_in_none(company, cast, office):
    with cast.writing():
        person = directory.create_employee(company.hr, {"display_name": "Zoë"})["id"]
    first = company.group("fixed", {"kind": "all"}, daily=(office,))
    today = date(2026, 11, 27)
    with cast.reading():
        assert rules_for(cast.acme, person, today).group_id == first
        # Who is named belongs where they are named, whatever else there is.
        assert rules_for(cast.acme, cast.employee_id("employee"), today).group_id != first
    second = company.group("free", {"kind": "all"})
    with cast.reading():
        found = rules_for(cast.acme, person, today)
    assert (found.group_id, set(found.contenders)) == (None, {first, second})
    with cast.writing():
        grouping.update_group(company.hr, second, {"priority": 1}, None)
    with cast.reading():
        assert rules_for(cast.acme, person, today).group_id == second
        rows = session().scalars(
            select(AttendanceAssignment.group_id).where(
                AttendanceAssignment.workspace_id == cast.acme, AttendanceAssignment.employee_id == person
            )
        )
        assert second in list(rows)


def test_a_day_is_explained_by_its_inputs_and_steps(company, cast, office):
    company.clock("employee", DAY, ("in", "09:12"), OUT)
    [found] = company.compute("employee", DAY)
    with cast.reading():
        told = explaining.explained(cast.actor("employee"), found["id"])
    assert told["matches"]
    assert [one["kind"] for one in told["inputs"]["punches"]] == ["in", "out"]
    texts = [step["text"] for step in told["steps"]]
    assert "Late by 12 min because the shift began at 09:00 and the first clock-in was at 09:12." in texts
    with cast.writing():
        session().execute(update(Punch).where(Punch.workspace_id == cast.acme).values(kind="in"))
    with cast.reading():
        assert not explaining.explained(cast.actor("employee"), found["id"])["matches"]


def test_a_mark_on_a_day_of_nobody_makes_nothing_up(company, cast):
    """Of an employee without a group: what was worked counts, and nothing was planned."""
    company.clock("employee", DAY, IN, OUT)
    [found] = company.compute("employee", DAY)
    assert (found["group_id"], found["planned_minutes"], found["worked_minutes"]) == (None, 0, 540)
    with cast.reading():
        rows = session().scalars(select(Workday.id).where(Workday.workspace_id == cast.acme))
        assert len(list(rows)) == 1
