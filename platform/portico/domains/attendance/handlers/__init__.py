"""What attendance does when others report, by activity. Each file is imported here: only then does it hear."""

from portico.domains.attendance.handlers import absences, punches, requests, settling, shifts

__all__ = ["absences", "punches", "requests", "settling", "shifts"]
