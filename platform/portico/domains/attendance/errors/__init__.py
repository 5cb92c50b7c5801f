"""What attendance refuses, by activity."""

from portico.domains.attendance.errors import rules
from portico.domains.attendance.errors.absences import (
    AbsenceChangePending,
    AbsenceDecided,
    AbsenceOverlap,
    AbsenceRefTaken,
    AbsenceTypeExists,
    TooManyFeeds,
)
from portico.domains.attendance.errors.periods import PeriodLocked
from portico.domains.attendance.errors.punches import (
    AlreadyClockedIn,
    AlreadyOnBreak,
    DeviceSeqTaken,
    NoAttendanceRule,
    NotClockedIn,
    NotOnBreak,
    PunchDecided,
    PunchMethodNotAllowed,
    PunchRefused,
    PunchTooOld,
)
from portico.domains.attendance.errors.requests import (
    CorrectionQuota,
    CorrectionTooLate,
    OvertimeExists,
    RequestDecided,
)

__all__ = [
    "AbsenceChangePending",
    "AbsenceDecided",
    "AbsenceOverlap",
    "AbsenceRefTaken",
    "AbsenceTypeExists",
    "AlreadyClockedIn",
    "AlreadyOnBreak",
    "CorrectionQuota",
    "CorrectionTooLate",
    "DeviceSeqTaken",
    "NoAttendanceRule",
    "NotClockedIn",
    "NotOnBreak",
    "OvertimeExists",
    "PeriodLocked",
    "PunchDecided",
    "PunchMethodNotAllowed",
    "PunchRefused",
    "PunchTooOld",
    "RequestDecided",
    "TooManyFeeds",
    "rules",
]
