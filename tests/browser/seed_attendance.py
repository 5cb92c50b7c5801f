"""People who clock: the employee in an office without a fence, the agent with one, the admin by another clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portico.domains.attendance import closing, service, sweeping
from portico.domains.attendance.schemas.punches import PunchCreate
from portico.domains.directory import service as directory
from portico.kernel import clock
from portico.kernel.schemas import load
from tests.support import attendance
from tests.support.cast import Cast

DAYS = {
    4: ((8.9, "in"), (12, "break_start"), (12.5, "break_end"), (17.6, "out")),
    3: ((9.7, "in"), (17.6, "out")),
    2: ((9, "in"),),
}


WINDOW = {"in_open_before": 120, "out_close_after": 240}
"""As the service fills it in; `attendance.shift` writes rows."""


def _step(cast: Cast, who: str, kind: str, **fields: Any) -> None:
    with cast.writing():
        service.clock_step(cast.actor(who), load(PunchCreate(), {"kind": kind, **fields}))


def _days(cast: Cast) -> None:
    """Four days of the admin in a shift of nine to half past five: in order, late, without an out, and absent."""
    with cast.writing():
        attendance.group(cast, "admin", shift_ids=(attendance.shift(cast, "09:00", "17:30", **WINDOW),), zone="UTC")
    today = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    for back, steps in DAYS.items():
        for hour, kind in steps:
            with clock.held(today - timedelta(days=back) + timedelta(hours=hour)):
                _step(cast, "admin", kind)
    closing.sweep()
    sweeping.sweep()
    sweeping.recompute_stale()


def seed_attendance(cast: Cast) -> dict[str, Any]:
    with cast.writing():
        whole_day = attendance.shift(cast, "00:00", "24:00", **WINDOW)
        attendance.group(cast, "employee", shift_ids=(whole_day,), zone="UTC")
        places = [attendance.location(cast, 52.52, 13.405)]
        fence = {"location_ids": places, "field_punch": "approval", "no_evidence": "pending"}
        attendance.group(cast, "agent", shift_ids=(whole_day,), zone="UTC", **fence)
        attendance.group(cast, "support_admin", kind="free", zone="Asia/Shanghai")
        for name in ("employee", "agent"):
            directory.update_employee(
                cast.system(), cast.employee_id(name), {"manager_id": cast.employee_id("support_admin")}
            )
    # The agent came an hour ago from somewhere, and says so.
    with clock.held(clock.now() - timedelta(hours=3)):
        _step(cast, "support_admin", "in")
        clock.advance(timedelta(hours=1))
        _step(cast, "support_admin", "break_start")
        clock.advance(timedelta(minutes=20))
        _step(cast, "support_admin", "break_end")
        outside = {"lat": 48.137, "lng": 11.575, "accuracy_m": 30}
        _step(cast, "agent", "in", position=outside, note="在客户那里 / at a customer's")
    _days(cast)
    now = clock.rfc3339(clock.now() - timedelta(hours=2))
    _step(cast, "employee", "out", client_at=now, offset_s=7200)
    today = clock.now().date()
    return {"own_days": {name: str(today - timedelta(days=back)) for name, back in (("late", 3), ("forgotten", 2))}}
