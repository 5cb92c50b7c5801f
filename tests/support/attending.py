"""A company that works by rules: made through the services, with punches straight into their table."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from portico.domains.attendance.models import Punch, Workday
from portico.domains.attendance.queries import workdays
from portico.domains.attendance.schemas.groups import AttendanceGroupRules
from portico.domains.attendance.schemas.holidays import HolidayCreate
from portico.domains.attendance.schemas.shifts import ShiftRules
from portico.domains.attendance.service import grouping, holding, recomputing, rostering, shifting
from portico.kernel import clock
from portico.kernel.ids import new_id
from portico.kernel.schemas import load
from portico.kernel.unit_of_work import session
from tests.support.cast import Cast
from tests.support.days import at


class Company:
    """`by` HR; every method opens its own unit."""

    def __init__(self, cast: Cast, by: str = "hr_admin") -> None:
        self.cast = cast
        self.hr = cast.actor(by)

    def shift(self, *segments: str, name: str = "", start: str = "2020-01-01", **rules: Any) -> str:
        given = {"segments": [dict(zip(("start", "end"), one.split("-"), strict=True)) for one in segments], **rules}
        values = {
            "name": name or new_id("x"),
            "color": "blue",
            "effective_from": date.fromisoformat(start),
            "rules": load(ShiftRules(), given),
        }
        with self.cast.writing():
            return str(shifting.create_shift(self.hr, values)["id"])

    def times(self, shift_id: str, start: str, *segments: str, **rules: Any) -> dict[str, Any]:
        """Other times from a date on."""
        given = {"segments": [dict(zip(("start", "end"), one.split("-"), strict=True)) for one in segments], **rules}
        values = {"effective_from": date.fromisoformat(start), "rules": load(ShiftRules(), given)}
        with self.cast.writing():
            return shifting.create_version(self.hr, shift_id, values)

    def rules(self, kind: str, *include: Any, daily: tuple[str, ...] = (), **rules: Any) -> dict[str, Any]:
        """`include`: names of the cast, or rules of an audience. `daily`: the shifts of Monday to Friday."""
        given = [
            {"kind": "employee", "id": self.cast.employee_id(one)} if isinstance(one, str) else one for one in include
        ]
        week = {"week": [list(daily)] * 5 + [[], []]} if kind == "fixed" else {}
        return dict(
            load(
                AttendanceGroupRules(),
                {"kind": kind, "timezone": "Europe/Berlin", "members": {"include": given}, **week, **rules},
            )
        )

    def group(
        self, kind: str, *include: Any, name: str = "", start: str = "2020-01-01", priority: int = 0, **rules: Any
    ) -> str:
        values = {
            "name": name or new_id("x"),
            "priority": priority,
            "effective_from": date.fromisoformat(start),
            "rules": self.rules(kind, *include, **rules),
        }
        with self.cast.writing():
            return str(grouping.create_group(self.hr, values)["id"])

    def regroup(self, group_id: str, start: str, kind: str, *include: Any, **rules: Any) -> dict[str, Any]:
        values = {"effective_from": date.fromisoformat(start), "rules": self.rules(kind, *include, **rules)}
        with self.cast.writing():
            return grouping.create_version(self.hr, group_id, values)

    def roster(self, name: str, on: str, *shift_ids: str | None) -> None:
        """Published at once."""
        self.roster_all(name, [on], *shift_ids)

    def roster_all(self, name: str, days: list[str], *shift_ids: str | None) -> None:
        """The same on each of these days."""
        entries = [
            {
                "employee_id": self.cast.employee_id(name),
                "work_on": date.fromisoformat(on),
                "slot": slot,
                "shift_id": one,
                "location_id": None,
            }
            for on in days
            for slot, one in enumerate(shift_ids)
        ]
        with self.cast.writing():
            rostering.put_entries(self.hr, entries)
            rostering.publish(self.hr, date.fromisoformat(min(days)), date.fromisoformat(max(days)))

    def calendar(self, *holidays: dict[str, Any], name: str = "", parent_id: str | None = None) -> str:
        with self.cast.writing():
            values = {"name": name or new_id("x"), "region": None, "parent_id": parent_id}
            made = holding.create_calendar(self.hr, values)
            for one in holidays:
                holding.create_holiday(self.hr, made["id"], load(HolidayCreate(), {"name": "Feast", **one}))
        return str(made["id"])

    def clock(self, name: str, on: str, *taps: tuple[str, str], zone: str = "Europe/Berlin") -> None:
        """What somebody did on a date, as `clock("employee", "2026-11-10", ("in", "09:00"), ("out", "18:00"))`."""
        self.clock_all(name, [on], *taps, zone=zone)

    def clock_all(self, name: str, days: list[str], *taps: tuple[str, str], zone: str = "Europe/Berlin") -> None:
        employee_id, now = self.cast.employee_id(name), clock.now()
        rows = [
            {
                "workspace_id": self.cast.acme,
                "id": new_id("pun"),
                "employee_id": employee_id,
                "kind": kind,
                "occurred_at": at(on, shown, zone),
                "timezone": zone,
                "work_on": date.fromisoformat(on),
                "method": "web",
                "evidence": "no_evidence",
                "hints": [],
                "status": "accepted",
                "created_at": now,
                "updated_at": now,
                "version": 1,
            }
            for on in days
            for kind, shown in taps
        ]
        with self.cast.writing():
            session().execute(insert(Punch), rows)
            recomputing.mark_days_stale(self.cast.acme, [(employee_id, date.fromisoformat(on)) for on in days])

    def compute(self, name: str, *days: str) -> list[dict[str, Any]]:
        """Mark these days, compute all that waits of them, and answer what they came to."""
        wanted = [(self.cast.employee_id(name), date.fromisoformat(on)) for on in days]
        with self.cast.writing():
            recomputing.mark_days_stale(self.cast.acme, wanted)
            recomputing.recompute(self.cast.system(), wanted)
        return [self.day(name, on) for on in days]

    def catch_up(self) -> set[date]:
        """Compute what was marked; answers which dates that were."""
        with self.cast.reading():
            rows = session().execute(
                select(Workday.employee_id, Workday.work_on).where(
                    Workday.workspace_id == self.cast.acme, Workday.stale
                )
            )
            days = [(row.employee_id, row.work_on) for row in rows]
        with self.cast.writing():
            recomputing.recompute(self.cast.system(), days)
        return {on for _, on in days}

    def day(self, name: str, on: str) -> dict[str, Any]:
        with self.cast.reading():
            mine = workdays.DAY.c.employee_id == self.cast.employee_id(name)
            day = date.fromisoformat(on)
            [found] = workdays.days_between(self.hr, day, day, mine)
            return workdays.shown(found)


def month(first: str, days: int) -> list[str]:
    start = date.fromisoformat(first)
    return [(start + timedelta(days=by)).isoformat() for by in range(days)]


def codes(day: dict[str, Any]) -> list[str]:
    return [one["code"] for one in day["exceptions"]]


def moment(shown: str) -> datetime:
    return datetime.fromisoformat(shown)
