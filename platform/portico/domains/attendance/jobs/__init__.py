"""Chores of attendance, by activity. Each file is imported here: only then is it known."""

from portico.domains.attendance.jobs import settling

__all__ = ["settling"]
