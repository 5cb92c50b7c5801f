"""What requests for overtime and corrections refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class OvertimeExists(Refusal):
    code, status, title = "overtime_exists", 409, "Overtime for this day is asked for or agreed already."


class RequestDecided(Refusal):
    code, status, title = "request_decided", 409, "This has been decided or taken back already."


class CorrectionQuota(Refusal):
    code, status, title = "correction_quota", 409, "You have asked for as many corrections this month as you may."


class CorrectionTooLate(Refusal):
    code, status, title = "correction_too_late", 409, "This day is too long ago to be corrected."
