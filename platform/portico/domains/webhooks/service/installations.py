"""The endpoints that an installed app has from its manifest, through the life of the installation.

Two at most: `[events].url` for what it subscribes to, and `[lifecycle].url` for what happens to the installation
itself. The second is never held, since it tells of the suspension, and outlives the uninstalling until the app has
answered the request to erase.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import update

from portico.domains.webhooks import apps, keys, ordering, queries
from portico.domains.webhooks.models import WebhookEndpoint
from portico.domains.webhooks.service import blocking, endpoints, subscribing
from portico.domains.webhooks.service.keys import ensure_key
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session


def open_endpoint(actor: Actor, installation_id: str) -> None:
    """Make the endpoints what the manifest of the installed version says: there, changed, or gone."""
    wanted = apps.subscriptions(actor.workspace_id, installation_id)
    for for_lifecycle in (False, True):
        _open(actor.workspace_id, installation_id, wanted.get(for_lifecycle), for_lifecycle=for_lifecycle)


def _open(workspace_id: str, installation_id: str, wanted: apps.Subscription | None, *, for_lifecycle: bool) -> None:
    there = queries.manifest_endpoint(workspace_id, installation_id, for_lifecycle=for_lifecycle)
    if wanted is None:
        if there is not None:
            endpoints.change(workspace_id, there.id, deleted_at=clock.now())
        return
    if keys.V1A in wanted.choices["signatures"]:
        ensure_key(wanted.app_id)
    if there is None:
        endpoints.insert_endpoint(
            workspace_id,
            url=wanted.url,
            types=wanted.types,
            path=wanted.path,
            installation_id=installation_id,
            for_lifecycle=for_lifecycle,
            scopes=[],
            **wanted.choices,
        )
        return
    if ordering.reorders(there, wanted.choices):
        ordering.change_over(workspace_id, there.id)
    endpoints.change(workspace_id, there.id, url=wanted.url, types=wanted.types, path=wanted.path, **wanted.choices)
    subscribing.subscribe(workspace_id, there.id, wanted.types)


def hold_endpoints(actor: Actor, installation_id: str) -> None:
    """Suspended: events wait, and do not grow old. What the receiver disabled stays so."""
    _move(actor.workspace_id, installation_id, "active", "held", "suspended")
    ids = queries.endpoints_of_installation(actor.workspace_id, installation_id)
    blocking.block(actor.workspace_id, ids)


def resume_endpoints(actor: Actor, installation_id: str) -> None:
    """Resumed: what waited is delivered."""
    ids = _move(actor.workspace_id, installation_id, "held", "active", None)
    blocking.unblock(actor.workspace_id, ids)


def wake_endpoints(actor: Actor, installation_id: str) -> None:
    """The app runs somewhere else from now on: what was learnt of the place before is forgotten."""
    _move(actor.workspace_id, installation_id, "disabled", "active", None)
    lifecycle = queries.manifest_endpoint(actor.workspace_id, installation_id, for_lifecycle=True)
    ids = [*queries.endpoints_of_installation(actor.workspace_id, installation_id)]
    ids += [lifecycle.id] if lifecycle is not None else []
    blocking.unblock(actor.workspace_id, ids, end_pauses=True)
    for endpoint_id in ids:
        blocking.forget_failures(actor.workspace_id, endpoint_id)


def close_endpoints(actor: Actor, installation_id: str) -> None:
    """Uninstalled: of events nothing more is delivered; the log stays for its time."""
    _close(actor.workspace_id, queries.endpoints_of_installation(actor.workspace_id, installation_id))


def close_lifecycle_endpoint(actor: Actor, installation_id: str) -> None:
    """Erased, and the app has said so: there is nothing more to tell it."""
    there = queries.manifest_endpoint(actor.workspace_id, installation_id, for_lifecycle=True)
    _close(actor.workspace_id, [there.id] if there is not None else [])


def _close(workspace_id: str, ids: Sequence[str]) -> None:
    for endpoint_id in ids:
        endpoints.change(workspace_id, endpoint_id, deleted_at=clock.now())
        subscribing.subscribe(workspace_id, endpoint_id, [])


def _move(workspace_id: str, installation_id: str, before: str, after: str, reason: str | None) -> list[str]:
    rows = session().execute(
        update(WebhookEndpoint)
        .where(WebhookEndpoint.workspace_id == workspace_id, WebhookEndpoint.installation_id == installation_id)
        .where(WebhookEndpoint.deleted_at.is_(None), WebhookEndpoint.for_lifecycle.is_(False))
        .where(WebhookEndpoint.status == before)
        .values(status=after, reason=reason, version=WebhookEndpoint.version + 1, updated_at=clock.now())
        .returning(WebhookEndpoint.id)
    )
    return [row.id for row in rows]
