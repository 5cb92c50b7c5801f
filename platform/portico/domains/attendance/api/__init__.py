"""Operations of attendance, by activity."""

from portico.domains.attendance.api import (
    absences,
    feeds,
    groups,
    holidays,
    places,
    punches,
    requests,
    shifts,
    workdays,
)
from portico.domains.attendance.api.blueprint import blp

__all__ = ["absences", "blp", "feeds", "groups", "holidays", "places", "punches", "requests", "shifts", "workdays"]
