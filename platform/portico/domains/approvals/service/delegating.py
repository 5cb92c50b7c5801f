"""Letting somebody else decide for some days."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, delete, func, insert, select

from portico.domains.approvals import queries
from portico.domains.approvals.errors import TooManyDelegations
from portico.domains.approvals.events import DELEGATION_CREATED, DELEGATION_ENDED
from portico.domains.approvals.models import ApprovalDelegation
from portico.domains.directory import queries as directory
from portico.domains.identity import queries as identity
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

MOST = 20
_table = cast(Table, ApprovalDelegation.__table__)


def delegate(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Raises Forbidden, Invalid and TooManyDelegations."""
    if actor.employee_id is None:
        raise Forbidden("Only a person can let somebody else decide.")
    if values["delegate_id"] == actor.employee_id:
        raise invalid("/delegate_id", "invalid", "Name somebody else.")
    if directory.active_employee(actor, values["delegate_id"]) is None:
        raise invalid("/delegate_id", "invalid", "There is no active employee with this id.")
    own = directory.employee(actor, actor.employee_id)["timezone"]
    zone = own or identity.workspace(actor.workspace_id).timezone
    row = {
        "workspace_id": actor.workspace_id,
        "id": new_id("adl"),
        "employee_id": actor.employee_id,
        **values,
        "timezone": zone,
        "starts_at": _midnight(values["from_on"], zone),
        "ends_at": _midnight(values["until_on"] + timedelta(days=1), zone),
        "created_at": clock.now(),
    }
    if row["ends_at"] <= clock.now():
        raise invalid("/until_on", "past", "That is over already.")
    there = select(func.count()).select_from(queries.own_delegations(actor).subquery())
    if (session().scalar(there) or 0) >= MOST:
        raise TooManyDelegations()
    session().execute(insert(_table), [row])
    made = queries.shown_delegation(row)
    emit(actor, DELEGATION_CREATED, made)
    return made


def _midnight(day: date, zone: str) -> datetime:
    """The first instant of a day there; where the clock jumps over midnight, the first after the gap."""
    local = datetime.combine(day, time(), ZoneInfo(zone))
    return local.astimezone(UTC)


def end_delegation(actor: Actor, delegation_id: str) -> None:
    """One's own. Raises NotFound."""
    known = queries.delegation(actor, delegation_id)
    session().execute(delete(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.id == delegation_id))
    emit(actor, DELEGATION_ENDED, known)
