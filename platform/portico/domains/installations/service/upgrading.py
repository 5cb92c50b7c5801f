"""Telling each workspace that its app runs another version."""

from __future__ import annotations

from sqlalchemy import update

from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import queries
from portico.domains.installations.events import APP_UPGRADED
from portico.domains.installations.models import Installation
from portico.domains.installations.schemas import LIVE
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session


def announce_upgrade(actor: Actor, installation_id: str) -> None:
    """Say which version runs here, if it is another than was said last. A repeat of the job finds it said already."""
    catalogue.hold_releases(queries.installation(actor, installation_id)["app_id"])
    running = queries.installation(actor, installation_id)["version_id"]
    told = session().scalar(
        update(Installation)
        .where(Installation.workspace_id == actor.workspace_id, Installation.id == installation_id)
        .where(Installation.status.in_(LIVE), Installation.announced_version_id != running)
        .values(announced_version_id=running)
        .returning(Installation.id)
    )
    if told is not None:
        row = queries.installation(actor, installation_id)
        emit(actor, APP_UPGRADED, row, installation_id=installation_id)
