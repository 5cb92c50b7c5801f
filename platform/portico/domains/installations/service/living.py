"""Suspending, resuming and uninstalling."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, update

from portico.domains.installations import queries
from portico.domains.installations.errors import InstallationState
from portico.domains.installations.events import APP_RESUMED, APP_SUSPENDED, APP_UNINSTALLED
from portico.domains.installations.models import Installation
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import EventType, emit
from portico.kernel.unit_of_work import session

COMPANY = "company"


def _move(
    actor: Actor, installation_id: str, kind: EventType, refusal: str, *conditions: ColumnElement[bool], **values: Any
) -> dict[str, Any]:
    """One step by conditional update: of two that come at once, one wins and the other hears why not."""
    moved = session().scalar(
        update(Installation)
        .where(Installation.workspace_id == actor.workspace_id, Installation.id == installation_id, *conditions)
        .values(**values, updated_at=clock.now(), version=Installation.version + 1)
        .returning(Installation.id)
    )
    row = queries.installation(actor, installation_id)
    if moved is None:
        raise InstallationState(refusal)
    emit(actor, kind, row, changes=["status"], installation_id=installation_id)
    return row


def suspend(actor: Actor, installation_id: str) -> dict[str, Any]:
    """Its tokens answer 401 and its surfaces are gone until it is resumed; its events wait. Raises NotFound,
    InstallationState."""
    return _move(
        actor,
        installation_id,
        APP_SUSPENDED,
        "Only an active app can be suspended.",
        Installation.status == "active",
        status="suspended",
        suspended_by=COMPANY,
    )


def resume(actor: Actor, installation_id: str) -> dict[str, Any]:
    """Its tokens live again. Only the side that suspended it can lift that. Raises NotFound, InstallationState."""
    return _move(
        actor,
        installation_id,
        APP_RESUMED,
        "Only an app that this company suspended can be resumed here.",
        Installation.status == "suspended",
        Installation.suspended_by == COMPANY,
        status="active",
        suspended_by=None,
    )


def uninstall(actor: Actor, installation_id: str) -> dict[str, Any]:
    """Its tokens die in the same transaction; the workspace's own data stays whole. Raises NotFound,
    InstallationState."""
    return _move(
        actor,
        installation_id,
        APP_UNINSTALLED,
        "The app was uninstalled already.",
        Installation.status != "uninstalled",
        status="uninstalled",
        suspended_by=None,
        uninstalled_at=clock.now(),
    )
