"""What attendance holds on a person who works here, by activity. Each file is imported here: only then is it known."""

from portico.domains.attendance.readers import punches

__all__ = ["punches"]
