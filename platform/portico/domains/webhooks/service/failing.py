"""Endpoints that fail for long: their owners hear of it in time, and in the end nothing is sent there any more."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import select, update

from portico.domains.webhooks.events import ENDPOINT_DISABLED, ENDPOINT_FAILING
from portico.domains.webhooks.models import EndpointState, WebhookEndpoint
from portico.domains.webhooks.service import blocking
from portico.kernel import clock, jobs
from portico.kernel.actor import system
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

WARNINGS = (timedelta(hours=1), timedelta(hours=24), timedelta(hours=72))
DISABLED_AFTER = timedelta(days=5)
LEAST_FAILURES = 20
NOTICE = "webhooks.notice"


def look_after(places: Collection[tuple[str, str]], now: datetime) -> None:
    """What long failure means for these endpoints, which have just failed. For the pump, in its system unit."""
    rows = session().execute(
        select(EndpointState.workspace_id, EndpointState.id, EndpointState.failing_since)
        .add_columns(EndpointState.consecutive_failures, EndpointState.warned)
        .where(EndpointState.workspace_id.in_({place[0] for place in places}))
        .where(EndpointState.id.in_([place[1] for place in places]))
        .where(EndpointState.failing_since <= now - WARNINGS[0])
    )
    for row in rows.all():
        lasted = now - row.failing_since
        if lasted >= DISABLED_AFTER and row.consecutive_failures >= LEAST_FAILURES:
            disable(row.workspace_id, row.id, "failing")
            continue
        due = sum(lasted >= warning for warning in WARNINGS)
        if due > row.warned:
            _warn(row.workspace_id, row.id, due)


def _warn(workspace_id: str, endpoint_id: str, due: int) -> None:
    """Tell the owner once that it fails for so long; an earlier notice that was missed is not made up for."""
    told = session().execute(
        update(EndpointState)
        .where(EndpointState.workspace_id == workspace_id, EndpointState.id == endpoint_id, EndpointState.warned < due)
        .values(warned=due)
    )
    if not told.rowcount:  # type: ignore[attr-defined]
        return
    there = WebhookEndpoint.__table__
    row = session().execute(
        select(there).where(
            there.c.workspace_id == workspace_id, there.c.id == endpoint_id, there.c.deleted_at.is_(None)
        )
    )
    found = row.one_or_none()
    if found is not None:
        actor = system(workspace_id)
        emit(actor, ENDPOINT_FAILING, found, installation_id=found.installation_id)
        jobs.enqueue(actor, NOTICE, endpoint_id=endpoint_id)


def disable(workspace_id: str, endpoint_id: str, reason: str) -> None:
    """Nothing goes there until somebody enables it; what happens meanwhile is held. For the pump, in its system unit.

    `reason`: gone (the receiver answered 410) or failing (for five days nothing came through).
    """
    changed = (
        session()
        .execute(
            update(WebhookEndpoint)
            .where(WebhookEndpoint.workspace_id == workspace_id, WebhookEndpoint.id == endpoint_id)
            .where(WebhookEndpoint.status == "active", WebhookEndpoint.deleted_at.is_(None))
            .values(status="disabled", reason=reason, version=WebhookEndpoint.version + 1, updated_at=clock.now())
            .returning(WebhookEndpoint.__table__)
        )
        .one_or_none()
    )
    if changed is None:
        return
    blocking.block(workspace_id, [endpoint_id])
    actor = system(workspace_id)
    emit(actor, ENDPOINT_DISABLED, changed, changes=["status"], installation_id=changed.installation_id)
    jobs.enqueue(actor, NOTICE, endpoint_id=endpoint_id)
