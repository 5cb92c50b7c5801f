"""What the files of this folder share."""

from portico.web.api import ApiBlueprint

blp = ApiBlueprint("attendance", "Attendance", "Rules, punches, workdays and absences.")
READ, ADMIN, TEAM = "attendance:read", "attendance:admin", "attendance.team:read"
REPORTS = "attendance.reports:read"
