"""What the rules of attendance refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class NameTaken(Refusal):
    code, status, title = "name_taken", 409, "Another one of them has this name."


class VersionExists(Refusal):
    code, status, title = (
        "version_exists",
        409,
        "There is a version from this date on already; change that one, or choose another date.",
    )


class VersionUsed(Refusal):
    code, status, title = (
        "version_used",
        409,
        "Days were computed by this version, so it stays as it is. Make a new version from a date on.",
    )


class OnlyVersion(Refusal):
    code, status, title = "only_version", 409, "This is the only version; what remains would have no rules."


class InUse(Refusal):
    code, status, title = "in_use", 409, "Something else refers to it; change that first."


class CalendarCycle(Refusal):
    code, status, title = "calendar_cycle", 409, "A calendar cannot inherit from itself, over however many others."


class HolidayExists(Refusal):
    code, status, title = "holiday_exists", 409, "This calendar says something of this date already."


class PeriodUnresolved(Refusal):
    code, status, title = (
        "period_unresolved",
        409,
        "Some days of the month are not settled. Close it again to see which.",
    )


class DayNotComputed(Refusal):
    code, status, title = "day_not_computed", 409, "The day is not over, or waits to be computed anew."
