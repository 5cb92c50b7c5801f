"""Months that are closed, locked and opened again; and reports over them, against a slow and obvious reckoning."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from portico.domains.attendance import zones
from portico.domains.attendance.errors.periods import PeriodLocked
from portico.domains.attendance.errors.rules import PeriodUnresolved
from portico.domains.attendance.models import Workday
from portico.domains.attendance.queries import periods, reports
from portico.domains.attendance.service import closing, confirming, recomputing
from portico.kernel import clock
from portico.kernel.errors import Forbidden, Invalid, InvalidTransition
from portico.kernel.unit_of_work import session
from tests.support.attending import Company, codes, moment, month
from tests.support.days import at

pytestmark = pytest.mark.both_databases
OCTOBER = month("2026-10-01", 31)
IN, OUT = ("in", "09:00"), ("out", "18:00")


@pytest.fixture
def company(cast):
    with clock.held(moment("2026-11-27T12:00:00Z")):
        yield Company(cast)


@pytest.fixture
def office(company):
    shift_id = company.shift("09:00-18:00", breaks=[{"start": "12:00", "end": "13:00"}])
    company.group("fixed", "employee", "agent", daily=(shift_id,), start="2026-10-01")
    return shift_id


def closed(cast, company):
    with cast.writing():
        found = closing.close_period(company.hr, "2026-10")
    company.catch_up()
    return found


def locked(cast, company):
    closed(cast, company)
    with cast.writing():
        return closing.lock_period(company.hr, "2026-10", anyway=True)


def test_closing_lists_what_is_not_settled_and_locking_waits_for_it(company, cast, office):
    for name in ("employee", "agent"):
        company.clock_all(name, [on for on in OCTOBER if on != "2026-10-15"], IN, OUT)
    first = closed(cast, company)
    assert first["state"] == "closing"
    again = closed(cast, company)
    listed = {(one["employee_id"], one["work_on"], one["why"]) for one in again["list"]}
    absent = date(2026, 10, 15)
    # On the weekends somebody worked without a shift: that is to be looked at as well.
    assert {(cast.employee_id(name), absent, "exception") for name in ("employee", "agent")} <= listed
    with cast.reading():
        rows = periods.periods_of(company.hr, ["2026-10", "2026-09"], 1)
    # A page that counts to one says that there are more.
    assert [(row["month"], row["state"], row["unresolved"]) for row in rows] == [
        ("2026-10", "closing", 2),
        ("2026-09", "open", 0),
    ]
    with cast.writing(), pytest.raises(PeriodUnresolved):
        closing.lock_period(company.hr, "2026-10")
    with cast.writing():
        found = closing.lock_period(company.hr, "2026-10", anyway=True)
    assert (found["state"], found["tzdb_version"]) == ("locked", zones.tzdb_version())
    with cast.writing(), pytest.raises(InvalidTransition):
        closing.close_period(company.hr, "2026-10")


def test_a_month_that_is_not_over_is_not_locked(company, cast):
    with cast.writing():
        closing.close_period(company.hr, "2026-11")
    with cast.writing(), pytest.raises(InvalidTransition):
        closing.lock_period(company.hr, "2026-11")
    with cast.writing(), pytest.raises(Forbidden):
        closing.close_period(cast.actor("employee"), "2026-10")


def test_locked_days_never_change(company, cast, office):
    company.clock_all("employee", OCTOBER, IN, OUT)
    locked(cast, company)
    before = company.day("employee", "2026-10-06")
    assert before["status"] == "locked"
    company.clock("employee", "2026-10-06", ("in", "19:00"), ("out", "21:00"))
    with cast.writing():
        recomputing.recompute(cast.system(), [(cast.employee_id("employee"), date(2026, 10, 6))])
    assert company.day("employee", "2026-10-06") == before
    with pytest.raises(PeriodLocked):
        company.times(office, "2026-10-20", "08:00-17:00")
    with pytest.raises(PeriodLocked):
        company.roster("employee", "2026-10-20", office)
    assert company.times(office, "2026-11-01", "08:00-17:00")


def test_e_p_34_another_zone_database_changes_no_locked_day(company, cast, office, monkeypatch):
    company.clock_all("employee", OCTOBER, IN, OUT)
    locked(cast, company)
    before = company.day("employee", "2026-10-06")
    monkeypatch.setattr(recomputing, "tzdb_version", lambda: "2099z")
    with cast.writing():
        # Even were every hash another one, as after new rules of clocks.
        session().execute(update(Workday).where(Workday.workspace_id == cast.acme).values(inputs_hash="other"))
        recomputing.mark_days_stale(cast.acme, [(cast.employee_id("employee"), date(2026, 10, 6))])
        assert recomputing.recompute(cast.system(), [(cast.employee_id("employee"), date(2026, 10, 6))]) == 0
    after = company.day("employee", "2026-10-06")
    assert (after["tzdb_version"], after["worked_minutes"], after["version"]) == (
        before["tzdb_version"],
        before["worked_minutes"],
        before["version"],
    )


def test_opening_again_takes_in_what_happened_meanwhile(company, cast, office):
    company.clock_all("employee", OCTOBER, IN, OUT)
    closed(cast, company)
    day = company.day("employee", "2026-10-14")
    with cast.writing():
        assert confirming.confirm_workday(company.hr, day["id"])["status"] == "confirmed"
        closing.lock_period(company.hr, "2026-10", anyway=True)
    company.clock("employee", "2026-10-06", ("in", "19:00"), ("out", "21:00"))
    with cast.writing():
        found = closing.reopen_period(company.hr, "2026-10", reason="A punch was missing")
    assert (found["state"], found["reason"]) == ("reopened", "A punch was missing")
    company.catch_up()
    assert company.day("employee", "2026-10-06")["worked_minutes"] == 660
    assert company.day("employee", "2026-10-14")["status"] == "confirmed"


def test_nobody_confirms_their_own_day_and_what_changes_is_confirmed_again(company, cast, office):
    company.clock("employee", "2026-11-10", ("in", "09:30"), OUT)
    [day] = company.compute("employee", "2026-11-10")
    with cast.writing(), pytest.raises(Forbidden):
        confirming.confirm_workday(cast.actor("employee"), day["id"])
    with cast.writing():
        assert confirming.confirm_workday(company.hr, day["id"])["status"] == "confirmed"
    [same] = company.compute("employee", "2026-11-10")
    assert (same["status"], codes(same)) == ("confirmed", ["late"])
    company.clock("employee", "2026-11-10", ("in", "08:59"))
    company.catch_up()
    assert company.day("employee", "2026-11-10")["status"] == "computed"


def obvious(taps, starts="09:00", ends="18:00"):
    """What a month of office days comes to, one day after the other, by nothing but subtraction."""
    sums = Counter()
    for on in OCTOBER:
        weekday = date.fromisoformat(on).isoweekday() < 6
        planned = 8 * 60 if weekday else 0
        sums["planned_minutes"] += planned
        found = taps.get(on)
        if found is None:
            sums["absent_minutes"] += planned
            continue
        came, left = (at(on, shown) for shown in found)
        lunch = max(timedelta(), min(left, at(on, "13:00")) - max(came, at(on, "12:00")) if weekday else timedelta())
        sums["worked_minutes"] += int((left - came - lunch).total_seconds()) // 60
        if weekday and came > at(on, starts):
            sums["late_count"] += 1
            sums["late_minutes"] += int((came - at(on, starts)).total_seconds()) // 60
        if weekday and left < at(on, ends):
            sums["early_count"] += 1
            sums["early_minutes"] += int((at(on, ends) - left).total_seconds()) // 60
    return sums


def test_a_report_of_a_month_is_what_the_obvious_way_comes_to(company, cast, office):
    """With a change of clocks in it, people who come late, leave early, stay away and work on weekends."""
    taps = {}
    for place, on in enumerate(OCTOBER):
        if place % 7 == 3:
            continue
        taps[on] = (f"{8 + place % 3:02}:{place % 60:02}", f"{15 + place % 4:02}:{(place * 7) % 60:02}")
        company.clock("employee", on, ("in", taps[on][0]), ("out", taps[on][1]))
    company.compute("employee", *OCTOBER)
    with cast.reading():
        people = {cast.employee_id("employee"): "Employee"}
        [row] = reports.monthly(company.hr, people, "2026-10")["data"]
        days = reports.daily(company.hr, people, date(2026, 10, 1), date(2026, 10, 31))["data"]
    assert {name: row[name] for name in obvious(taps)} == dict(obvious(taps))
    assert row["days"] == len(days) == 31
    assert sum(day["worked_minutes"] for day in days) == row["worked_minutes"]


def test_a_report_is_of_at_most_31_days_and_100_people(company, cast, office):
    with cast.reading():
        people = reports.people_of(company.hr, cast.employee_id("employee"), None)
        assert list(people) == [cast.employee_id("employee")]
        with pytest.raises(Invalid):
            reports.daily(company.hr, people, date(2026, 10, 1), date(2026, 11, 1))
        with pytest.raises(Invalid):
            reports.people_of(company.hr, ",".join([cast.employee_id("employee")] * 101), None)
        assert not periods.is_unfinished(company.hr, date(2026, 10, 1), date(2026, 10, 31))
