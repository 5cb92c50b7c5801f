"""Attendance as files, and what it holds on a person who works here, by activity. Each file is imported here: only then
is it known."""

from portico.domains.attendance.readers import absences, punches, reports

__all__ = ["absences", "punches", "reports"]
