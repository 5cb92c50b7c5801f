"""Categories of announcements, and who reviews what is announced in them."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, delete, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.announcements import events, queries
from portico.domains.announcements.errors import CategoryExists, CategoryInUse
from portico.domains.announcements.models import AnnouncementApprover, AnnouncementCategory
from portico.domains.directory import queries as directory
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.errors import Stale, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

_categories = cast(Table, AnnouncementCategory.__table__)
_approvers = cast(Table, AnnouncementApprover.__table__)


def create_category(actor: Actor, values: dict[str, Any]) -> dict[str, Any]:
    """Raises CategoryExists and Invalid."""
    now = clock.now()
    row = {"id": new_id("acg"), **{name: values[name] for name in ("name", "sort_order", "requires_review")}}
    row |= {"created_at": now, "updated_at": now, "version": 1}
    key = {"workspace_id": actor.workspace_id, "name_key": text.search_key(row["name"])}
    try:
        with session().begin_nested():
            session().execute(insert(_categories), [{**row, **key}])
    except IntegrityError:
        raise CategoryExists() from None
    _set_approvers(actor, row["id"], values["approver_ids"], [])
    made = queries.category(actor, row["id"])
    emit(actor, events.CATEGORY_CREATED, made)
    return made


def _set_approvers(actor: Actor, category_id: str, wanted: list[str], known: list[str]) -> None:
    """Raises Invalid for who is not there, or is gone."""
    coming = [one for one in dict.fromkeys(wanted) if one not in known]
    active = {row["id"] for row in directory.lookup(actor, coming, []) if row["status"] != "departed"}
    for place, one in enumerate(wanted):
        if one in coming and one not in active:
            raise invalid(f"/approver_ids/{place}", "invalid", "There is no employee with this id.")
    going = [one for one in known if one not in wanted]
    mine = (_approvers.c.workspace_id == actor.workspace_id, _approvers.c.category_id == category_id)
    if going:
        session().execute(delete(_approvers).where(*mine, _approvers.c.employee_id.in_(going)))
    if coming:
        place_of = {"workspace_id": actor.workspace_id, "category_id": category_id}
        session().execute(insert(_approvers), [{**place_of, "employee_id": one} for one in coming])


def update_category(
    actor: Actor, category_id: str, values: dict[str, Any], *, expected_version: int | None = None
) -> dict[str, Any]:
    """Raises NotFound, Stale, CategoryExists and Invalid."""
    before = queries.category(actor, category_id, lock=True)
    if expected_version not in (None, before["version"]):
        raise Stale()
    if "approver_ids" in values:
        values = {**values, "approver_ids": sorted(set(values["approver_ids"]))}
    changes = {name: value for name, value in values.items() if before[name] != value}
    if not changes:
        return before
    columns = {name: value for name, value in changes.items() if name != "approver_ids"}
    if "name" in changes:
        columns["name_key"] = text.search_key(changes["name"])
    stamps = {"updated_at": clock.now(), "version": before["version"] + 1}
    try:
        with session().begin_nested():
            session().execute(
                update(_categories)
                .where(_categories.c.workspace_id == actor.workspace_id, _categories.c.id == category_id)
                .values({**columns, **stamps})
            )
    except IntegrityError:
        raise CategoryExists() from None
    if "approver_ids" in changes:
        _set_approvers(actor, category_id, changes["approver_ids"], before["approver_ids"])
    after = {**before, **changes, **stamps}
    emit(actor, events.CATEGORY_UPDATED, after, changes=list(changes), before=before)
    return after


def delete_category(actor: Actor, category_id: str, *, expected_version: int | None = None) -> None:
    """One that no announcement has. Raises NotFound, Stale and CategoryInUse."""
    before = queries.category(actor, category_id, lock=True)
    if expected_version not in (None, before["version"]):
        raise Stale()
    if queries.category_is_used(actor, category_id):
        raise CategoryInUse()
    session().execute(
        delete(_categories).where(_categories.c.workspace_id == actor.workspace_id, _categories.c.id == category_id)
    )
    emit(actor, events.CATEGORY_DELETED, before)
