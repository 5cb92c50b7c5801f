"""Operations of attendance, by activity."""

from portico.domains.attendance.api import groups, holidays, places, punches, shifts, workdays
from portico.domains.attendance.api.blueprint import blp

__all__ = ["blp", "groups", "holidays", "places", "punches", "shifts", "workdays"]
