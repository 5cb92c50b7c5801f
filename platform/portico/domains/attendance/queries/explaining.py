"""Why a day came to what it did: its inputs and the steps, computed again as of when it was computed."""

from __future__ import annotations

from typing import Any

from portico.domains.attendance import wording
from portico.domains.attendance.queries import facts, workdays
from portico.domains.attendance.reckoning import inputs_hash
from portico.domains.attendance.reckoning import workday as reckon
from portico.domains.attendance.reckoning.values import Inputs
from portico.domains.attendance.unreadable import UNREADABLE
from portico.kernel.actor import Actor


def explained(actor: Actor, workday_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    row = workdays.row(actor, workday_id)
    key = (row["employee_id"], row["work_on"])
    try:
        inputs = facts.inputs_of(actor.workspace_id, [key], row["computed_at"]).get(key)
    except UNREADABLE:
        inputs = None
    if inputs is None:
        return {"workday": workdays.shown(row), "inputs": {}, "inputs_hash": "", "matches": False, "steps": []}
    found = reckon(inputs)
    digest = inputs_hash(inputs)
    steps = [
        {"code": step.code, "about": workdays.plain(step.about), "text": wording.english(step, row["timezone"])}
        for step in found.steps
    ]
    return {
        "workday": workdays.shown(row),
        "inputs": _inputs(inputs),
        "inputs_hash": digest,
        "matches": digest == row["inputs_hash"],
        "steps": steps,
    }


def _inputs(inputs: Inputs) -> dict[str, Any]:
    plan = inputs.plans[1]
    shown: dict[str, Any] = workdays.plain(
        {
            "on": inputs.on.isoformat(),
            "timezone": plan.rules.timezone,
            "group": plan.rules.name,
            "group_version_id": plan.rules.version_id,
            "pairing": plan.rules.pairing,
            "counting": plan.rules.counting,
            "overtime": plan.rules.overtime.mode,
            "day_kind": plan.day_kind,
            "holiday": plan.holiday,
            "shifts": [{"name": one.name, "version_id": one.version_id} for one in plan.shifts],
            "punches": [
                {"id": one.id, "kind": one.kind, "at": one.occurred_at, "status": one.status, "method": one.method}
                for one in inputs.punches
            ],
            "absences": [{"type_key": one.type_key, "slot": one.slot, "paid": one.paid} for one in inputs.absences],
            "overtime_approved_seconds": sum(one.seconds for one in inputs.overtime),
        }
    )
    return shown
