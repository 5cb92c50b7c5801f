"""The steps of a reckoning in words. A place is `%(name)s`; the page that shows them translates."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portico.domains.attendance.reckoning.values import Step
from portico.kernel.text import N_

SENTENCES: dict[str, str] = {
    "plan": N_("The day is planned by the group %(group)s."),
    "shift": N_("The shift %(shift)s goes from %(starts_at)s to %(ends_at)s."),
    "work": N_("Worked from %(from)s until %(until)s."),
    "absence": N_("An approved absence (%(type_key)s) takes %(seconds)s out of the plan."),
    "absent": N_("Absent for %(seconds)s: nobody clocked in although work was planned."),
    "absent_from_segment": N_("Absent for %(seconds)s from part %(segment)s of the shift."),
    "late": N_("Late by %(seconds)s because the shift began at %(expected)s and the first clock-in was at %(came)s."),
    "serious_late": N_(
        "Seriously late by %(seconds)s because the shift began at %(expected)s and the first clock-in was at %(came)s."
    ),
    "late_forgiven": N_("Came %(seconds)s after %(expected)s, which is within the grace of %(grace_minutes)s minutes."),
    "early": N_(
        "Left early by %(seconds)s because work went on until %(expected)s and the last clock-out was at %(left)s."
    ),
    "early_forgiven": N_(
        "Left %(seconds)s before %(expected)s, which is within the grace of %(grace_minutes)s minutes."
    ),
    "late_off_late_on": N_("May come %(minutes)s minutes later, having left at %(left_at)s the day before."),
    "flex_move": N_("Flexible hours: the day moves by %(seconds)s with the clock-in."),
    "flex_forgive": N_("Flexible hours: %(seconds)s are not asked for."),
    "missing_out": N_("Clocked in at %(in_at)s and never out, so this stretch does not count as work yet."),
    "missing_in": N_("Clocked out at %(out_at)s without having clocked in."),
    "out_without_in": N_("A clock-out has no clock-in before it."),
    "ignored": N_("A punch is left aside: %(why)s."),
    "nominal": N_("The clocks changed: %(elapsed)s passed, and %(nominal)s are paid by the clock on the wall."),
    "overtime": N_("%(beyond)s were worked beyond the plan, %(approved)s are approved, %(counted)s count as overtime."),
    "short": N_("%(seconds)s are missing to what the day should come to."),
    "no_group": N_("The person is in no attendance group on this date."),
    "groups_overlap": N_("Several attendance groups claim the person, so none holds."),
    "not_employed": N_("The person was not employed on this date."),
}
WHY: dict[str, str] = {
    "duplicate": N_("the same tap twice within a minute"),
    "repeated_in": N_("clocked in while in already"),
    "left_later": N_("a later clock-out of the same day counts"),
    "kind_missing": N_("it does not say whether it is in or out"),
    "break_out_of_place": N_("a break that does not fit"),
}
Translate = Callable[[str], str]


def english(step: Step, zone: str | None) -> str:
    return said(step.code, step.about, zone, lambda text: text)


def said(code: str, about: Mapping[str, Any], zone: str | None, translate: Translate) -> str:
    """A step as a sentence, with times by the clocks of the zone."""
    words = {name: _word(name, value, zone, translate) for name, value in about.items()}
    return translate(SENTENCES[code]) % words


def _word(name: str, value: Any, zone: str | None, translate: Translate) -> str:
    if isinstance(value, str) and name not in ("shift", "group", "type_key", "why") and "T" in value:
        value = datetime.fromisoformat(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(zone or 'UTC')):%H:%M}"
    if name == "why":
        return translate(WHY.get(str(value), str(value)))
    if name in ("seconds", "elapsed", "nominal", "beyond", "approved", "counted") and isinstance(value, int):
        return duration(value, translate)
    return str(value)


HOURS_MINUTES = N_("%(hours)s h %(minutes)s min")
MINUTES = N_("%(minutes)s min")


def duration(seconds: int, translate: Translate) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return translate(HOURS_MINUTES if hours else MINUTES) % {"hours": hours, "minutes": minutes}
