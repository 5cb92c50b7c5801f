"""What punches refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class AlreadyClockedIn(Refusal):
    code, status, title = "already_clocked_in", 409, "You are clocked in already."


class NotClockedIn(Refusal):
    code, status, title = "not_clocked_in", 409, "You are not clocked in, so there is no break to take or to end."


class AlreadyOnBreak(Refusal):
    code, status, title = "already_on_break", 409, "You are on a break already."


class NotOnBreak(Refusal):
    code, status, title = "not_on_break", 409, "You are not on a break."


class NoAttendanceRule(Refusal):
    code, status, title = (
        "no_attendance_rule",
        409,
        "No attendance group holds for you, so there is nothing to clock for; those who keep attendance can add you.",
    )


class PunchMethodNotAllowed(Refusal):
    code, status, title = "punch_method_not_allowed", 409, "Your attendance group does not let you clock in this way."


class PunchRefused(Refusal):
    code, status, title = (
        "punch_refused",
        409,
        "Your attendance group takes no punch from here; come nearer, or ask for a correction.",
    )


class PunchTooOld(Refusal):
    code, status, title = (
        "punch_too_old",
        409,
        "This was more than 24 hours ago; ask for a correction of that day instead.",
    )


class PunchDecided(Refusal):
    code, status, title = (
        "punch_decided",
        409,
        "This punch waits for no decision; somebody has decided, or none is due.",
    )


class DeviceSeqTaken(Refusal):
    code, status, title = "device_seq_taken", 409, "This device brought another punch under the same number before."
