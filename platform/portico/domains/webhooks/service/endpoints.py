"""Adding, changing, enabling and deleting endpoints."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update

from portico import settings
from portico.domains.webhooks import apps, choices, keys, ordering, queries
from portico.domains.webhooks.errors import EndpointHeld, ManagedByManifest
from portico.domains.webhooks.events import (
    ENDPOINT_CREATED,
    ENDPOINT_DELETED,
    ENDPOINT_ENABLED,
    ENDPOINT_UPDATED,
)
from portico.domains.webhooks.models import EndpointState, WebhookEndpoint
from portico.domains.webhooks.service import blocking, secrets, subscribing
from portico.domains.webhooks.service.keys import ensure_key
from portico.domains.webhooks.service.owning import require_own_app
from portico.kernel import bell, clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, NotFound, Stale, invalid
from portico.kernel.events import EventCounter, emit
from portico.kernel.ids import new_id
from portico.kernel.outbound import EgressPolicy, check_url
from portico.kernel.unit_of_work import after_commit, session


def egress_policy() -> EgressPolicy:
    """What this instance lets endpoints reach."""
    return EgressPolicy.of(settings.current())


def create_endpoint(actor: Actor, body: dict[str, Any]) -> dict[str, Any]:
    """Add an endpoint of the workspace, or of the app that asks; answers it with its secret, this once.

    Raises Forbidden, Invalid and InsufficientScope. An app's endpoint has no secret: the app's own one signs.
    """
    if not actor.is_app and not actor.has_role("app_manager"):
        raise Forbidden("Endpoints are added by those who manage the workspace's apps, and by apps as themselves.")
    _check_url(body["url"])
    subscribing.check(actor, body["types"])
    choices.check_filter(body.get("filter"))
    endpoint_id = insert_endpoint(
        actor.workspace_id,
        url=body["url"],
        types=body["types"],
        description=body.get("description"),
        **{name: body[name] for name in choices.CHOICES if name in body},
        installation_id=actor.installation_id,
        scopes=sorted(queries.event_scopes(actor)),
    )
    secret = {} if actor.installation_id else {"secret": secrets.add_secret(actor.workspace_id, endpoint_id)}
    row = queries.endpoint(actor, endpoint_id)
    if keys.V1A in row.signatures:
        ensure_key(apps.owner_of(row))
    emit(actor, ENDPOINT_CREATED, row, installation_id=row.installation_id)
    return {**row._mapping, **secret}


def insert_endpoint(workspace_id: str, *, url: str, types: list[str], **values: Any) -> str:
    """The rows of a new endpoint; answers its id."""
    endpoint_id = new_id("whe")
    now = clock.now()
    session().execute(
        insert(WebhookEndpoint).values(
            workspace_id=workspace_id,
            id=endpoint_id,
            url=url,
            types=types,
            since_seq=_last_seq(workspace_id),
            status="active",
            version=1,
            created_at=now,
            updated_at=now,
            **values,
        )
    )
    session().execute(
        insert(EndpointState).values(
            workspace_id=workspace_id, id=endpoint_id, consecutive_failures=0, blocked_seconds=0
        )
    )
    subscribing.subscribe(workspace_id, endpoint_id, types)
    return endpoint_id


def _last_seq(workspace_id: str) -> Any:
    last = select(EventCounter.seq).where(EventCounter.workspace_id == workspace_id).scalar_subquery()
    return func.coalesce(last, 0)


def _check_url(url: str) -> None:
    wrong = check_url(url, egress_policy())
    if wrong is not None:
        raise invalid("/url", "url", wrong)


def change(
    workspace_id: str, endpoint_id: str, expected_version: int | None = None, /, **values: Any
) -> datetime | None:
    """Write values and count the version up. Raises Stale, or NotFound when it was deleted meanwhile."""
    statement = (
        update(WebhookEndpoint)
        .where(WebhookEndpoint.workspace_id == workspace_id, WebhookEndpoint.id == endpoint_id)
        .where(WebhookEndpoint.deleted_at.is_(None))
    )
    if expected_version is not None:
        statement = statement.where(WebhookEndpoint.version == expected_version)
    changed: datetime | None = session().scalar(
        statement.values(version=WebhookEndpoint.version + 1, updated_at=clock.now(), **values).returning(
            WebhookEndpoint.updated_at
        )
    )
    if changed is None:
        raise NotFound() if expected_version is None else Stale()
    return changed


def update_endpoint(actor: Actor, endpoint_id: str, body: dict[str, Any], expected_version: int | None = None) -> Any:
    """Change URL, types, description or choices. Who points an endpoint elsewhere, or at other events, answers for what
    it receives from then on: it has their scopes. A filter too: what passes it tells what stands in the events.

    Raises NotFound, ManagedByManifest, Forbidden, Invalid, InsufficientScope, Stale.
    """
    before = queries.endpoint(actor, endpoint_id)
    _refuse_manifest(before)
    changes = {name: value for name, value in body.items() if value != getattr(before, name)}
    if "url" in changes:
        _check_url(changes["url"])
    choices.check_filter(changes.get("filter"))
    if changes.keys() & {"url", "types", *choices.CHOICES}:
        require_own_app(actor, before)
    if changes.keys() & {"url", "types", "filter"}:
        if "types" in changes or before.installation_id is None:
            subscribing.check(actor, changes.get("types", before.types))
        changes["scopes"] = sorted(queries.event_scopes(actor))
    if ordering.reorders(before, changes):
        ordering.change_over(actor.workspace_id, endpoint_id)
        after_commit(bell.ring)
    if not changes and expected_version in (None, before.version):
        return before
    change(actor.workspace_id, endpoint_id, expected_version, **changes)
    if "types" in changes:
        subscribing.subscribe(actor.workspace_id, endpoint_id, changes["types"])
    after = queries.endpoint(actor, endpoint_id)
    if keys.V1A in after.signatures:
        ensure_key(apps.owner_of(after))
    emit(
        actor,
        ENDPOINT_UPDATED,
        after,
        changes=sorted(body),
        before=before,
        installation_id=after.installation_id,
    )
    return after


def _refuse_manifest(row: Any) -> None:
    if row.path is not None:
        raise ManagedByManifest()


def delete_endpoint(actor: Actor, endpoint_id: str, expected_version: int | None = None) -> None:
    """Nothing is delivered to it any more; its log stays. Raises NotFound, ManagedByManifest, Stale."""
    row = queries.endpoint(actor, endpoint_id)
    _refuse_manifest(row)
    change(actor.workspace_id, endpoint_id, expected_version, deleted_at=clock.now())
    subscribing.subscribe(actor.workspace_id, endpoint_id, [])
    emit(actor, ENDPOINT_DELETED, row, installation_id=row.installation_id)


def enable_endpoint(actor: Actor, endpoint_id: str) -> Any:
    """Make it active, and end its pause: what was held is delivered. Raises NotFound and EndpointHeld."""
    before = queries.endpoint(actor, endpoint_id)
    if before.stored_status == "held":
        raise EndpointHeld()
    if before.stored_status == "disabled":
        change(actor.workspace_id, endpoint_id, status="active", reason=None)
    blocking.unblock(actor.workspace_id, [endpoint_id], end_pauses=True)
    blocking.forget_failures(actor.workspace_id, endpoint_id)
    after = queries.endpoint(actor, endpoint_id)
    if before.stored_status == "disabled":
        emit(actor, ENDPOINT_ENABLED, after, changes=["status"], installation_id=after.installation_id)
    return after
