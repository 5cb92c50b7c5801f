"""People who clock: the employee in an office without a fence, the agent with one, the admin by another clock."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portico.domains.attendance import service
from portico.domains.attendance.schemas.punches import PunchCreate
from portico.domains.directory import service as directory
from portico.kernel import clock
from portico.kernel.schemas import load
from tests.support import attendance
from tests.support.cast import Cast


def _step(cast: Cast, who: str, kind: str, **fields: Any) -> None:
    with cast.writing():
        service.clock_step(cast.actor(who), load(PunchCreate(), {"kind": kind, **fields}))


def seed_attendance(cast: Cast) -> dict[str, Any]:
    with cast.writing():
        whole_day = attendance.shift(cast, "00:00", "24:00")
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
    now = clock.rfc3339(clock.now() - timedelta(hours=2))
    _step(cast, "employee", "out", client_at=now, offset_s=7200)
    return {}
