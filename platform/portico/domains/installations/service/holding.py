"""Suspending an app in all the workspaces that run it: by its publisher, and by the operator (the kill switch).

These open their own units, a batch of installations each, because an app's installations stand in many workspaces.
Killed in the middle, a repeat takes up what is left; what is done already is not done twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import queries
from portico.domains.installations.models import Installation
from portico.domains.installations.schemas import LIVE
from portico.domains.installations.service import living
from portico.kernel.actor import Actor, system
from portico.kernel.unit_of_work import session, system_unit, unit

BATCH = 100


def suspend_as_publisher(
    actor: Actor, app_id: str, installation_id: str | None = None, reason: str | None = None
) -> dict[str, Any]:
    """The publisher's hold on all installations of their app, or on one. Raises NotFound."""
    _require_own(actor, app_id)
    return _outcome(app_id, living.PUBLISHER, hold_everywhere(living.PUBLISHER, app_id, installation_id, reason))


def resume_as_publisher(actor: Actor, app_id: str, installation_id: str | None = None) -> dict[str, Any]:
    """Lift the publisher's hold. Raises NotFound."""
    _require_own(actor, app_id)
    return _outcome(app_id, living.PUBLISHER, lift_everywhere(living.PUBLISHER, app_id, installation_id))


def suspend_as_operator(app_id: str, reason: str | None = None) -> int:
    """The kill switch: every installation of the app stands still at once. Who calls has checked that it is an
    operator. Answers how many changed."""
    return hold_everywhere(living.OPERATOR, app_id, None, reason)


def resume_as_operator(app_id: str) -> int:
    """Lift the operator's hold; what another side holds stays held."""
    return lift_everywhere(living.OPERATOR, app_id)


def _require_own(actor: Actor, app_id: str) -> None:
    with unit(actor.workspace_id, write=False):
        catalogue.own_app(actor, app_id)


def _outcome(app_id: str, side: str, changed: int) -> dict[str, Any]:
    return {"app_id": app_id, "side": side, "changed": changed}


def hold_everywhere(side: str, app_id: str, installation_id: str | None = None, reason: str | None = None) -> int:
    """Put the side's hold on wherever it is not. Also on what is uninstalled and could come back."""
    return _everywhere(side, app_id, installation_id, living.holding(side, reason), held=False)


def lift_everywhere(side: str, app_id: str, installation_id: str | None = None) -> int:
    return _everywhere(side, app_id, installation_id, living.lifting(side), held=True)


def _everywhere(side: str, app_id: str, installation_id: str | None, values: dict[str, Any], *, held: bool) -> int:
    total = 0
    while True:
        with system_unit("suspension by publisher or operator: the app's installations", write=True):
            changed = _one_batch(side, app_id, installation_id, values, held=held)
        total += changed
        if changed == 0:
            return total


def _one_batch(side: str, app_id: str, installation_id: str | None, values: dict[str, Any], *, held: bool) -> int:
    column = living.hold_column(side)
    there = column.is_not(None) if held else column.is_(None)
    found = (
        select(Installation.id)
        .where(Installation.app_id == app_id, Installation.status != "erased", there)
        .order_by(Installation.id)
        .limit(BATCH)
    )
    if installation_id is not None:
        found = found.where(Installation.id == installation_id)
    rows = (
        session()
        .execute(
            update(Installation)
            .where(Installation.id.in_(session().scalars(found).all()), there)
            .values(**values)
            .returning(Installation.workspace_id, Installation.id, Installation.status)
        )
        .all()
    )
    tell = living.tell_of_lifting if held else living.tell_of_hold
    for row in rows:
        if row.status in LIVE:
            # As the platform: who works at the publisher is no person of that workspace.
            actor = system(row.workspace_id)
            tell(actor, queries.installation(actor, row.id))
    return len(rows)
