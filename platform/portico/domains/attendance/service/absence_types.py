"""Why people are away: the types that ship, and those that admins and apps add."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.attendance import permissions
from portico.domains.attendance.errors import AbsenceTypeExists
from portico.domains.attendance.events import ABSENCE_TYPE_CREATED, ABSENCE_TYPE_UPDATED
from portico.domains.attendance.models import AbsenceType
from portico.domains.attendance.queries import absences as queries
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict, Forbidden, Stale
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

_table = cast(Table, AbsenceType.__table__)
SHIPPED = (
    ("vacation", N_("Vacation"), True, False),
    ("sick", N_("Sick leave"), True, True),
    ("other", N_("Other absence"), False, True),
)
"""Key, label, paid, by the hour. The manager decides, until somebody says otherwise."""


def seed_types(actor: Actor) -> None:
    """What ships, where it is not there yet."""
    if queries.all_types(actor):
        return
    now = clock.now()
    rows = [
        {
            "workspace_id": actor.workspace_id,
            "id": new_id("abt"),
            "key": key,
            "label": label,
            "paid": paid,
            "hourly": hourly,
            "approvers": ["manager"],
            "source": queries.CORE,
            "created_at": now,
            "updated_at": now,
            "version": 1,
        }
        for key, label, paid, hourly in SHIPPED
    ]
    session().execute(insert(_table), rows)


def create_type(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Raises Forbidden and AbsenceTypeExists."""
    permissions.require_hr(actor)
    now = clock.now()
    row = {
        "workspace_id": actor.workspace_id,
        "id": new_id("abt"),
        "paid": False,
        "hourly": False,
        "approvers": ["manager"],
        **values,
        "source": queries.source_of(actor),
        "archived_at": None,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    try:
        with session().begin_nested():
            session().execute(insert(_table), [row])
    except IntegrityError:
        raise AbsenceTypeExists() from None
    emit(actor, ABSENCE_TYPE_CREATED, row)
    return row


def update_type(
    actor: Actor, type_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """An app changes its own types, HR all. Absences stay as they are. Raises NotFound, Forbidden, Stale, Conflict."""
    permissions.require_hr(actor)
    before = dict(queries.absence_type(actor, type_id)._mapping)
    if actor.is_app and before["source"] != queries.source_of(actor):
        raise Forbidden("This type is not the app's own.")
    if expected_version not in (None, before["version"]):
        raise Stale()
    wanted = dict(values)
    if "archived" in wanted and wanted.pop("archived") != (before["archived_at"] is not None):
        wanted["archived_at"] = clock.now() if before["archived_at"] is None else None
    changes = {name: value for name, value in wanted.items() if before[name] != value}
    if not changes:
        return before
    stamped = {**changes, "updated_at": clock.now(), "version": before["version"] + 1}
    done = session().execute(
        update(_table)
        .where(_table.c.workspace_id == actor.workspace_id, _table.c.id == type_id)
        .where(_table.c.version == before["version"])
        .values(stamped)
        .returning(_table.c.id)
    )
    if done.one_or_none() is None:
        raise Conflict()
    after = {**before, **stamped}
    emit(actor, ABSENCE_TYPE_UPDATED, after, changes=list(changes), before=before)
    return after
