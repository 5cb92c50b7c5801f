"""Retention: events, and with them their deliveries and attempts, go after 30 days; attempts sooner where the operator
says so; secrets after their time. Each batch is a transaction of its own, so nobody waits long for a lock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, tuple_, update

from portico.domains.audit.models import AuditHead
from portico.domains.identity.models import Workspace
from portico.domains.webhooks import ordering, partitions
from portico.domains.webhooks.models import Attempt, Delivery, EndpointSecret, WebhookEndpoint, WebhookKey
from portico.kernel import clock
from portico.kernel.events import Event
from portico.kernel.ids import least_id
from portico.kernel.unit_of_work import session, system_unit
from portico.settings import current as settings

RETENTION = timedelta(days=30)
BATCH = 500


def sweep() -> int:
    """Work everything off, a batch per transaction. Answers how many rows went; a partition counts as one."""
    steps = (_old_attempts, _old_events, _cancelled_deliveries, _expired_secrets, _expired_keys)
    while _old_queue():
        pass
    return partitions.keep_ahead() + sum(_in_batches(step) for step in steps)


def _in_batches(step: Callable[[], int]) -> int:
    total = 0
    while True:
        with system_unit("sweep: events, deliveries and secrets that have had their time", write=True):
            done = step()
        total += done
        if done < BATCH:
            return total


def _old_attempts() -> int:
    """Those that no partition took along. By workspace, because their key begins with it."""
    oldest = clock.now() - timedelta(days=settings().attempts_kept_days)
    bound = least_id("at", oldest.replace(hour=0, minute=0, second=0, microsecond=0))
    attempt = tuple_(Attempt.workspace_id, Attempt.id)
    old = (
        select(Attempt.workspace_id, Attempt.id)
        .join(Workspace, Workspace.id == Attempt.workspace_id)
        .where(Attempt.id < bound)
    )
    return _apply(old, lambda which: delete(Attempt).where(attempt.in_(which), Attempt.id < bound))


def _old_queue() -> bool:
    """What still waits in order when its event goes, of one endpoint: what stands behind it is called up."""
    with system_unit("sweep: what has waited in order for too long", write=True) as work:
        about = (Event.workspace_id == Delivery.workspace_id) & (Event.id == Delivery.event_id) & _is_old()
        waiting = (Delivery.order_key.is_not(None), Delivery.finished_at.is_(None), Delivery.state == "waiting")
        found = select(Delivery.workspace_id, Delivery.endpoint_id).join(Event, about).where(*waiting).limit(1)
        place = work.execute(found).one_or_none()
        if place is None:
            return False
        workspace_id, endpoint_id = place
        ordering.locked(workspace_id, endpoint_id)
        old = select(Event.id).where(Event.workspace_id == workspace_id, _is_old())
        keys = work.scalars(
            update(Delivery)
            .where(Delivery.workspace_id == workspace_id, Delivery.endpoint_id == endpoint_id, *waiting)
            .where(Delivery.event_id.in_(old))
            .values(state="expired", finished_at=clock.now())
            .returning(Delivery.order_key)
        ).all()
        ordering.call_up((workspace_id, endpoint_id, key) for key in keys if key is not None)
        return True


def _is_old() -> ColumnElement[bool]:
    return Event.occurred_at < clock.now() - RETENTION


def _old_events() -> int:
    """Deliveries and attempts go with their event. What the record has not read yet stays, however old."""
    recorded = select(AuditHead.event_seq).where(AuditHead.workspace_id == Event.workspace_id).scalar_subquery()
    old = select(Event.workspace_id, Event.id).where(_is_old(), Event.seq <= recorded, ~_in_order())
    return _apply(old, lambda which: delete(Event).where(tuple_(Event.workspace_id, Event.id).in_(which)))


def _in_order() -> ColumnElement[bool]:
    """Others stand behind a delivery of it: it goes when that is finished."""
    mine = (Delivery.workspace_id == Event.workspace_id, Delivery.event_id == Event.id)
    return exists(select(Delivery.id).where(*mine, Delivery.order_key.is_not(None), Delivery.finished_at.is_(None)))


def _cancelled_deliveries() -> int:
    """What still waits for an endpoint that was deleted; until now it was only shown as cancelled."""
    waiting = (
        select(Delivery.workspace_id, Delivery.id)
        .join(
            WebhookEndpoint,
            (WebhookEndpoint.workspace_id == Delivery.workspace_id) & (WebhookEndpoint.id == Delivery.endpoint_id),
        )
        .where(Delivery.state == "waiting", WebhookEndpoint.deleted_at.is_not(None))
    )
    return _apply(
        waiting,
        lambda which: (
            update(Delivery)
            .where(tuple_(Delivery.workspace_id, Delivery.id).in_(which), Delivery.state == "waiting")
            .values(state="cancelled", finished_at=clock.now())
        ),
    )


def _expired_secrets() -> int:
    old = select(EndpointSecret.workspace_id, EndpointSecret.id).where(EndpointSecret.expires_at < clock.now())
    secret = tuple_(EndpointSecret.workspace_id, EndpointSecret.id)
    return _apply(old, lambda which: delete(EndpointSecret).where(secret.in_(which)))


def _expired_keys() -> int:
    old = list(session().scalars(select(WebhookKey.id).where(WebhookKey.expires_at < clock.now()).limit(BATCH)))
    session().execute(delete(WebhookKey).where(WebhookKey.id.in_(old)))
    return len(old)


def _apply(found: Any, change: Callable[[list[tuple[str, str]]], Any]) -> int:
    """Change one batch of what is found. In two steps, so that the limit is worked out once."""
    work = session().connection()
    which = [(row[0], row[1]) for row in work.execute(found.limit(BATCH))]
    if which:
        work.execute(change(which))
    return len(which)
