"""What webhooks ask of the catalogue and of installations: the one file that knows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, select

from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.models import App, Publisher
from portico.domains.identity.models import Membership, User
from portico.domains.installations import dev_sessions
from portico.domains.installations.models import Installation
from portico.domains.webhooks import signing
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

filter_matches = manifests.filter_matches
wrong_in_filter = manifests.wrong_in_filter
all_signing_secrets = catalogue.all_signing_secrets
SigningSecret = catalogue.SigningSecret


@dataclass(frozen=True, slots=True)
class Subscription:
    """The `[events]` of the manifest that an installation runs, or its `[lifecycle]`."""

    app_id: str
    path: str
    url: str
    types: list[str]
    choices: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Caller:
    """How an app is called at this moment: where it runs, its signing secrets (newest first), and what it asks for."""

    base_url: str
    secrets: tuple[bytes, ...]
    scopes: frozenset[str]


def own_installations(actor: Actor) -> Select[Any]:
    """Ids of the installations in the actor's workspace whose apps are the actor's own."""
    own = catalogue.own_apps(actor).with_only_columns(App.id)
    return select(Installation.id).where(Installation.workspace_id == actor.workspace_id, Installation.app_id.in_(own))


def looks(actor: Actor, installation_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Name, icon and publisher of the apps behind these installations of the actor's workspace."""
    rows = session().execute(
        select(Installation.id, Installation.app_id).where(
            Installation.workspace_id == actor.workspace_id, Installation.id.in_(list(installation_ids))
        )
    )
    found = {row.id: row.app_id for row in rows}
    known = catalogue.looks_of(found.values(), actor.locale)
    return {one: known[app_id] for one, app_id in found.items() if app_id in known}


# What an app is told of its own installation; anything else it hears where it subscribes.
LIFECYCLE = (
    "app.installed",
    "app.upgraded",
    "app.scopes_changed",
    "app.suspended",
    "app.resumed",
    "app.uninstalled",
    "privacy.erase_requested",
)


def subscriptions(workspace_id: str, installation_id: str) -> dict[bool, Subscription]:
    """Where the installation's app wants to hear: True for its own life, False for events. None by webhook, none."""
    row = (
        session()
        .execute(
            select(Installation.app_id, Installation.bucket).where(
                Installation.workspace_id == workspace_id, Installation.id == installation_id
            )
        )
        .one_or_none()
    )
    released = catalogue.run_by(dict(row._mapping)) if row is not None else None
    if row is None or released is None or released.manifest["runtime"].get("delivery", "webhook") != "webhook":
        return {}
    found: dict[bool, Subscription] = {}
    chosen = manifests.event_choices(released.manifest)
    path = released.manifest.get("events", {}).get("url")
    types = manifests.event_patterns(released.manifest)
    if path and types:
        found[False] = Subscription(row.app_id, path, released.base_url + path, types, chosen)
    path = released.manifest.get("lifecycle", {}).get("url")
    if path:
        found[True] = Subscription(row.app_id, path, released.base_url + path, list(LIFECYCLE), _for_lifecycle(chosen))
    return found


def _for_lifecycle(chosen: dict[str, Any]) -> dict[str, Any]:
    """What happens to the installation itself comes whole and always; only how it is signed was chosen."""
    return {**manifests.event_choices({}), "signatures": chosen["signatures"]}


def callers(app_id: str) -> list[tuple[range, Caller]]:
    """How the app is called, by the buckets of its installations: two ways while a version is in rollout."""
    secrets = tuple(signing.parse(text) for text in catalogue.signing_secrets(app_id))
    return [
        (each.buckets, Caller(each.base_url, secrets, frozenset(manifests.all_scopes(each.manifest))))
        for each in catalogue.running(app_id)
    ]


def caller(found: list[tuple[range, Caller]], bucket: int) -> Caller | None:
    """None when nothing of the app runs there."""
    return next((caller for buckets, caller in found if bucket in buckets), None)


def call_urls(whose: Collection[tuple[str, str]]) -> dict[str, str]:
    """Where those apps are called that run on a developer's machine, by installation; of (workspace, installation)."""
    return dev_sessions.call_urls({workspace for workspace, _ in whose}, {installation for _, installation in whose})


def publisher_addresses(actor: Actor, installation_id: str | None) -> set[str]:
    """Where the developer of an installation's app gets mail: nowhere for the workspace's own endpoints."""
    if installation_id is None:
        return set()
    rows = session().scalars(
        select(User.email)
        .join(Membership, Membership.user_id == User.id)
        .join(Publisher, Publisher.membership_id == Membership.id)
        .join(App, App.publisher_id == Publisher.id)
        .join(Installation, Installation.app_id == App.id)
        .where(Installation.workspace_id == actor.workspace_id, Installation.id == installation_id)
        .where(Membership.ended_at.is_(None))
    )
    return set(rows)


def owner_of(row: Any) -> str:
    """Whose key signs `v1a` for an endpoint: its workspace's, or its app's."""
    if row.installation_id is None:
        return str(row.workspace_id)
    found = select(Installation.app_id).where(
        Installation.workspace_id == row.workspace_id, Installation.id == row.installation_id
    )
    return str(session().scalars(found).one())


def of_endpoint(workspace_id: Any, installation_id: Any) -> Any:
    """The condition that joins an endpoint to its installation."""
    return and_(Installation.workspace_id == workspace_id, Installation.id == installation_id)


INSTALLATION = Installation
