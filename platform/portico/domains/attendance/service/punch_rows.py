"""How a punch is written: whole, told of, and its day computed anew."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Table, update

from portico.domains.attendance.events import PUNCH_CREATED
from portico.domains.attendance.models import Punch
from portico.domains.attendance.reckoning.values import ShiftInstance
from portico.domains.attendance.service.recomputing import mark_stale
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.adding import add
from portico.kernel.errors import Conflict
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_table = cast(Table, Punch.__table__)
_punch = _table.c


def blank(
    actor: Actor, employee_id: str, kind: str, at: datetime, zone: str, work_on: date, shift: ShiftInstance | None
) -> dict[str, Any]:
    """A punch with nothing but what happened."""
    now = clock.now()
    empty = dict.fromkeys(
        (
            *("client_at", "offset_s", "client_timezone", "lat", "lng", "accuracy_m", "bssid", "location_id"),
            *("device_id", "device_seq", "note", "decided_by", "decided_at", "decision_note", "correction_id"),
        )
    )
    return {
        **empty,
        "workspace_id": actor.workspace_id,
        "id": new_id("pun"),
        "employee_id": employee_id,
        "kind": kind,
        "occurred_at": at,
        "timezone": zone,
        "work_on": work_on,
        "instance_key": None if shift is None else shift.key,
        "evidence": "no_evidence",
        "hints": [],
        "status": "accepted",
        "created_by": actor.id,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }


def keep(actor: Actor, row: dict[str, Any]) -> None:
    """Write a punch down, tell of it, and let its day be computed anew."""
    add(_table, [row])
    emit(actor, PUNCH_CREATED, row)
    mark_stale(actor.workspace_id, row["employee_id"], row["work_on"])


def change_status(actor: Actor, before: dict[str, Any], event: EventType, values: dict[str, Any]) -> dict[str, Any]:
    """The one change that a punch knows. Of two at once one wins. Raises Conflict."""
    stamped = {**values, "updated_at": clock.now(), "version": before["version"] + 1}
    done = session().execute(
        update(_table)
        .where(_punch.workspace_id == actor.workspace_id, _punch.id == before["id"])
        .where(_punch.version == before["version"])
        .values(stamped)
        .returning(_punch.id)
    )
    if done.one_or_none() is None:
        raise Conflict()
    after = {**before, **stamped}
    emit(actor, event, after, changes=list(values), before=before)
    mark_stale(actor.workspace_id, before["employee_id"], before["work_on"])
    return after
