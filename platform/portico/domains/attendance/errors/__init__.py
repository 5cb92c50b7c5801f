"""What attendance refuses, by activity."""

from portico.domains.attendance.errors import rules
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

__all__ = [
    "AlreadyClockedIn",
    "AlreadyOnBreak",
    "DeviceSeqTaken",
    "NoAttendanceRule",
    "NotClockedIn",
    "NotOnBreak",
    "PeriodLocked",
    "PunchDecided",
    "PunchMethodNotAllowed",
    "PunchRefused",
    "PunchTooOld",
    "rules",
]
