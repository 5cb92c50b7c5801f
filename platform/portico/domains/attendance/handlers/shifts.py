"""What shifts say of whether people are there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from portico.domains.attendance.queries.on_shift import on_shift_at
from portico.domains.directory.presence import Standing, presence_source


@presence_source("off_shift")
def off_shift(workspace_id: str, employee_ids: Sequence[str], at: datetime) -> dict[str, Standing]:
    """Outside their shift nobody is given tickets by turns, and what keeps to working hours waits; on it they count as
    available."""
    return {
        employee_id: Standing("available" if said.working else "off_shift", said.until)
        for employee_id, said in on_shift_at(workspace_id, employee_ids, at).items()
    }
