"""Punches that devices bring: in any order, some of them twice, some of long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from portico.domains.attendance.errors import DeviceSeqTaken, PeriodLocked
from portico.domains.attendance.queries import periods, ruling
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.service import punch_rows, sessions
from portico.domains.attendance.service.punching import Done
from portico.domains.attendance.service.recomputing import mark_stale
from portico.domains.directory import queries as directory
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid

AHEAD = timedelta(minutes=5)
"""So far a device's clock may be ahead of ours."""


def bring_in(actor: Actor, row: dict[str, Any]) -> Done:
    """Take one row of a device, as `schemas.PunchRow` has it; one that is there already is answered again.

    Raises Invalid, PeriodLocked and DeviceSeqTaken.
    """
    at: datetime = row["occurred_at"]
    if at > clock.now() + AHEAD:
        raise invalid("/occurred_at", "invalid", "This is in the future; set the clock of the device.")
    employee_id = _employee(actor, row)
    queries.held(actor.workspace_id, employee_id)
    known = _known(actor, row, employee_id)
    if known is not None:
        return Done(queries.shown(actor, known), fresh=False)
    sessions.close_overdue(actor.workspace_id, employee_id, at)
    late = queries.any_after(actor.workspace_id, employee_id, at)
    session = None if late else queries.open_session(actor.workspace_id, employee_id)
    found = ruling.ruling_at(actor.workspace_id, employee_id, at)
    work_on, shift = found.place(at, session)
    if periods.is_locked(actor.workspace_id, work_on):
        raise PeriodLocked()
    made = {
        **punch_rows.blank(actor, employee_id, row["kind"], at, found.rules.timezone, work_on, shift),
        "method": "import",
        "device_id": row["device_id"],
        "device_seq": row["device_seq"],
    }
    punch_rows.keep(actor, made)
    if shift is None:
        # Without a plan, this may be the end of the evening before.
        mark_stale(actor.workspace_id, employee_id, work_on - timedelta(days=1))
    if not late:
        sessions.follow_device(actor, made, session, shift)
    return Done(queries.shown(actor, made), fresh=True)


def _employee(actor: Actor, row: dict[str, Any]) -> str:
    """Whoever the row names, also if they have left since. Raises Invalid."""
    if "employee_id" in row:
        found = directory.lookup(actor, ids=[row["employee_id"]])
        if not found:
            raise invalid("/employee_id", "unknown", "There is no such employee.")
    else:
        found = directory.lookup(actor, employee_nos=[row["employee_no"]])
        if not found:
            raise invalid("/employee_no", "unknown", "Nobody who works here has this number.")
    return str(found[0]["id"])


def _known(actor: Actor, row: dict[str, Any], employee_id: str) -> dict[str, Any] | None:
    """The same row of before. Raises DeviceSeqTaken, when its number stands for something else."""
    numbered = queries.by_device_seq(actor.workspace_id, row["device_id"], row["device_seq"])
    if numbered is None:
        return queries.by_device_instant(actor.workspace_id, employee_id, row["device_id"], row["occurred_at"])
    if (numbered["employee_id"], numbered["occurred_at"]) != (employee_id, row["occurred_at"]):
        raise DeviceSeqTaken()
    return numbered
