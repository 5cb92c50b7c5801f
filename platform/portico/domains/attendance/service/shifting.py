"""Shifts and their versions. What days were computed by stays; from a date on another version holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import delete, update

from portico.domains.attendance import events
from portico.domains.attendance.errors.periods import PeriodLocked
from portico.domains.attendance.errors.rules import InUse, OnlyVersion, VersionExists, VersionUsed
from portico.domains.attendance.queries import periods, setup, shifts
from portico.domains.attendance.service import keeping, staling
from portico.domains.attendance.service.keeping import Kept
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, Stale
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session


def _shown(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    return shifts.shown(actor, [row])[0]


SHIFT = Kept(shifts.SHIFT, "shf", events.SHIFT_CREATED, events.SHIFT_UPDATED, events.SHIFT_DELETED, show=_shown)
VERSION = Kept(
    shifts.VERSION,
    "shv",
    events.SHIFT_TIMES_CHANGED,
    events.SHIFT_TIMES_CHANGED,
    events.SHIFT_TIMES_CHANGED,
    VersionExists,
)


def create_shift(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """A shift with its first version. Raises NameTaken and OutOfRange."""
    row = keeping.create(
        actor, SHIFT, {"name": values["name"], "color": values["color"], "archived_at": None}, quiet=True
    )
    start = values["effective_from"] or setup.today(actor)
    first = {"shift_id": row["id"], "effective_from": start, "rules": values["rules"], "used": False}
    keeping.create(actor, VERSION, first, quiet=True)
    shown = _shown(actor, row)
    emit(actor, events.SHIFT_CREATED, shown)
    return shown


def update_shift(actor: Actor, shift_id: str, values: dict[str, Any], expected: int | None) -> dict[str, Any]:
    return _shown(actor, keeping.change(actor, SHIFT, shift_id, values, expected))


def delete_shift(actor: Actor, shift_id: str, expected: int | None) -> None:
    """A shift that was worked is put away; its days keep it. One that a group or the roster uses stays. Raises
    NotFound, Stale and InUse."""
    if shifts.groups_with(actor, shift_id):
        raise InUse("It stands in the week of an attendance group.")
    if any(version.used for version in shifts.versions_of(actor, shift_id)):
        keeping.change(actor, SHIFT, shift_id, {"archived_at": clock.now()}, expected)
        return
    if shifts.is_rostered(actor, shift_id):
        raise InUse("It stands on the roster.")
    keeping.remove(actor, SHIFT, shift_id, expected)


def restore_shift(actor: Actor, shift_id: str) -> dict[str, Any]:
    return _shown(actor, keeping.change(actor, SHIFT, shift_id, {"archived_at": None}, None))


def create_version(actor: Actor, shift_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Other times from a date on. Days from then on are computed anew, but for locked ones. Raises NotFound,
    VersionExists and OutOfRange."""
    shift = setup.one(actor, shifts.SHIFT, shift_id, lock=True)
    _require_open(actor, values["effective_from"])
    row = keeping.create(actor, VERSION, {**values, "shift_id": shift_id, "used": False}, quiet=True)
    _tell(actor, shift, [values["effective_from"]])
    return row


def _require_open(actor: Actor, start: date) -> None:
    """Raises PeriodLocked."""
    if periods.locked_since(actor.workspace_id, start):
        raise PeriodLocked("A month that is locked ends on this date or later; let the times begin after it.")


def update_version(
    actor: Actor, shift_id: str, version_id: str, values: dict[str, Any], expected: int | None
) -> dict[str, Any]:
    """A version by which no day was computed. Raises NotFound, Stale, VersionUsed and VersionExists."""
    shift = setup.one(actor, shifts.SHIFT, shift_id, lock=True)
    before = _version(actor, shift_id, version_id, expected)
    changes = {name: value for name, value in values.items() if before[name] != value}
    if not changes:
        return before
    after = {**before, **changes, "updated_at": clock.now(), "version": before["version"] + 1}
    _require_open(actor, min(before["effective_from"], after["effective_from"]))
    if "effective_from" in changes:
        others = [row for row in shifts.versions_of(actor, shift_id) if row.id != version_id]
        if any(row.effective_from == after["effective_from"] for row in others):
            raise VersionExists()
    stamped = {name: after[name] for name in (*changes, "updated_at", "version")}
    _write(actor, version_id, stamped)
    _tell(actor, shift, [before["effective_from"], after["effective_from"]])
    return after


def _version(actor: Actor, shift_id: str, version_id: str, expected: int | None) -> dict[str, Any]:
    found = setup.one(actor, shifts.VERSION, version_id, lock=True)
    if found["shift_id"] != shift_id:
        raise NotFound()
    if expected not in (None, found["version"]):
        raise Stale()
    if found["used"]:
        raise VersionUsed()
    return found


def _write(actor: Actor, version_id: str, stamped: dict[str, Any]) -> None:
    """While it is unused: a day that is computed at this moment marks it, and one of the two comes first."""
    table = shifts.VERSION
    done = session().scalar(
        update(table)
        .where(table.c.workspace_id == actor.workspace_id, table.c.id == version_id, table.c.used.is_(False))
        .values(stamped)
        .returning(table.c.id)
    )
    if done is None:
        raise VersionUsed()


def delete_version(actor: Actor, shift_id: str, version_id: str, expected: int | None) -> None:
    """Raises NotFound, Stale, VersionUsed and OnlyVersion."""
    shift = setup.one(actor, shifts.SHIFT, shift_id, lock=True)
    before = _version(actor, shift_id, version_id, expected)
    if len(shifts.versions_of(actor, shift_id)) == 1:
        raise OnlyVersion()
    table = shifts.VERSION
    session().execute(delete(table).where(table.c.workspace_id == actor.workspace_id, table.c.id == version_id))
    _tell(actor, shift, [before["effective_from"]])


def _tell(actor: Actor, shift: dict[str, Any], starts: Iterable[date]) -> None:
    """Other times: its event, and the days since then."""
    staling.shift_changed(actor, shift["id"], min(starts))
    emit(actor, events.SHIFT_TIMES_CHANGED, _shown(actor, shift), changes=["current"])
