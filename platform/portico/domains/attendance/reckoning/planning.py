"""What a date was meant to be: from the week of a group, the roster and the holidays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from portico.domains.attendance.reckoning.values import HolidayRule, Plan, Rules, ShiftRules

Week = Sequence[tuple[ShiftRules, ...]]
"""Of Monday to Sunday: the shifts of the day in the versions of the date that is planned."""
Roster = tuple[ShiftRules, ...]


def plan_day(
    rules: Rules,
    on: date,
    *,
    week: Week = ((),) * 7,
    roster: Roster | None = None,
    holiday: HolidayRule | None = None,
    employed: bool = True,
) -> Plan:
    """The plan of one date. `roster` is None where nothing was said of it, and empty for a day of rest."""
    kind, name = (holiday.kind, holiday.name) if holiday else (None, None)
    if not employed:
        return Plan(on, rules, "restday", employed=False, holiday=name)
    if rules.kind == "roster":
        # Who is on the roster works on a holiday too: somebody meant it.
        day_kind = "holiday" if kind == "off" else "makeup" if kind == "makeup" else "workday"
        if not roster:
            day_kind = "holiday" if kind == "off" else "restday"
        return Plan(on, rules, day_kind, roster or (), holiday=name)
    if kind == "off":
        return Plan(on, rules, "holiday", holiday=name)
    if rules.kind == "free":
        expected = on.isoweekday() in rules.work_days or kind == "makeup"
        day_kind = "makeup" if kind == "makeup" else "workday" if expected else "restday"
        return Plan(on, rules, day_kind, holiday=name)
    if holiday is not None and kind == "makeup":
        return Plan(on, rules, "makeup", _makeup(week, holiday), holiday=name)
    shifts = tuple(week[on.isoweekday() - 1])
    if not shifts:
        return Plan(on, rules, "restday", holiday=name)
    return Plan(on, rules, "workday", shifts, _off(holiday), name)


def _makeup(week: Week, holiday: HolidayRule) -> tuple[ShiftRules, ...]:
    """The shifts of the weekday that the calendar names, else of the first weekday that has any."""
    if holiday.works_as is not None:
        return tuple(week[holiday.works_as - 1])
    return next((tuple(shifts) for shifts in week if shifts), ())


def _off(holiday: HolidayRule | None) -> tuple[tuple[int, int], ...]:
    if holiday is None or holiday.kind != "partial":
        return ()
    return ((holiday.off_from or 0, 1440 if holiday.off_until is None else holiday.off_until),)
