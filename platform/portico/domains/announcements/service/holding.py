"""Taking hold of an announcement to change it, writing it, and telling the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from sqlalchemy import Table, update

from portico.domains.announcements import events, queries
from portico.domains.announcements.models import Announcement
from portico.domains.announcements.statuses import require_step
from portico.domains.directory import queries as directory
from portico.kernel import clock, search
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict, InvalidTransition, Stale
from portico.kernel.events import EventType, emit
from portico.kernel.unit_of_work import session

_announcements = cast(Table, Announcement.__table__)


def hold(actor: Actor, announcement_id: str, act: str, *, expected_version: int | None = None) -> dict[str, Any]:
    """One that the actor manages, its row held; an admin who steps in stands in the record. Raises NotFound and
    Stale."""
    found = queries.managed(actor, announcement_id, lock=True)
    if expected_version not in (None, found["version"]):
        raise Stale()
    if found["stepped_in"]:
        record(actor, events.OVERRIDDEN, found, act=act)
    return found


def note_reading(actor: Actor, announcement: Mapping[str, Any]) -> None:
    """That an admin read what is another's."""
    record(actor, events.OVERRIDDEN, announcement, act="read")


def note_listing(actor: Actor) -> None:
    """That an admin listed what is others'."""
    emit(actor, events.LOOKED_OVER, {"id": actor.id, "employee_id": actor.id})


def record(actor: Actor, kind: EventType, announcement: Mapping[str, Any], **more: Any) -> None:
    about = {name: announcement[name] for name in ("id", "title", "owner_employee_id")}
    emit(actor, kind, {**about, **more})


def write(actor: Actor, before: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Change the row as it was read. Raises Conflict when another change came first."""
    stamps = {"updated_at": clock.now(), "version": before["version"] + 1}
    done = session().execute(
        update(_announcements)
        .where(_announcements.c.workspace_id == actor.workspace_id, _announcements.c.id == before["id"])
        .where(_announcements.c.version == before["version"], _announcements.c.status == before["status"])
        .values({**values, **stamps})
        .returning(_announcements.c.id)
    )
    if done.one_or_none() is None:
        raise Conflict()
    after = {**before, **values, **stamps}
    return {**after, "reminders": {"offsets_hours": after["reminder_offsets_hours"]}}


def write_quietly(actor: Actor, before: dict[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """What the platform notes for itself of a row that it holds: nobody's version is outdated by it."""
    session().execute(
        update(_announcements)
        .where(_announcements.c.workspace_id == actor.workspace_id, _announcements.c.id == before["id"])
        .values(**values)
    )
    return {**before, **values}


def step(actor: Actor, before: dict[str, Any], status: str, **values: Any) -> dict[str, Any]:
    """Move it to another state. Raises InvalidTransition and Conflict."""
    require_step(before["status"], status)
    return write(actor, before, {"status": status, **values})


def shown(actor: Actor, announcement: dict[str, Any]) -> dict[str, Any]:
    """To who manages it."""
    return queries.with_parts(actor, announcement)


def index(actor: Actor, announcement: Mapping[str, Any], *more: str) -> None:
    """What is confidential is found by nobody's search."""
    texts = () if announcement["confidentiality"] == "confidential" else (announcement["title"], *more)
    search.index(actor.workspace_id, queries.KIND, announcement["id"], *texts)


def author(actor: Actor) -> dict[str, Any]:
    """The actor with the name they have now: what was said stays signed as it was."""
    names = directory.names_of(actor, [actor.employee_id]) if actor.employee_id else {}
    person = names.get(actor.employee_id or "")
    by = actor.display_name or person
    if actor.kind == "app_for_employee" and person:
        by = f"{person} ({actor.display_name})" if actor.display_name else person
    return {**actor.as_dict(), "display_name": by}


def require_published(announcement: Mapping[str, Any]) -> None:
    """Raises InvalidTransition."""
    if announcement["status"] != "published":
        raise InvalidTransition(f"It is {announcement['status']}; only what is published can be this.")
