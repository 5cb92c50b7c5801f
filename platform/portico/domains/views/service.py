"""Changes of views."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, delete, func, insert, select, update

from portico.domains.properties.queries import PREFIX
from portico.domains.views import permissions, queries
from portico.domains.views.errors import TooManyViews
from portico.domains.views.models import View
from portico.domains.views.objects import OBJECTS, ViewObject
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope
from portico.kernel.errors import Conflict, FieldError, Invalid, Stale, invalid
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

MOST = 100
_table = cast(Table, View.__table__)
_view = _table.c


def create_view(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Save a view for oneself, or for everybody. Raises InsufficientScope, TooManyViews and Invalid."""
    kind = OBJECTS[values["object"]]
    if not actor.may(kind.scope):
        message = f"A view of this list needs {kind.scope}."
        raise InsufficientScope(message, extra={"required_scopes": [kind.scope]})
    now = clock.now()
    made = {
        "workspace_id": actor.workspace_id,
        "id": new_id("viw"),
        "owner_employee_id": actor.employee_id,
        "shared": False,
        "filter": {},
        "columns": [],
        "sort": None,
        **values,
        "created_at": now,
        "updated_at": now,
        "version": 1,
    }
    _require_sound(actor, kind, made)
    _require_room(actor, made)
    session().execute(insert(_table), [made])
    return queries.shown(actor, made)


def _require_sound(actor: Actor, kind: ViewObject, view: Mapping[str, Any]) -> None:
    """That whoever saves it could look through it. Raises InsufficientScope and Invalid."""
    if view["shared"]:
        permissions.require_may_share(actor)
    elif view["owner_employee_id"] is None:
        raise invalid("/shared", "invalid", "An app under its own name has no views of its own; share it.")
    wrong = queries.troubles(actor, kind, view)
    for place, name in enumerate(view["columns"]):
        if name not in kind.columns and not name.startswith(PREFIX):
            message = f"There is no column {name!r}; use {', '.join(kind.columns)} or {PREFIX}<key>."
            wrong.append(FieldError(f"/columns/{place}", "unknown", message))
    if wrong:
        raise Invalid(errors=wrong)


def _require_room(actor: Actor, view: Mapping[str, Any]) -> None:
    whose = _view.shared if view["shared"] else _view.owner_employee_id == actor.employee_id
    there = session().scalar(
        select(func.count())
        .select_from(_table)
        .where(_view.workspace_id == actor.workspace_id, _view.object == view["object"], whose)
    )
    if (there or 0) >= MOST:
        raise TooManyViews


def update_view(
    actor: Actor, view_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Raises NotFound, Forbidden, InsufficientScope, Stale, Conflict and Invalid."""
    before = queries.row(actor, view_id)
    permissions.require_may_change(actor, before)
    if expected_version not in (None, before.version):
        raise Stale()
    stamped = {**values, "updated_at": clock.now(), "version": before.version + 1}
    after = {**before._mapping, **stamped}
    _require_sound(actor, OBJECTS[before.object], after)
    done = session().execute(
        update(_table)
        .where(_view.workspace_id == actor.workspace_id, _view.id == view_id, _view.version == before.version)
        .values(stamped)
        .returning(_view.id)
    )
    if done.one_or_none() is None:
        raise Conflict()
    return queries.shown(actor, after)


def delete_view(actor: Actor, view_id: str, *, expected_version: int | None = None) -> None:
    """Raises NotFound, Forbidden and Stale."""
    before = queries.row(actor, view_id)
    permissions.require_may_change(actor, before)
    if expected_version not in (None, before.version):
        raise Stale()
    session().execute(delete(_table).where(_view.workspace_id == actor.workspace_id, _view.id == view_id))
