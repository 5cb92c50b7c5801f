"""A developer's apps, versions and credentials; each begins at `own_apps(actor)`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, Select, and_, select

from portico.domains.catalogue import manifests
from portico.domains.catalogue.models import App, AppCredential, AppVersion, Publisher
from portico.domains.catalogue.queries.credentials import alive, seal_row
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session

_app = App.__table__.c
_version = AppVersion.__table__.c

WHOLE = 100

APPS = Listing(
    id_column=_app.id,
    filters={"key": Filter(column=_app.key), "visibility": Filter(column=_app.visibility)},
    sorts={"created_at": Sort(_app.id), "key": Sort(_app.key)},
)
VERSIONS = Listing(
    id_column=_version.id,
    filters={"status": Filter(column=_version.status)},
    sorts={"created_at": Sort(_version.id)},
)


def own_apps(actor: Actor) -> Select[Any]:
    """The apps of the publisher that the actor is, each with its newest version."""
    return (
        select(
            App.__table__,
            Publisher.name.label("publisher_name"),
            _version.id.label("version_id"),
            _version.number,
            _version.status,
            _version.name.label("texts"),
            _version.created_at.label("version_created_at"),
        )
        .join(Publisher, Publisher.id == _app.publisher_id)
        .join(AppVersion, and_(_version.app_id == _app.id, _version.number == _app.last_number))
        .where(Publisher.workspace_id == actor.workspace_id, Publisher.membership_id == actor.membership_id)
    )


def _app_dict(row: Row[Any], actor: Actor) -> dict[str, Any]:
    return {
        "id": row.id,
        "key": row.key,
        "name": manifests.localised(row.texts, actor.locale),
        "client_id": row.id,
        "visibility": row.visibility,
        "publisher": {"id": row.publisher_id, "name": row.publisher_name},
        "version": {
            "id": row.version_id,
            "number": row.number,
            "status": row.status,
            "created_at": row.version_created_at,
        },
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def own_app(actor: Actor, app_id: str) -> dict[str, Any]:
    """One app of the actor's publisher. Raises NotFound."""
    row = session().execute(own_apps(actor).where(_app.id == app_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _app_dict(row, actor)


def own_of(actor: Actor, app_ids: Collection[str]) -> set[str]:
    """Those of these that are apps of the actor's publisher."""
    mine = own_apps(actor).with_only_columns(_app.id).where(_app.id.in_(app_ids))
    return set(session().scalars(mine))


def page_of_apps(actor: Actor, query: ListQuery) -> Page:
    found = page(own_apps(actor), APPS, actor.workspace_id, query)
    return replace(found, rows=[_app_dict(row, actor) for row in found.rows])


def page_of_versions(actor: Actor, app_id: str, query: ListQuery) -> Page:
    """The versions of one of the actor's apps, newest first. Raises NotFound."""
    own_app(actor, app_id)
    return page(_versions().where(_version.app_id == app_id), VERSIONS, actor.workspace_id, query)


def _versions() -> Select[Any]:
    share = (_version.runs_below - _version.runs_from).label("percent")
    return select(AppVersion.__table__, share, _version.paused_at.is_not(None).label("paused"))


def own_version(actor: Actor, app_id: str, version_id: str) -> Row[Any]:
    """One version of the actor's app. Raises NotFound."""
    own_app(actor, app_id)
    row = session().execute(_versions().where(_version.app_id == app_id, _version.id == version_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def version_news(version_id: str) -> Row[Any]:
    """A version as its events tell of it."""
    return session().execute(_versions().where(_version.id == version_id)).one()


def next_steps(version: Row[Any], *, at_once: bool) -> set[str]:
    """What its developer can do with a version now; the service decides again."""
    steps = set()
    in_rollout = 0 < version.percent < WHOLE and version.runs_from == 0
    if version.status == "approved" or (at_once and version.status in ("draft", "checked")):
        steps.add("release")
    if version.status in ("draft", "checked"):
        steps |= {"check", "submit"}
    if in_rollout and version.status == "released":
        steps |= {"resume"} if version.paused else {"release", "pause"}
    if in_rollout or (version.percent == WHOLE and _is_superseded(version.follows_id)):
        steps.add("roll_back")
    below_another = version.percent > 0 and version.runs_from > 0
    if version.status in ("draft", "checked", "submitted", "approved", "released") and not below_another:
        steps.add("withdraw")
    return steps


def _is_superseded(version_id: str | None) -> bool:
    return session().scalar(select(_version.status).where(_version.id == version_id)) == "superseded"


def newest_manifest(app_id: str) -> dict[str, Any]:
    """The manifest of the newest version, whatever its state. Raises NotFound."""
    row = (
        session()
        .execute(
            select(_version.manifest)
            .join(App, and_(_app.id == _version.app_id, _app.last_number == _version.number))
            .where(_app.id == app_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    manifest: dict[str, Any] = row.manifest
    return manifest


def secrets_of(actor: Actor, app_id: str) -> list[Row[Any]]:
    """The living credentials of the actor's app, newest first; never their values. Raises NotFound."""
    own_app(actor, app_id)
    c = AppCredential.__table__.c
    return list(
        session().execute(
            select(c.id, c.kind, c.kid, c.public, c.hint, c.created_at, c.expires_at, c.last_used_at)
            .where(c.app_id == app_id, *alive())
            .order_by(c.id.desc())
        )
    )


def publisher_of(actor: Actor) -> Row[Any] | None:
    return (
        session()
        .execute(
            select(Publisher.__table__).where(
                Publisher.workspace_id == actor.workspace_id, Publisher.membership_id == actor.membership_id
            )
        )
        .one_or_none()
    )


def base_url_override(actor: Actor, app_id: str) -> str | None:
    """Where the actor's app runs in development, if not where its version says. Raises NotFound."""
    own_app(actor, app_id)
    override: str | None = session().scalar(select(_app.base_url_override).where(_app.id == app_id))
    return override


def property_types(app_id: str) -> dict[tuple[str, str], str]:
    """The type of each property, by object and key, that any version of an app declares; the newest says."""
    found = select(_version.manifest).where(_version.app_id == app_id).order_by(_version.number)
    return {
        (row["object"], row["key"]): row["type"]
        for manifest in session().scalars(found)
        for row in manifest.get("properties", ())
    }


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """A secret that signs calls to an app, or did: `hint` is its end, as the console shows it."""

    hint: str
    secret: str
    lives: bool


def all_signing_secrets(actor: Actor, app_id: str) -> list[SigningSecret]:
    """Of an own app, newest first, those that ended among them. Raises NotFound."""
    own_app(actor, app_id)
    c = AppCredential.__table__.c
    rows = session().execute(
        select(c.id, c.sealed, c.hint, and_(*alive()).label("lives"))
        .where(c.app_id == app_id, c.kind == "signing_secret", c.sealed.is_not(None))
        .order_by(c.id.desc())
    )
    return [
        SigningSecret(row.hint, keyring().unseal(row.sealed, seal_row(row.id, app_id)).decode(), bool(row.lives))
        for row in rows
    ]
