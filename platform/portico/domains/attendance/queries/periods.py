"""Reads of months: whether their days may still change."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portico.domains.attendance.models import AttendancePeriod
from portico.kernel.unit_of_work import session

_period = AttendancePeriod.__table__.c


def is_locked(workspace_id: str, on: date) -> bool:
    """Whether the month of this date is locked."""
    month = select(_period.state).where(_period.workspace_id == workspace_id, _period.month == f"{on:%Y-%m}")
    return session().scalar(month) == "locked"
