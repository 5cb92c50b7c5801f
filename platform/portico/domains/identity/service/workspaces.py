"""Making a workspace, and the one-time link to its first owner."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from portico.domains.identity import queries, schemas
from portico.domains.identity.errors import LinkDead, SlugTaken
from portico.domains.identity.events import WORKSPACE_UPDATED
from portico.domains.identity.models import Workspace
from portico.kernel import clock, secrets, text
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, Base
from portico.kernel.errors import Stale, invalid
from portico.kernel.events import EventCounter, emit, take_back
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

SETUP_LIFE = timedelta(days=7)


def setup_token(workspace_id: str) -> str:
    """The token of the one-time link; derived, so it can be shown again until it is used."""
    return secrets.keyring().derive_token("ptl_", f"setup|{workspace_id}")


def create_workspace(name: str, slug: str | None = None, *, awaiting_setup: bool = True) -> str:
    """A new, empty workspace; answers its id. Raises SlugTaken. Runs in a system unit: nobody is in it yet."""
    name = text.clean_name(name)
    slug = slug or text.slug(name) or new_id("w")[-8:]
    if not name or slug != text.slug(slug):
        raise invalid("/slug", "invalid", "A short name has lower-case letters, digits and hyphens.")
    workspace_id = new_id("wsp")
    work = session()
    try:
        with work.begin_nested():
            work.add(
                Workspace(
                    id=workspace_id,
                    slug=slug,
                    name=name,
                    setup_digest=secrets.digest(setup_token(workspace_id)) if awaiting_setup else None,
                    setup_expires_at=clock.now() + SETUP_LIFE if awaiting_setup else None,
                )
            )
            work.flush()
            work.add(EventCounter(workspace_id=workspace_id, seq=0))
    except IntegrityError as error:
        raise SlugTaken(f"There is a workspace {slug!r} already; choose another short name.") from error
    return workspace_id


def give_up_slug(workspace_id: str) -> None:
    """Another workspace may have its short name from now on."""
    session().execute(update(Workspace).where(Workspace.id == workspace_id).values(slug=workspace_id))


def delete_workspace(workspace_id: str) -> None:
    """With all that is in it, also in the tables that do without a foreign key to it. Runs in a system unit. Who
    publishes from it has to go before."""
    work = session()
    for table in Base.metadata.sorted_tables:
        if "workspace_id" in table.c and not table.c.workspace_id.foreign_keys:
            work.execute(delete(table).where(table.c.workspace_id == workspace_id))
    work.execute(delete(Workspace).where(Workspace.id == workspace_id))
    take_back(workspace_id)


def spend_setup(digest: str) -> str:
    """Use the one-time link, once; answers the workspace's id. Raises LinkDead."""
    workspace_id: str | None = session().scalar(
        update(Workspace)
        .where(Workspace.setup_digest == digest, Workspace.setup_expires_at > clock.now())
        .values(setup_digest=None, setup_expires_at=None)
        .returning(Workspace.id)
    )
    if workspace_id is None:
        raise LinkDead()
    return workspace_id


def rename_workspace(actor: Actor, *, name: str, timezone: str | None = None, locale: str | None = None) -> None:
    values = {"name": text.clean_name(name), "timezone": timezone, "locale": locale}
    session().execute(
        update(Workspace)
        .where(Workspace.id == actor.workspace_id)
        .values({key: value for key, value in values.items() if value})
    )


def update_workspace(actor: Actor, values: dict[str, Any], *, expected_version: int | None = None) -> AnyRow:
    """Change settings; answers them as they are. Raises Stale, and OwnFactorFirst as `require_two_factor` does."""
    before = queries.workspace(actor.workspace_id)._mapping
    wanted = {name: value for name, value in values.items() if value != before[name]}
    if expected_version not in (None, before["version"]):
        raise Stale()
    if not wanted:
        return queries.workspace(actor.workspace_id)
    changed = (
        update(Workspace)
        .where(Workspace.id == actor.workspace_id, Workspace.version == before["version"])
        .values(**wanted, version=Workspace.version + 1)
        .returning(Workspace.id)
    )
    if session().scalar(changed) is None:
        raise Stale()
    after = queries.workspace(actor.workspace_id)
    emit(actor, WORKSPACE_UPDATED, _told(after._mapping), changes=sorted(wanted), before=_told(before))
    return after


def _told(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in schemas.Workspace().fields}


def allow_unlisted_clients(actor: Actor, allowed: bool) -> None:
    """Whether clients that are no app of the catalogue may act for people here. A no bites at their next request."""
    update_workspace(actor, {"unlisted_clients": allowed})
