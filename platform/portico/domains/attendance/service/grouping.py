"""Attendance groups and their versions."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from sqlalchemy import Table, delete

from portico.domains.attendance import events
from portico.domains.attendance.errors.periods import PeriodLocked
from portico.domains.attendance.errors.rules import OnlyVersion, VersionExists
from portico.domains.attendance.models import (
    AttendanceDevice,
    AttendanceLocation,
    AttendanceWifi,
    HolidayCalendar,
)
from portico.domains.attendance.queries import groups, periods, setup, shifts
from portico.domains.attendance.service import keeping, settling, staling
from portico.domains.attendance.service.keeping import Kept
from portico.domains.directory import audiences
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, Stale
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session


def _shown(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    return groups.shown(actor, [row])[0]


GROUP = Kept(groups.GROUP, "atg", events.GROUP_CREATED, events.GROUP_UPDATED, events.GROUP_DELETED, show=_shown)
VERSION = Kept(
    groups.VERSION,
    "agv",
    events.GROUP_RULES_CHANGED,
    events.GROUP_RULES_CHANGED,
    events.GROUP_RULES_CHANGED,
    VersionExists,
)
_NAMED = (
    ("location_ids", cast(Table, AttendanceLocation.__table__)),
    ("wifi_ids", cast(Table, AttendanceWifi.__table__)),
    ("device_ids", cast(Table, AttendanceDevice.__table__)),
)


def create_group(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """A group with its first version. Raises NameTaken, Invalid, PeriodLocked and OutOfRange."""
    start = values["effective_from"] or setup.today(actor, values["rules"]["timezone"])
    _require_sound(actor, values["rules"])
    _require_open(actor, start)
    about = {"name": values["name"], "priority": values["priority"], "ends_on": None}
    row = keeping.create(actor, GROUP, about, quiet=True)
    first = {"group_id": row["id"], "effective_from": start, **groups.stored_rules(values["rules"])}
    keeping.create(actor, VERSION, first, quiet=True)
    settling.settle(actor, start)
    shown = _shown(actor, row)
    emit(actor, events.GROUP_CREATED, shown)
    return shown


def _require_sound(actor: Actor, rules: dict[str, Any]) -> None:
    """What the rules name is there. Raises Invalid."""
    audiences.check_audience(actor, rules["members"], "/rules/members")
    for place, day in enumerate(rules["week"]):
        setup.require_there(actor, shifts.SHIFT, day, f"/rules/week/{place}/{{}}")
    calendar = cast(Table, HolidayCalendar.__table__)
    setup.require_there(actor, calendar, [rules["holiday_calendar_id"]], "/rules/holiday_calendar_id")
    for name, table in _NAMED:
        setup.require_there(actor, table, rules[name], f"/rules/{name}/{{}}")


def _require_open(actor: Actor, start: date) -> None:
    """No locked month is touched. Raises PeriodLocked."""
    if periods.locked_since(actor.workspace_id, start):
        raise PeriodLocked("A month that is locked ends on this date or later; let the rules begin after it.")


def update_group(actor: Actor, group_id: str, values: dict[str, Any], expected: int | None) -> dict[str, Any]:
    """Its name, priority, or end. Raises NotFound, Stale, NameTaken and PeriodLocked."""
    before = setup.one(actor, groups.GROUP, group_id)
    today = setup.today(actor)
    ends = [one for one in (before["ends_on"], values.get("ends_on")) if one is not None]
    if "ends_on" in values and values["ends_on"] != before["ends_on"]:
        _require_open(actor, min([*ends, today]))
    after = keeping.change(actor, GROUP, group_id, values, expected)
    if after["priority"] != before["priority"] or after["ends_on"] != before["ends_on"]:
        settling.settle(actor, min([*ends, today]))
    return _shown(actor, after)


def delete_group(actor: Actor, group_id: str, expected: int | None) -> None:
    """One in which nobody ever was; others are let end. Raises NotFound, Stale and InUse."""
    keeping.remove(actor, GROUP, group_id, expected)


def create_version(actor: Actor, group_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Other rules from a date on. Raises NotFound, VersionExists, Invalid and PeriodLocked."""
    group = setup.one(actor, groups.GROUP, group_id, lock=True)
    _require_sound(actor, values["rules"])
    _require_open(actor, values["effective_from"])
    stored = {"group_id": group_id, "effective_from": values["effective_from"], **groups.stored_rules(values["rules"])}
    row = keeping.create(actor, VERSION, stored, quiet=True)
    _tell(actor, group, values["effective_from"])
    return groups.shown_version(row)


def delete_version(actor: Actor, group_id: str, version_id: str, expected: int | None) -> None:
    """The version before it holds on. Raises NotFound, Stale, OnlyVersion and PeriodLocked."""
    group = setup.one(actor, groups.GROUP, group_id, lock=True)
    found = setup.one(actor, groups.VERSION, version_id, lock=True)
    if found["group_id"] != group_id:
        raise NotFound()
    if expected not in (None, found["version"]):
        raise Stale()
    if len(groups.versions_of(actor, group_id)) == 1:
        raise OnlyVersion()
    _require_open(actor, found["effective_from"])
    table = groups.VERSION
    session().execute(delete(table).where(table.c.workspace_id == actor.workspace_id, table.c.id == version_id))
    _tell(actor, group, found["effective_from"])


def _tell(actor: Actor, group: dict[str, Any], start: date) -> None:
    settling.settle(actor, start)
    staling.group_changed(actor, group["id"], start)
    emit(actor, events.GROUP_RULES_CHANGED, _shown(actor, group), changes=["current"])
