"""Secrets of a workspace's endpoints."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from portico.domains.webhooks import queries, signing
from portico.domains.webhooks.errors import SignedByApp, TooManyEndpointSecrets
from portico.domains.webhooks.events import ENDPOINT_SECRET_ROTATED
from portico.domains.webhooks.models import EndpointSecret, WebhookEndpoint
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session

OVERLAP = timedelta(hours=24)
MOST_LIVING = 5


def seal_row(secret_id: str, workspace_id: str) -> str:
    """The associated data of a sealed secret: it opens only in its own row."""
    return f"endpoint_secret|sealed|{secret_id}|{workspace_id}"


def add_secret(workspace_id: str, endpoint_id: str) -> str:
    """A new secret; answers the form in which it is shown, this once."""
    secret, secret_id = signing.new_secret(), new_id("whs")
    session().execute(
        insert(EndpointSecret).values(
            workspace_id=workspace_id,
            id=secret_id,
            endpoint_id=endpoint_id,
            sealed=keyring().seal(secret, seal_row(secret_id, workspace_id)),
            created_at=clock.now(),
        )
    )
    return signing.shown(secret)


def rotate_secret(actor: Actor, endpoint_id: str) -> dict[str, Any]:
    """A new secret, shown this once; those before it sign along for 24 h.

    Raises NotFound, SignedByApp and TooManyEndpointSecrets.
    """
    row = queries.endpoint(actor, endpoint_id)
    if row.installation_id is not None:
        raise SignedByApp()
    _queue_up(actor.workspace_id, endpoint_id)
    if len(queries.living_secrets(actor.workspace_id, [endpoint_id])) >= MOST_LIVING:
        raise TooManyEndpointSecrets()
    session().execute(
        update(EndpointSecret)
        .where(EndpointSecret.workspace_id == actor.workspace_id, EndpointSecret.endpoint_id == endpoint_id)
        .where(EndpointSecret.expires_at.is_(None))
        .values(expires_at=clock.now() + OVERLAP)
    )
    secret = add_secret(actor.workspace_id, endpoint_id)
    emit(actor, ENDPOINT_SECRET_ROTATED, queries.endpoint(actor, endpoint_id))
    return {**queries.endpoint(actor, endpoint_id)._mapping, "secret": secret}


def _queue_up(workspace_id: str, endpoint_id: str) -> None:
    """Behind another rotation of the same endpoint, so that the count holds."""
    session().execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.workspace_id == workspace_id, WebhookEndpoint.id == endpoint_id)
        .values(updated_at=clock.now())
    )
