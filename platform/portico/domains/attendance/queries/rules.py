"""By which rules somebody works, and which shifts stand around a moment: what clocking asks."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from portico.domains.attendance.queries.rulebook import Rulebook, plans_around, rulebook
from portico.domains.attendance.reckoning import instances, local_date
from portico.domains.attendance.reckoning.values import Plan, Rules, ShiftInstance

_DAY = timedelta(days=1)


def rules_for(workspace_id: str, employee_id: str, on: date) -> Rules:
    """The rules of a date. `group_id` is None for who is in no group, or in several at once (`contenders`)."""
    return rulebook(workspace_id, [employee_id], on, on).rules(employee_id, on)


def plan_for(workspace_id: str, employee_id: str, on: date) -> Plan:
    return rulebook(workspace_id, [employee_id], on, on).plan(employee_id, on)


def instances_around(workspace_id: str, employee_id: str, at: datetime) -> list[ShiftInstance]:
    """The shifts of the local date of that moment, of the day before and of the day after, their windows apart."""
    on, book = _book_around(workspace_id, employee_id, at)
    return instances(plans_around(book, employee_id, on))


def day_at(workspace_id: str, employee_id: str, at: datetime) -> tuple[Plan, list[ShiftInstance]]:
    """The plan of the local date of that moment, and the instances around it: both from one reading."""
    on, book = _book_around(workspace_id, employee_id, at)
    plans = plans_around(book, employee_id, on)
    return plans[1], instances(plans)


def _book_around(workspace_id: str, employee_id: str, at: datetime) -> tuple[date, Rulebook]:
    """The date is that of the zone in which the person works then; which zone that is, depends on the date."""
    about = at.date()
    book = rulebook(workspace_id, [employee_id], about - 3 * _DAY, about + 3 * _DAY)
    for on in (about - _DAY, about, about + _DAY):
        if local_date(book.rules(employee_id, on).timezone, at) == on:
            return on, book
    return local_date(book.rules(employee_id, about).timezone, at), book
