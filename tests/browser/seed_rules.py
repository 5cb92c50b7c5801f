"""Rules of attendance: an office, a team by the roster with a week of drafts, holidays, places, and a month of days."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from portico.domains.attendance.queries import absences, holidays
from portico.domains.attendance.service import placing, recomputing, rostering
from portico.domains.directory import service as directory
from portico.kernel import clock
from tests.support.attending import Company
from tests.support.cast import Cast

PEOPLE = ("Ada Lovelace", "王小明", "Zoë Fernández-Castellanos", "Oluwaseun Adeyemi")


def seed_rules(cast: Cast) -> dict[str, Any]:
    company = Company(cast)
    lunch = [{"start": "12:00", "end": "13:00"}]
    office = company.shift("09:00-18:00", name="Office", breaks=lunch, grace={"late": 5, "serious_late": 30})
    early = company.shift("06:00-14:00", name="Early")
    night = company.shift("22:00-30:00", name="Night")
    with cast.writing():
        ids = [directory.create_employee(company.hr, {"display_name": name})["id"] for name in PEOPLE]
    calendar = company.calendar(
        {"on": "2026-12-25", "name": "Christmas"}, {"on": "2026-12-26", "kind": "makeup"}, name="Germany"
    )
    region = company.calendar(
        {"on": "2026-12-24", "kind": "partial", "off_from": "14:00", "name": "Christmas Eve"},
        name="Berlin",
        parent_id=calendar,
    )
    named = [{"kind": "employee", "id": one} for one in ids]
    team = company.group("roster", *named, name="Warehouse", timezone="Asia/Shanghai")
    group = company.group("fixed", "employee", "agent", name="Office", daily=(office,), holiday_calendar_id=region)
    for name in ("Managers", "Board"):
        company.group("free", {"kind": "role", "id": "admin"}, name=name)
    _roster(company, ids, early, night)
    with cast.writing():
        place = placing.create_location(company.hr, PLACE)
        placing.create_wifi(company.hr, {"ssid": "Office", "bssid": "aa:bb:cc:dd:ee:ff", "location_id": None})
        placing.create_device(company.hr, {"name": "Gate", "location_id": None})
    with cast.reading():
        [eve] = holidays.holidays_of(company.hr, region)
        kind = absences.all_types(company.hr)[0]
    about = {"attendance_group": group, "team": team, "shift": office, "calendar": region, "day": _days(company)}
    return {**about, "holiday": eve.id, "absence_type": kind.id, "place": place["id"]}


PLACE = {"name": "Head office", "lat": 52.52, "lng": 13.405, "radius_m": 150, "min_accuracy_m": 100}


def _roster(company: Company, ids: list[str], early: str, night: str) -> None:
    """This month: published to its middle, drafts from there."""
    first = clock.now().date().replace(day=1)
    entries = [
        {
            "employee_id": one,
            "work_on": first + timedelta(days=by),
            "slot": 0,
            "shift_id": (early, night, None)[(place + by) // 2 % 3],
            "location_id": None,
        }
        for place, one in enumerate(ids)
        for by in range(28)
    ]
    with company.cast.writing():
        rostering.put_entries(company.hr, entries)
        rostering.publish(company.hr, first, first + timedelta(days=13))


def _days(company: Company) -> str:
    """Of the last weeks: somebody comes late, leaves early, forgets to clock out, stays away."""
    yesterday = clock.now().date() - timedelta(days=1)
    dates = [yesterday - timedelta(days=by) for by in range(30)]
    taps = [
        (("in", "08:58"), ("out", "18:04")),
        (("in", "09:12"), ("out", "18:00")),
        (("in", "09:47"), ("out", "16:30")),
        (("in", "09:00"),),
        (),
    ]
    for place, on in enumerate(dates):
        if taps[place % 5]:
            company.clock("employee", on.isoformat(), *taps[place % 5])
    days = [(company.cast.employee_id(name), on) for name in ("employee", "agent") for on in dates]
    with company.cast.writing():
        recomputing.mark_days_stale(company.cast.acme, days)
        recomputing.recompute(company.cast.system(), days)
    return str(company.day("employee", _a_late_day(dates).isoformat())["id"])


def _a_late_day(dates: list[date]) -> date:
    return next(on for place, on in enumerate(dates) if place % 5 == 1 and on.isoweekday() < 6)
