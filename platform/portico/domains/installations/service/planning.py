"""The plan of a deployment: what a manifest would change, and who would wait for a consent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.service.releasing import check_key, check_properties
from portico.domains.catalogue.service.rolling_out import is_released_at_once
from portico.domains.installations import queries
from portico.kernel.actor import Actor
from portico.kernel.errors import Invalid
from portico.kernel.unit_of_work import system_unit, unit


def plan(actor: Actor, app_id: str, manifest: dict[str, Any]) -> dict[str, Any]:
    """Changes nothing. Opens its own units, because an app's installations stand in many workspaces: the first asks
    whether the app is the actor's. Raises NotFound, and Invalid with every finding."""
    with unit(actor.workspace_id, write=False):
        app = catalogue.own_app(actor, app_id)
        running = catalogue.released(app_id)
        before = running.manifest if running else catalogue.newest_manifest(app_id)
        at_once = is_released_at_once(app_id, app["visibility"])
    errors = manifests.findings(manifest)
    if errors:
        raise Invalid("The manifest has findings.", errors=errors)
    check_key(app["key"], manifest)
    with unit(actor.workspace_id, write=False):
        check_properties(app_id, manifest)
    with system_unit("plan: where an own app is installed, over all workspaces"):
        live = queries.live_of_app(app_id)
    required = manifests.scope_names(manifest, "scopes")
    waiting = [
        {"installation_id": row.id, "missing_scopes": sorted(set(required).difference(row.granted_scopes))}
        for row in live
        if set(required).difference(row.granted_scopes)
    ]
    return {
        "changes": manifests.difference(before, manifest),
        "releases": at_once,
        "installations": {"live": len(live), "waiting": waiting},
    }


def counts(actor: Actor, app_id: str) -> dict[str, int]:
    """How many installations run each version of an own app, over all workspaces. Opens its own units.

    Raises NotFound.
    """
    with unit(actor.workspace_id, write=False):
        catalogue.own_app(actor, app_id)
    with system_unit("versions: how many installations of an own app run each"):
        return queries.count_by_version(app_id)


def where(actor: Actor, app_id: str, limit: int) -> list[dict[str, Any]]:
    """The newest installations of an own app over all workspaces, each with the version that it runs and what that
    requires and was not granted. Whose they are is not told, but for those at home. Opens its own units.

    Raises NotFound.
    """
    with unit(actor.workspace_id, write=False):
        catalogue.own_app(actor, app_id)
    with system_unit("installations of an own app, for its developer"):
        rows = queries.newest_of_app(app_id, limit)
        running = catalogue.running(app_id)
    return [_seen_by_developer(row, running, is_here=row.workspace_id == actor.workspace_id) for row in rows]


def _seen_by_developer(row: Any, running: Sequence[catalogue.Released], *, is_here: bool) -> dict[str, Any]:
    version = next((each for each in running if row.bucket in each.buckets), None)
    required = manifests.scope_names(version.manifest, "scopes") if version is not None else []
    return {
        "id": row.id,
        "status": row.status,
        "number": version.number if version is not None else None,
        "waits_for": sorted(set(required).difference(row.granted_scopes)),
        "created_at": row.created_at,
        "is_here": is_here,
    }
