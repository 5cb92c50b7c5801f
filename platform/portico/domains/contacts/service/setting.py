"""Deciding how a workspace keeps its contacts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.contacts import events
from portico.domains.contacts.models import ContactSettings
from portico.domains.contacts.settings import DEFAULT, settings
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Stale
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session


def set_settings(actor: Actor, values: dict[str, Any], *, expected_version: int | None = None) -> dict[str, Any]:
    """Change what is given. Contacts in a stage that goes keep its key until they move on. Raises Stale."""
    work = session()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    untouched = {**DEFAULT, "workspace_id": actor.workspace_id, "updated_at": clock.now()}
    work.execute(build(ContactSettings).values(untouched).on_conflict_do_nothing(index_elements=["workspace_id"]))
    before = settings(actor)
    changed = (
        update(ContactSettings)
        .where(ContactSettings.workspace_id == actor.workspace_id)
        .where(ContactSettings.version == (before["version"] if expected_version is None else expected_version))
        .values(**values, updated_at=clock.now(), version=ContactSettings.version + 1)
        .returning(ContactSettings.version)
    )
    if work.scalar(changed) is None:
        raise Stale()
    after = settings(actor)
    told = sorted(name for name in values if before[name] != after[name])
    emit(actor, events.CONTACT_SETTINGS_UPDATED, after, resource_id=actor.workspace_id, changes=told, before=before)
    return after
