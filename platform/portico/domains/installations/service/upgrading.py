"""Telling each workspace that its app runs another version, and granting what its policy lets a new version have."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import policies, queries
from portico.domains.installations.events import APP_UPGRADED
from portico.domains.installations.models import Installation
from portico.domains.installations.schemas import LIVE
from portico.domains.installations.service import installing
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session


def announce_upgrade(actor: Actor, installation_id: str) -> None:
    """Say which version runs here, if it is another than was said last. A repeat of the job finds it said already."""
    catalogue.hold_releases(queries.installation(actor, installation_id)["app_id"])
    before = queries.installation(actor, installation_id)
    running = before["version_id"]
    told = session().scalar(
        update(Installation)
        .where(Installation.workspace_id == actor.workspace_id, Installation.id == installation_id)
        .where(Installation.status.in_(LIVE), Installation.announced_version_id != running)
        .where(Installation.announced_version_id == before["announced_version_id"])
        .values(announced_version_id=running)
        .returning(Installation.id)
    )
    if told is not None:
        row = queries.installation(actor, installation_id)
        emit(actor, APP_UPGRADED, row, installation_id=installation_id)
        if running > before["announced_version_id"]:
            _grow(actor, row, before["announced_version_id"])


def _grow(actor: Actor, row: dict[str, Any], before_version_id: str) -> None:
    """Grant what is needed now and was not asked for before, as far as the policy goes; the rest waits for an admin.
    What an admin took back was asked for before, so it never comes back by itself."""
    app, rules = catalogue.run_by(row), policies.policy(actor, locked=True)
    if app is None:
        return
    known = {*row["granted_scopes"], *queries.asked_by_version(before_version_id)}
    needed = [name for name in manifests.scope_names(app.manifest, "scopes") if name not in known]
    grown = [name for name in needed if policies.grows_by_itself(rules, name)]
    if grown and not list(policies.objections(actor, rules, app, grown)):
        installing.update_installation(actor, row["id"], {"granted_scopes": [*row["granted_scopes"], *grown]})
