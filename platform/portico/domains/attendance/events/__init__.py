"""Events of attendance, by activity. What a file here declares is named here too: only then is it registered."""

from portico.domains.attendance.events.punches import PUNCH_ACCEPTED, PUNCH_CREATED, PUNCH_REJECTED, PUNCH_VOIDED

__all__ = ["PUNCH_ACCEPTED", "PUNCH_CREATED", "PUNCH_REJECTED", "PUNCH_VOIDED"]
