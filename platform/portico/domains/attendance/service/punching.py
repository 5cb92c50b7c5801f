"""Clocking in and out, and breaks: of a person, now.

All steps of one employee go one after another: each holds their row first. That nobody has two open sessions is held
by a unique index besides, whatever this file does.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from portico.domains.attendance.errors import (
    AlreadyClockedIn,
    AlreadyOnBreak,
    NoAttendanceRule,
    NotClockedIn,
    NotOnBreak,
    PunchMethodNotAllowed,
    PunchRefused,
    PunchTooOld,
)
from portico.domains.attendance.evidence import (
    CLOCK_DIFFERS_S,
    Claim,
    EvidencePolicy,
    Finding,
    Position,
    impossible_travel,
    judge,
)
from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.queries import ruling
from portico.domains.attendance.reckoning import DOUBLE_TAP
from portico.domains.attendance.reckoning.values import Rules
from portico.domains.attendance.schemas import punches as schemas
from portico.domains.attendance.service import punch_notices, punch_rows, sessions
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.dump import dumper
from portico.kernel.errors import Forbidden, Refusal

OFFLINE_FROM_S = 60
OFFLINE_TO = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Moment:
    """When it was, by the server's clock, and what speaks against the device's."""

    at: datetime
    offline: bool = False
    hints: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Done:
    """The punch as its person sees it; `fresh` unless it was there before."""

    punch: dict[str, Any]
    fresh: bool


def clock_step(actor: Actor, values: dict[str, Any]) -> Done:
    """Clock in or out, begin or end a break, as `schemas.PunchCreate` has it.

    Raises Forbidden, NoAttendanceRule, PunchMethodNotAllowed, PunchRefused, PunchTooOld, AlreadyClockedIn,
    NotClockedIn, AlreadyOnBreak and NotOnBreak.
    """
    employee_id = _person(actor)
    moment = moment_of(values, clock.now())
    sessions.close_overdue(actor.workspace_id, employee_id, moment.at)
    first = repeated(actor.workspace_id, employee_id, values["kind"], moment.at)
    if first is not None:
        # What is settled is not asked again whether it comes from the right place.
        return Done(queries.shown(actor, first), fresh=False)
    session = queries.open_session(actor.workspace_id, employee_id)
    late = moment.offline and queries.any_after(actor.workspace_id, employee_id, moment.at)
    if not late:
        require_step(values["kind"], session)
    found = ruling.ruling_at(actor.workspace_id, employee_id, moment.at)
    _require_way(found.rules, values["method"])
    policy = ruling.evidence_policy(actor.workspace_id, found.rules)
    finding = _judged(actor, policy, values, moment)
    work_on, shift = found.place(moment.at, session)
    row = {
        **punch_rows.blank(actor, employee_id, values["kind"], moment.at, found.rules.timezone, work_on, shift),
        **_kept(policy, values),
        "evidence": finding.evidence,
        "hints": [*moment.hints, *finding.hints],
        "location_id": finding.location_id,
        "status": "pending" if moment.offline or finding.consequence == "pending" else "accepted",
    }
    punch_rows.keep(actor, row)
    if not late:
        sessions.follow(actor, row, session, shift)
    if row["status"] == "pending":
        punch_notices.tell_waiting(actor, row)
    return Done(queries.shown(actor, row), fresh=True)


def _person(actor: Actor) -> str:
    """Whose row is held. Raises Forbidden."""
    if actor.kind != "employee" or actor.employee_id is None:
        raise Forbidden("People clock in for themselves; an app cannot, whatever its scopes.")
    if queries.held(actor.workspace_id, actor.employee_id) != "active":
        raise Forbidden("Only who works here clocks in.")
    return actor.employee_id


def moment_of(values: dict[str, Any], now: datetime) -> Moment:
    """The server's clock is right. Of what was pressed without a network, the device says how long ago that was, which
    a wrong clock does not change. Raises PunchTooOld."""
    offset = timedelta(seconds=values["offset_s"] or 0)
    if offset > OFFLINE_TO:
        raise PunchTooOld()
    offline = offset.total_seconds() >= OFFLINE_FROM_S
    at = now - offset if offline else now
    hints = ["offline"] if offline else []
    shown = values["client_at"]
    if shown is not None and abs((shown - at).total_seconds()) > CLOCK_DIFFERS_S:
        hints.append("clock_differs")
    return Moment(at, offline, hints)


def repeated(workspace_id: str, employee_id: str, kind: str, at: datetime) -> dict[str, Any] | None:
    """The same step of less than a minute ago, when nothing came between."""
    last = queries.neighbour(workspace_id, employee_id, at + DOUBLE_TAP)
    if last is None or last["kind"] != kind or abs(at - last["occurred_at"]) > DOUBLE_TAP:
        return None
    return last


def require_step(kind: str, session: dict[str, Any] | None) -> None:
    """Whether this can come next. An `out` always can: who forgot to clock in still leaves. Raises the four."""
    if kind == "in" and session is not None:
        raise _with_session(AlreadyClockedIn, session)
    if kind not in ("break_start", "break_end"):
        return
    if session is None:
        raise NotClockedIn()
    if kind == "break_start" and session["break_since"] is not None:
        raise _with_session(AlreadyOnBreak, session)
    if kind == "break_end" and session["break_since"] is None:
        raise _with_session(NotOnBreak, session)


def _with_session(refusal: type[Refusal], session: dict[str, Any]) -> Refusal:
    return refusal(extra={"session": dumper(schemas.WorkSession)(session)})


def _require_way(rules: Rules, method: str) -> None:
    """Raises NoAttendanceRule and PunchMethodNotAllowed."""
    if rules.group_id is None:
        raise NoAttendanceRule()
    if method not in rules.punch_methods:
        raise PunchMethodNotAllowed(extra={"methods": list(rules.punch_methods)})


def _judged(actor: Actor, policy: EvidencePolicy, values: dict[str, Any], moment: Moment) -> Finding:
    """What the evidence comes to. Raises PunchRefused."""
    position = Position(**values["position"]) if values["position"] and policy.wants_position else None
    finding = judge(policy, Claim(position, values["bssid"], values["device_id"], values["mock_location"]))
    if finding.consequence == "reject":
        raise PunchRefused(extra={"evidence": finding.evidence, "hints": finding.hints})
    if position is not None and _too_fast(actor, position, moment.at):
        return replace(finding, consequence="pending", hints=[*finding.hints, "impossible_travel"])
    return finding


def _too_fast(actor: Actor, position: Position, at: datetime) -> bool:
    last = queries.last_position(actor.workspace_id, actor.employee_id or "", at)
    return last is not None and impossible_travel(last[0], last[1], position, at)


def _kept(policy: EvidencePolicy, values: dict[str, Any]) -> dict[str, Any]:
    """Of what was sent, what the group asks for; the rest is not even written down."""
    position = (values["position"] if policy.wants_position else None) or {}
    return {
        "method": values["method"],
        "client_at": values["client_at"],
        "offset_s": values["offset_s"],
        "client_timezone": values["timezone"],
        "lat": position.get("lat"),
        "lng": position.get("lng"),
        "accuracy_m": position.get("accuracy_m"),
        "bssid": values["bssid"] if policy.bssids else None,
        "device_id": values["device_id"] if policy.devices else None,
        "note": values["note"],
    }
