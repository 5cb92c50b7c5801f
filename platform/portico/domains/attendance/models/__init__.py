"""Tables of attendance, by activity."""

from portico.domains.attendance.models.punches import Punch, WorkSession

__all__ = ["Punch", "WorkSession"]
