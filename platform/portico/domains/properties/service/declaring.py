"""Properties that belong to an app: they live as its installation does.

Declared from the manifest when it is installed or runs another version, hidden when it is uninstalled, there again when
it comes back, erased with it. Nothing that a person made is touched.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import Table, delete, select, update

from portico.domains.properties import events, queries
from portico.domains.properties.errors import PropertyExists, TooManyProperties
from portico.domains.properties.models import Property
from portico.domains.properties.objects import OBJECTS
from portico.domains.properties.schemas import OF_APPS
from portico.domains.properties.service import erasing
from portico.domains.properties.service.defining import insert_property, options, write
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.errors import Conflict
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

_table = cast(Table, Property.__table__)


@dataclass(frozen=True, slots=True)
class Declared:
    """One property as a manifest declares it, in the platform's words."""

    object: str
    key: str
    type: str
    label: str
    options: tuple[str, ...] = ()


def full_key(app_key: str, key: str) -> str:
    """`app_<app key>__<key>`: no app takes the key of another, nor of the workspace."""
    return f"{OF_APPS}{app_key}__{key}".replace("-", "_")


def declare(actor: Actor, app_id: str, app_key: str, rows: Iterable[Declared], *, strict: bool = True) -> None:
    """Make what the app has here what its version says; the same again changes nothing. The rest of it is archived.

    What finds no place is refused; without `strict` it is left out, so that a new version runs all the same. Raises
    PropertyExists, TooManyProperties, and Conflict while the data of an earlier life are still being erased.
    """
    present = {(row.object, row.key): row for row in _of_app(actor, app_id)}
    rows = list(rows)
    if rows and any(row.state == "erasing" for row in present.values()):
        raise Conflict("What the app held here before is still being erased; try again in a minute.")
    named = set()
    for row in rows:
        key = full_key(app_key, row.key)
        if row.object not in OBJECTS or (row.object, key) in named:
            continue
        named.add((row.object, key))
        known = present.get((row.object, key))
        if known is not None:
            _renew(actor, known, row)
            continue
        try:
            _add(actor, app_id, app_key, key, row)
        except (PropertyExists, TooManyProperties):
            if strict:
                raise
    for place, known in present.items():
        if place not in named and known.state not in ("archived", "erasing"):
            write(actor, known, {"state": "archived"}, events.PROPERTY_ARCHIVED)


def _of_app(actor: Actor, app_id: str) -> list[AnyRow]:
    """Locked in one order, so that two who declare at once do it one after the other."""
    found = select(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.app_id == app_id)
    return list(session().execute(found.order_by(_table.c.id).with_for_update()).all())


def _choices(row: Declared) -> list[dict[str, Any]]:
    # Lists of values separate keys by commas.
    return [{"key": label.replace(",", ""), "label": label} for label in row.options]


def _add(actor: Actor, app_id: str, app_key: str, key: str, row: Declared) -> None:
    values = {
        "key": key,
        "label": row.label,
        "type": row.type,
        "options": options(_choices(row)),
        "sensitive": False,
        "app_id": app_id,
        "app_key": app_key,
    }
    emit(actor, events.PROPERTY_CREATED, insert_property(actor, row.object, values))


def _renew(actor: Actor, known: AnyRow, row: Declared) -> None:
    told = events.PROPERTY_UPDATED if known.state == "active" else events.PROPERTY_RESTORED
    used = queries.in_use(actor, known.id) if known.options else set()
    wanted = {"label": row.label, "options": options(_choices(row), known.options, used), "state": "active"}
    write(actor, known, wanted, told)


def hide(actor: Actor, app_id: str) -> None:
    """The app is uninstalled: its properties are not shown any more. Values are kept for when it comes back."""
    for known in _of_app(actor, app_id):
        if known.state in ("active", "archived"):
            write(actor, known, {"state": "hidden"}, events.PROPERTY_ARCHIVED)


def erase_of_app(actor: Actor, app_id: str) -> None:
    """The app is erased: its values go, then its definitions; what is not done at once, a job does in batches."""
    session().execute(
        update(_table)
        .where(_table.c.workspace_id == actor.workspace_id, _table.c.app_id == app_id)
        .values(state="erasing", updated_at=clock.now(), version=_table.c.version + 1)
    )
    if not erase_some(actor, app_id):
        jobs.enqueue(actor, "properties.erase", app_id=app_id)


def erase_some(actor: Actor, app_id: str) -> bool:
    """Erase one batch; answers whether nothing is left. It may be repeated, and stopped between any two."""
    for row in _of_app(actor, app_id):
        if row.state != "erasing":
            continue
        if not erasing.erase_values(actor, row):
            return False
        session().execute(delete(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.id == row.id))
    return True
