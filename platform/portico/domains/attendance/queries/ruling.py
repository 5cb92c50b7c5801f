"""Which rule holds for somebody at an instant, and what it makes of a punch then: the one place where punches ask
the rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from portico.domains.attendance.evidence import Consequence, EvidencePolicy, Place
from portico.domains.attendance.models import AttendanceDevice, AttendanceLocation, AttendanceWifi
from portico.domains.attendance.queries.rules import day_at
from portico.domains.attendance.reckoning.instants import local_date
from portico.domains.attendance.reckoning.values import Rules, ShiftInstance
from portico.kernel.unit_of_work import session

_device = AttendanceDevice.__table__.c
_place = AttendanceLocation.__table__.c
_wifi = AttendanceWifi.__table__.c
_OUTSIDE: dict[str, Consequence] = {"no": "reject", "allowed": "allow", "approval": "pending"}
_UNKNOWN: dict[str, Consequence] = {"reject": "reject", "allow": "allow", "pending": "pending"}


@dataclass(frozen=True, slots=True)
class Ruling:
    """The rules, and the shifts around the instant."""

    rules: Rules
    instances: Sequence[ShiftInstance]

    def at(self, moment: datetime) -> ShiftInstance | None:
        """The shift whose window holds the instant. Windows never overlap; where one ends and none begins, the very
        end is still of it."""
        inside = (one for one in self.instances if one.window_from <= moment < one.window_to)
        return next(inside, None) or next((one for one in self.instances if one.window_to == moment), None)

    def place(self, moment: datetime, open_session: dict[str, Any] | None) -> tuple[date, ShiftInstance | None]:
        """To which work date and shift a punch belongs: to those of the open session while their window lasts, else to
        those of the window that holds it, else to the date of the clock-in, which may be this one."""
        if open_session is not None:
            key = open_session["instance_key"]
            mine = next((one for one in self.instances if one.key == key and moment <= one.window_to), None)
            if mine is not None:
                return open_session["work_on"], mine
        found = self.at(moment)
        if found is not None:
            return found.work_on, found
        if open_session is not None:
            return open_session["work_on"], None
        return local_date(self.rules.timezone, moment), None


def ruling_at(workspace_id: str, employee_id: str, moment: datetime) -> Ruling:
    """The rules of the date that the clocks of the group show at the instant."""
    plan, found = day_at(workspace_id, employee_id, moment)
    return Ruling(plan.rules, found)


def evidence_policy(workspace_id: str, rules: Rules) -> EvidencePolicy:
    """What the group takes for evidence, with the places as they are now."""
    return EvidencePolicy(
        places=_places(workspace_id, rules.location_ids),
        bssids=_bssids(workspace_id, rules.wifi_ids),
        devices=_devices(workspace_id, rules.device_ids),
        outside=_OUTSIDE[rules.field_punch],
        unknown=_UNKNOWN[rules.no_evidence],
        names_some=bool(rules.location_ids or rules.wifi_ids or rules.device_ids),
    )


def _places(workspace_id: str, ids: Sequence[str]) -> tuple[Place, ...]:
    if not ids:
        return ()
    rows = session().execute(
        select(_place.id, _place.lat, _place.lng, _place.radius_m, _place.min_accuracy_m)
        .where(_place.workspace_id == workspace_id, _place.id.in_(ids))
        .order_by(_place.id)
    )
    return tuple(Place(row.id, row.lat, row.lng, row.radius_m, row.min_accuracy_m) for row in rows)


def _bssids(workspace_id: str, ids: Sequence[str]) -> frozenset[str]:
    if not ids:
        return frozenset()
    return frozenset(
        session().scalars(select(_wifi.bssid).where(_wifi.workspace_id == workspace_id, _wifi.id.in_(ids)))
    )


def _devices(workspace_id: str, ids: Sequence[str]) -> frozenset[str]:
    """Those that are not switched off."""
    if not ids:
        return frozenset()
    wanted = select(_device.id).where(_device.workspace_id == workspace_id, _device.id.in_(ids))
    return frozenset(session().scalars(wanted.where(_device.disabled_at.is_(None))))
