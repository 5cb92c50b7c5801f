"""Asking for absences, and writing down those that are agreed elsewhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from portico.domains.approvals import service as approvals
from portico.domains.approvals.service import Step, Word
from portico.domains.attendance import halves, permissions
from portico.domains.attendance.errors import AbsenceRefTaken
from portico.domains.attendance.events import ABSENCE_APPROVED, ABSENCE_REQUESTED
from portico.domains.attendance.queries import absences as queries
from portico.domains.attendance.queries.absence_days import Days
from portico.domains.attendance.queries.punches import held
from portico.domains.attendance.service import absence_rows as rows
from portico.domains.directory import queries as directory
from portico.domains.directory import ranges
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

SUBJECT = "absence"
_TITLE = N_("Absence")
_LABELS = {
    "type": N_("Type"),
    "from": N_("From"),
    "to": N_("To"),
    "begins": N_("Begins"),
    "ends": N_("Ends"),
    "days": N_("Working days"),
    "note": N_("Note"),
    "wish": N_("Change"),
}
_NOON = {"pm": N_("in the afternoon"), "am": N_("after the morning")}
_DAY = timedelta(days=1)


def person_of(actor: Actor, employee_id: str | None) -> str:
    """For whom: oneself, or, for apps and HR, somebody within reach who has not left. Raises Invalid and Forbidden."""
    wanted = employee_id or actor.employee_id
    if wanted is None:
        raise invalid("/employee_id", "required", "Say for whom.")
    if wanted == actor.employee_id:
        return wanted
    found = directory.lookup(actor, [wanted])
    if not found or found[0]["status"] == "departed":
        raise invalid("/employee_id", "invalid", "There is no employee with this id.")
    if not permissions.sees_everybody(actor):
        raise Forbidden("People ask for themselves; HR and apps write for others.")
    ranges.require_within(actor, wanted)
    return wanted


def columns_of(workspace_id: str, employee_id: str, values: dict[str, Any]) -> tuple[Days, dict[str, Any]]:
    """Dates, halves, zone and instants, from what was sent."""
    if "from_" in values:
        wanted = halves.stretch(values["from_"], values["to"])
        days = Days(workspace_id, employee_id, wanted.first.on, wanted.last.on)
        return days, of_stretch(days, wanted)
    from_at, until_at = values["from_at"], values["until_at"]
    days = Days(workspace_id, employee_id, from_at.date() - 3 * _DAY, until_at.date() + 3 * _DAY)
    first, last = days.local(from_at), days.local(until_at - timedelta(milliseconds=1))
    return days, {
        "from_on": first,
        "from_slot": None,
        "until_on": last,
        "until_slot": None,
        "timezone": days.zone(first),
        "starts_at": from_at,
        "ends_at": until_at,
    }


def of_stretch(days: Days, wanted: halves.Stretch) -> dict[str, Any]:
    starts_at, ends_at = days.bounds(wanted)
    return {
        "from_on": wanted.first.on,
        "from_slot": wanted.first.slot,
        "until_on": wanted.last.on,
        "until_slot": wanted.last.slot,
        "timezone": days.zone(wanted.first.on),
        "starts_at": starts_at,
        "ends_at": ends_at,
    }


def preview(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """What would count of it, and what stands in its way. Raises Invalid and Forbidden."""
    employee_id = person_of(actor, values.get("employee_id"))
    days, columns = columns_of(actor.workspace_id, employee_id, values)
    return {**_counted(days, columns), "conflicts": rows.in_the_way(actor, employee_id, days, columns)}


def _counted(days: Days, columns: dict[str, Any]) -> dict[str, Any]:
    wanted = halves.of_row(columns)
    return days.of(wanted) if wanted else {"days": [], "half_days": 0, "by_year": {}}


def days_of(actor: Actor, absence_id: str) -> dict[str, Any]:
    """Which halves an absence takes, and which of them count, by the rules as they stand now. Raises NotFound."""
    found = queries.absence(actor, absence_id)
    days = Days(actor.workspace_id, found["employee_id"], found["from_on"], found["until_on"])
    return {**_counted(days, found), "conflicts": []}


def create_absence(actor: Actor, values: dict[str, Any]) -> tuple[bool, dict[str, Any]]:
    """Whether it is new, and the absence. The same reference of the same source again answers what it wrote first.

    Raises Forbidden, Invalid, OutOfRange, AbsenceOverlap, AbsenceRefTaken and PeriodLocked.
    """
    employee_id = person_of(actor, values.get("employee_id"))
    kind = queries.type_by_key(actor, values["type_key"])
    if kind is None:
        raise invalid("/type_key", "unknown", "There is no type of absence with this key.")
    if "from_at" in values and not kind.hourly:
        raise invalid("/from_at", "invalid", "Absences of this type are not by the hour; give from and to.")
    held(actor.workspace_id, employee_id)
    days, columns = columns_of(actor.workspace_id, employee_id, values)
    known = _known(actor, employee_id, columns, values)
    if known is not None:
        return False, known
    rows.require_unlocked(actor.workspace_id, rows.days_of(columns))
    rows.require_room(actor, employee_id, days, columns)
    row = _row(actor, employee_id, kind, columns, values)
    try:
        with session().begin_nested():
            session().execute(insert(rows.table), [row])
    except IntegrityError:
        raise AbsenceRefTaken() from None
    wanted = halves.of_row(columns)
    if wanted is not None:
        rows.take(actor, row["id"], employee_id, wanted.halves())
    return True, _tell(actor, queries.shown(row), kind, days)


def _known(actor: Actor, employee_id: str, columns: dict[str, Any], values: dict[str, Any]) -> dict[str, Any] | None:
    reference = values.get("source_ref")
    found = queries.by_reference(actor, queries.source_of(actor), reference) if reference else None
    if found is None:
        return None
    if found["employee_id"] != employee_id or found["type_key"] != values["type_key"]:
        raise AbsenceRefTaken()
    return found


def _row(
    actor: Actor, employee_id: str, kind: AnyRow, columns: dict[str, Any], values: dict[str, Any]
) -> dict[str, Any]:
    now = clock.now()
    agreed = not kind.approvers or (values.get("status") == "approved" and _may_agree(actor, employee_id))
    return {
        "workspace_id": actor.workspace_id,
        "id": new_id("abs"),
        "employee_id": employee_id,
        "type_key": kind.key,
        **columns,
        "status": "approved" if agreed else "requested",
        "paid": values.get("paid", kind.paid) if permissions.sees_everybody(actor) else kind.paid,
        "note": values.get("note"),
        "source": queries.source_of(actor),
        "source_ref": values.get("source_ref"),
        "pending_change": None,
        "created_by": actor.as_dict(),
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }


def _may_agree(actor: Actor, employee_id: str) -> bool:
    """An app as itself, which has asked whom it asks, and HR for others. Raises Forbidden."""
    if actor.is_app or actor.kind == "system":
        return True
    if permissions.sees_everybody(actor) and employee_id != actor.employee_id:
        return True
    raise Forbidden("Nobody agrees to their own absence; ask for it.")


def _tell(actor: Actor, absence: dict[str, Any], kind: AnyRow, days: Days) -> dict[str, Any]:
    if absence["status"] == "approved":
        rows.reckon(actor, absence["employee_id"], rows.days_of(absence))
        emit(actor, ABSENCE_APPROVED, absence)
        return absence
    emit(actor, ABSENCE_REQUESTED, absence)
    ask(actor, absence, kind, days)
    return absence


def ask(
    actor: Actor, absence: dict[str, Any], kind: AnyRow, days: Days, *, wish: str | None = None, title: str = _TITLE
) -> None:
    """Let those decide whom the type names."""
    approvals.ask(
        actor,
        kind=SUBJECT,
        title=title,
        subject=(SUBJECT, absence["id"]),
        requester_id=absence["employee_id"],
        steps=[Step(one) for one in kind.approvers],
        details=facts_of(absence, kind, days, wish),
    )


def facts_of(absence: dict[str, Any], kind: AnyRow, days: Days, wish: str | None = None) -> dict[str, Any]:
    """What those see who decide; `wish` is what is asked of an agreed one."""
    facts: dict[str, Any] = {_LABELS["type"]: Word(kind.label)}
    if wish is not None:
        facts[_LABELS["wish"]] = Word(wish)
    wanted = halves.of_row(absence)
    if wanted is None:
        facts |= {_LABELS["from"]: absence["starts_at"], _LABELS["to"]: absence["ends_at"]}
    else:
        facts |= _halves_of(wanted, days)
    if absence["note"]:
        facts[_LABELS["note"]] = absence["note"]
    return facts


def _halves_of(wanted: halves.Stretch, days: Days) -> dict[str, Any]:
    facts: dict[str, Any] = {_LABELS["from"]: wanted.first.on, _LABELS["to"]: wanted.last.on}
    if wanted.first.slot == "pm":
        facts[_LABELS["begins"]] = Word(_NOON["pm"])
    if wanted.last.slot == "am":
        facts[_LABELS["ends"]] = Word(_NOON["am"])
    return {**facts, _LABELS["days"]: f"{days.of(wanted)['half_days'] / 2:g}"}
