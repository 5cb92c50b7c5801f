"""Who receives an event: the one join of events, subscriptions and endpoints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select

from portico.domains.webhooks.events import ENDPOINT_PING
from portico.domains.webhooks.models import EndpointState, EndpointType, WebhookEndpoint
from portico.kernel.events import Event

AFTER_ENDPOINT = Event.__table__.c.seq > WebhookEndpoint.__table__.c.since_seq


def receivers(
    values: Sequence[ColumnElement[Any]], which: ColumnElement[bool], narrowed: ColumnElement[bool]
) -> Select[Any]:
    """`values` for each of these events and each endpoint that subscribes to it."""
    event, endpoint, kind, state = (
        table.__table__.c for table in (Event, WebhookEndpoint, EndpointType, EndpointState)
    )
    patterns = (event.type, event.resource_type.concat(".*"), literal("*"))
    return (
        select(*values)
        .select_from(Event)
        .join(EndpointType, and_(kind.workspace_id == event.workspace_id, kind.pattern.in_(patterns)))
        .join(
            WebhookEndpoint,
            and_(endpoint.workspace_id == kind.workspace_id, endpoint.id == kind.endpoint_id),
        )
        .join(EndpointState, and_(state.workspace_id == endpoint.workspace_id, state.id == endpoint.id))
        .where(which, narrowed, endpoint.deleted_at.is_(None))
        # A ping has its one delivery already.
        .where(event.type != ENDPOINT_PING.name)
        # What is about one installation no other one receives.
        .where(
            or_(
                endpoint.installation_id.is_(None),
                event.installation_id.is_(None),
                event.installation_id == endpoint.installation_id,
            )
        )
    )
