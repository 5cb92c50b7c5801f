"""What holds for somebody now, and what they can do next."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portico.domains.attendance.queries import punches, reach, ruling
from portico.domains.attendance.queries.rules import rules_for
from portico.domains.attendance.reckoning import local_date
from portico.domains.attendance.reckoning.values import ShiftInstance
from portico.domains.directory import queries as directory
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, NotFound


def today_of(actor: Actor, employee_id: str | None = None) -> dict[str, Any]:
    """The acting person's today, or that of somebody whose punches they may see. Raises NotFound, and Forbidden for an
    app under its own name that names nobody."""
    whose = employee_id or actor.employee_id
    if whose is None:
        raise Forbidden("An app under its own name has no today; name an employee_id.")
    if not reach.in_sight(actor, whose):
        raise NotFound()
    return today_of_person(actor, whose, clock.now())


def today_of_person(actor: Actor, employee_id: str, now: datetime) -> dict[str, Any]:
    """What the rules of the group make of this instant; the caller has asked whether the actor may see it."""
    found = ruling.ruling_at(actor.workspace_id, employee_id, now)
    policy = ruling.evidence_policy(actor.workspace_id, found.rules)
    open_session = punches.open_session(actor.workspace_id, employee_id)
    if open_session is not None and open_session["due_at"] < now:
        open_session = None  # it is over, and closed by whoever looks first
    work_on, _ = found.place(now, open_session)
    zone = found.rules.timezone
    clocked = punches.punches_of_days(actor.workspace_id, employee_id, work_on, work_on)
    actions = next_actions(open_session) if found.rules.group_id is not None else []
    return {
        "employee_id": employee_id,
        "now": now,
        "work_on": work_on,
        "timezone": zone,
        "local_timezone": _own_zone(actor, employee_id) or zone,
        "group": {"id": found.rules.group_id, "name": found.rules.name} if found.rules.group_id else None,
        "methods": list(found.rules.punch_methods) if found.rules.group_id else [],
        "evidence": {
            "position": policy.wants_position,
            "wifi": bool(policy.bssids),
            "device": bool(policy.devices),
            "outside": policy.outside,
            "no_evidence": policy.unknown,
        },
        "shifts": [_shift(one) for one in found.instances if one.work_on == work_on],
        "session": open_session,
        "punches": [punches.shown(actor, one) for one in clocked],
        "next_action": actions[0] if actions else None,
        "actions": actions,
    }


def date_of(actor: Actor, now: datetime) -> date:
    """Which date it is where the acting person's rule counts."""
    rules = ruling.ruling_at(actor.workspace_id, actor.employee_id or "", now).rules
    return local_date(rules.timezone, now)


def zone_of(actor: Actor, on: date) -> str:
    """By which clocks the acting person's rule counts on a date."""
    return rules_for(actor.workspace_id, actor.employee_id or "", on).timezone


def next_actions(session: dict[str, Any] | None) -> list[str]:
    """What can come next, the likeliest first."""
    if session is None:
        return ["in"]
    if session["break_since"] is not None:
        return ["break_end", "out"]
    return ["out", "break_start"]


def _own_zone(actor: Actor, employee_id: str) -> str | None:
    if actor.employee_id == employee_id and actor.timezone:
        return actor.timezone
    zone: str | None = directory.employee(actor, employee_id)["timezone"]
    return zone


def _shift(one: ShiftInstance) -> dict[str, Any]:
    return {
        "key": one.key,
        "work_on": one.work_on,
        "name": one.shift.name,
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "window_from": one.window_from,
        "window_to": one.window_to,
    }
