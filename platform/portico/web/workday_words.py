"""The words of workdays on pages: what was remarked on, what kind of day it was, how it stands, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_skeleton
from flask_babel import get_locale, gettext

from portico.kernel.text import N_
from portico.web import attendance_words

EXCEPTIONS: dict[str, tuple[str, str, str]] = {
    "late": (N_("Late"), "warning", "clock-alert"),
    "serious_late": (N_("Seriously late"), "danger", "clock-alert"),
    "early": (N_("Left early"), "warning", "log-out"),
    "absent": (N_("Absent"), "danger", "user-x"),
    "missing_out": (N_("No clock-out"), "warning", "circle-question-mark"),
    "missing_in": (N_("No clock-in"), "warning", "circle-question-mark"),
    "unscheduled_work": (N_("Worked without a shift"), "info", "calendar-off"),
    "pending_punch": (N_("A punch waits"), "warning", "hourglass"),
    "groups_overlap": (N_("Several groups"), "danger", "users"),
    "rules_unreadable": (N_("Rules cannot be read"), "danger", "file-question-mark"),
    "short": (N_("Too short"), "warning", "timer-off"),
}
STATUSES: dict[str, tuple[str, str, str]] = {
    "open": (N_("Not over"), "neutral", "circle-dashed"),
    "computed": (N_("In order"), "success", "circle-check"),
    "exception": (N_("To look at"), "warning", "triangle-alert"),
    "corrected": (N_("Corrected"), "info", "pencil-line"),
    "confirmed": (N_("Confirmed"), "success", "badge-check"),
    "locked": (N_("Locked"), "neutral", "lock"),
}
DAY_KINDS = {
    "workday": N_("Workday"),
    "restday": N_("Day of rest"),
    "holiday": N_("Holiday"),
    "makeup": N_("Makeup day"),
}
STATES: dict[str, tuple[str, str, str]] = {
    "open": (N_("Month is open"), "neutral", "circle-dashed"),
    "closing": (N_("Being closed"), "info", "list-checks"),
    "locked": (N_("Month is locked"), "success", "lock"),
    "reopened": (N_("Opened again"), "warning", "lock-open"),
}


def look(known: Mapping[str, tuple[str, str, str]], name: str) -> tuple[str, str, str]:
    """Label, tone and icon."""
    label, tone, icon = known.get(name, (name, "neutral", "circle"))
    return gettext(label), tone, icon


def remarks(day: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What stands out of a day, each kind once, with how long it was: `("Late 12 min", "warning", "clock-alert")`."""
    lengths: dict[str, int] = {}
    for one in day["exceptions"]:
        lengths[one["code"]] = lengths.get(one["code"], 0) + int(one.get("seconds") or 0)
    found = []
    for code, seconds in lengths.items():
        label, tone, icon = look(EXCEPTIONS, code)
        found.append((f"{label} {attendance_words.duration(seconds)}" if seconds else label, tone, icon))
    return found


def day_kind(day: Mapping[str, Any]) -> str:
    name = DAY_KINDS.get(day["day_kind"] or "", "")
    label = gettext(name) if name else ""
    return f"{label}: {day['holiday']}" if day["holiday"] else label


def month(first: date) -> str:
    """`November 2026`, 2026年11月."""
    return str(format_skeleton("yMMMM", first, locale=get_locale()))


def minutes(value: int) -> str:
    return attendance_words.duration(value * 60)
