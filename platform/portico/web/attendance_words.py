"""The words of attendance on pages: steps, evidence, durations, and times in the zone of the rule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time
from flask_babel import get_locale, gettext

from portico.kernel.text import N_

STEPS = {
    "in": N_("Clock in"),
    "out": N_("Clock out"),
    "break_start": N_("Start a break"),
    "break_end": N_("End the break"),
}
STEP_ICONS = {"in": "log-in", "out": "log-out", "break_start": "coffee", "break_end": "play", "auto": "scan-line"}
KINDS = {
    "in": N_("Clocked in"),
    "out": N_("Clocked out"),
    "break_start": N_("Break began"),
    "break_end": N_("Break ended"),
    "auto": N_("Clocked at a terminal"),
}
DONE = {
    "in": N_("You are clocked in."),
    "out": N_("You are clocked out. Enjoy your time."),
    "break_start": N_("Your break has begun."),
    "break_end": N_("Welcome back."),
}
METHODS = {
    "web": N_("in the portal"),
    "mobile": N_("by phone"),
    "kiosk": N_("at a kiosk"),
    "device": N_("at a terminal"),
    "import": N_("at a terminal"),
    "correction": N_("by a correction"),
    "api": N_("by an app"),
}
EVIDENCE = {
    "inside": N_("At one of the group's places"),
    "outside": N_("Outside the group's places"),
    "low_accuracy": N_("The device did not know exactly enough where it was"),
    "mock_suspected": N_("The device said that an app made up its place"),
    "no_evidence": N_("Without a place"),
}
HINTS = {
    "offline": N_("pressed without a network and sent later"),
    "clock_differs": N_("the clock of the device was wrong"),
    "mock_location": N_("an app may have made up the place"),
    "impossible_travel": N_("too far from the punch before to have got there"),
}

EXCEPTIONS = {
    "absent": N_("Nobody clocked in although work was planned"),
    "late": N_("Late"),
    "serious_late": N_("Seriously late"),
    "early": N_("Left early"),
    "missing_out": N_("Clocked in and never out"),
    "missing_in": N_("Clocked out and never in"),
    "unscheduled_work": N_("Worked without a plan"),
    "short": N_("Less than the day should come to"),
    "groups_overlap": N_("Several attendance groups claim you"),
    "pending_punch": N_("A punch waits for a decision"),
    "rules_unreadable": N_("The rules of this day cannot be read"),
}
DAY_KINDS = {
    "workday": N_("Working day"),
    "restday": N_("Day of rest"),
    "holiday": N_("Holiday"),
    "makeup": N_("Working day in place of another"),
}
DAY_STATUSES = {
    "open": (N_("Not over yet"), "neutral", "clock-3"),
    "computed": (N_("In order"), "success", "circle-check"),
    "exception": (N_("Needs a look"), "warning", "triangle-alert"),
    "corrected": (N_("Corrected"), "info", "pencil"),
    "confirmed": (N_("Confirmed"), "success", "badge-check"),
    "locked": (N_("Locked"), "neutral", "lock"),
}


def words(known: dict[str, str], name: str) -> str:
    return str(gettext(known.get(name, name)))


def hints(punch: dict[str, Any]) -> list[str]:
    """What somebody who reviews it looks at."""
    return [words(HINTS, name) for name in punch["hints"]]


def exception(one: dict[str, Any]) -> str:
    """An exception of a day in a few words, with how long where that is known."""
    said = words(EXCEPTIONS, one["code"])
    return f"{said}: {duration(one['seconds'])}" if one.get("seconds") else said


def time_in(moment: datetime, zone: str) -> str:
    """What the clocks of the zone show."""
    return str(format_time(moment, "short", tzinfo=ZoneInfo(zone), locale=get_locale()))


def date_of(on: date, style: str = "full") -> str:
    return str(format_date(on, style, locale=get_locale()))


def short_date_of(on: date) -> str:
    """With its weekday and without its year."""
    return str(format_skeleton("MMMEd", on, locale=get_locale()))


def month_of(on: date) -> str:
    return str(format_skeleton("yMMMM", on, locale=get_locale()))


def day_and_time_in(moment: datetime, zone: str) -> str:
    return f"{date_of(moment.astimezone(ZoneInfo(zone)).date(), 'medium')}, {time_in(moment, zone)}"


def duration(seconds: float) -> str:
    """Hours and minutes, to the whole minute below."""
    hours, minutes = divmod(max(0, int(seconds)) // 60, 60)
    if not hours:
        return str(gettext("%(minutes)s min", minutes=minutes))
    return str(gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes))
