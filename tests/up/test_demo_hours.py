"""The hours of the demo: everybody of the cast may clock in the portal, and the employee is clocked out."""

from __future__ import annotations

from datetime import date

from portico.domains.attendance import sweeping
from portico.domains.attendance.queries import today, workdays
from portico.kernel.db import Database
from portico.kernel.unit_of_work import unit
from portico.up.seed import seed_hours, seed_people


def test_the_employee_is_clocked_out_and_may_clock_in_by_the_web(database: Database) -> None:
    demo = seed_people()
    for _ in range(2):  # the second start finds what the first has made
        seed_hours(demo)
    sweeping.recompute_stale()
    with unit(demo.workspace_id, write=False):
        for name in ("employee", "agent", "developer", "admin"):
            now = today.today_of(demo.actors[name])
            assert ("web" in now["methods"], now["session"], now["next_action"]) == (True, None, "in")
        own = workdays.DAY.c.employee_id == demo.actors["employee"].employee_id
        days = workdays.days_between(demo.actors["employee"], date.min, date.max, own)
    assert {"computed", "exception"} <= {one["status"] for one in days}
    assert {one["code"] for day in days for one in day["exceptions"]} >= {"late", "missing_out"}
