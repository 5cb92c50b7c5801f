"""Tables of attendance, by activity."""

from portico.domains.attendance.models.absences import Absence, AbsenceSlot, AbsenceType
from portico.domains.attendance.models.feeds import CalendarFeed
from portico.domains.attendance.models.groups import AttendanceAssignment, AttendanceGroup, AttendanceGroupVersion
from portico.domains.attendance.models.holidays import Holiday, HolidayCalendar
from portico.domains.attendance.models.places import AttendanceDevice, AttendanceLocation, AttendanceWifi
from portico.domains.attendance.models.punches import Punch, WorkSession
from portico.domains.attendance.models.requests import AttendanceCorrection, OvertimeRequest
from portico.domains.attendance.models.shifts import RosterEntry, Shift, ShiftVersion
from portico.domains.attendance.models.workdays import AttendancePeriod, Workday

__all__ = [
    "Absence",
    "AbsenceSlot",
    "AbsenceType",
    "AttendanceAssignment",
    "AttendanceCorrection",
    "AttendanceDevice",
    "AttendanceGroup",
    "AttendanceGroupVersion",
    "AttendanceLocation",
    "AttendancePeriod",
    "AttendanceWifi",
    "CalendarFeed",
    "Holiday",
    "HolidayCalendar",
    "OvertimeRequest",
    "Punch",
    "RosterEntry",
    "Shift",
    "ShiftVersion",
    "WorkSession",
    "Workday",
]
