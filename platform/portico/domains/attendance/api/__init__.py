"""Operations of attendance, by activity."""

from portico.domains.attendance.api import punches
from portico.domains.attendance.api.blueprint import blp

__all__ = ["blp", "punches"]
