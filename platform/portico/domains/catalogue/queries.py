"""Reads of the catalogue. Its tables are global: a developer's begin at `own_apps(actor)`, a workspace's at
`visible_to(actor)`; what names an app by id answers other domains, which have checked the right to ask."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select

from portico.domains.catalogue import manifests
from portico.domains.catalogue.models import App, AppCredential, AppListing, AppVersion, Publisher
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import Condition, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.scopes import SCOPES
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session

_KEY = re.compile(r"[a-z][a-z0-9_-]{1,39}")
_app = App.__table__.c
_version = AppVersion.__table__.c
_listing = AppListing.__table__.c

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


def _has_word(column: ColumnElement[str]) -> Any:
    def clause(operator: str, value: Any) -> ColumnElement[bool]:
        return column.contains(f" {value} ", autoescape=True)

    return clause


def _begins_words(operator: str, value: str) -> ColumnElement[bool]:
    """Each term is the beginning of a word. The catalogue is small and global: a scan is cheap."""
    return and_(*(_listing.search_words.contains(f" {term}", autoescape=True) for term in value.split()))


CATALOGUE = Listing(
    id_column=_listing.id,
    filters={
        "category": Filter(clause=_has_word(_listing.category_words), operators=("eq",)),
        "publisher_id": Filter(column=_app.publisher_id, operators=("eq", "in")),
        "visibility": Filter(column=_app.visibility, operators=("eq",), choices=("private", "public")),
    },
    sorts={"published_at": Sort(_listing.published_at, instant=True), "app_key": Sort(_app.key)},
    default_sort="app_key",
)
_SEARCHED = replace(CATALOGUE, filters={**CATALOGUE.filters, "q": Filter(clause=_begins_words, operators=("eq",))})


# --- developers -------------------------------------------------------------------------------------------------------


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


def page_of_apps(actor: Actor, query: ListQuery) -> Page:
    found = page(own_apps(actor), APPS, actor.workspace_id, query)
    return replace(found, rows=[_app_dict(row, actor) for row in found.rows])


def page_of_versions(actor: Actor, app_id: str, query: ListQuery) -> Page:
    """The versions of one of the actor's apps, newest first. Raises NotFound."""
    own_app(actor, app_id)
    return page(select(AppVersion.__table__).where(_version.app_id == app_id), VERSIONS, actor.workspace_id, query)


def own_version(actor: Actor, app_id: str, version_id: str) -> Row[Any]:
    """One version of the actor's app. Raises NotFound."""
    own_app(actor, app_id)
    row = (
        session()
        .execute(select(AppVersion.__table__).where(_version.app_id == app_id, _version.id == version_id))
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return row


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
            select(c.id, c.kind, c.hint, c.created_at, c.expires_at, c.last_used_at)
            .where(c.app_id == app_id, *_alive())
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


# --- credentials, for whom an app authenticates to, or who signs to it ------------------------------------------------


def _alive() -> tuple[ColumnElement[bool], ...]:
    c = AppCredential.__table__.c
    return c.revoked_at.is_(None), or_(c.expires_at.is_(None), c.expires_at > clock.now())


def client_secrets(app_id: str) -> list[Row[Any]]:
    """`(id, digest)` of the secrets by which this client may authenticate."""
    c = AppCredential.__table__.c
    return list(
        session().execute(
            select(c.id, c.digest).where(c.app_id == app_id, c.kind == "client_secret", *_alive()).order_by(c.id)
        )
    )


def seal_row(credential_id: str, app_id: str) -> str:
    """The associated data of a sealed signing secret: it opens only where it was put."""
    return f"app_credential|sealed|{credential_id}|{app_id}"


def signing_secrets(app_id: str) -> list[str]:
    """The secrets (`whsec_…`) that sign calls to the app, newest first."""
    c = AppCredential.__table__.c
    rows = session().execute(
        select(c.id, c.sealed).where(c.app_id == app_id, c.kind == "signing_secret", *_alive()).order_by(c.id.desc())
    )
    return [keyring().unseal(row.sealed or "", seal_row(row.id, app_id)).decode() for row in rows]


# --- released versions, for the domains above -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Released:
    """The released version of an app, as it runs now: `base_url` honours the override of development."""

    app_id: str
    app_key: str
    publisher_id: str
    publisher_workspace_id: str
    visibility: str
    version_id: str
    number: int
    base_url: str
    manifest: dict[str, Any]


def _released() -> Select[Any]:
    return (
        select(
            _app.id,
            _app.key,
            _app.publisher_id,
            _app.visibility,
            _app.base_url_override,
            Publisher.workspace_id.label("home"),
            _version.id.label("version_id"),
            _version.number,
            _version.base_url,
            _version.manifest,
        )
        .join(Publisher, Publisher.id == _app.publisher_id)
        .join(AppVersion, and_(_version.app_id == _app.id, _version.status == "released"))
    )


def _one_released(condition: ColumnElement[bool]) -> Released | None:
    row = session().execute(_released().where(condition)).one_or_none()
    if row is None:
        return None
    return Released(
        app_id=row.id,
        app_key=row.key,
        publisher_id=row.publisher_id,
        publisher_workspace_id=row.home,
        visibility=row.visibility,
        version_id=row.version_id,
        number=row.number,
        base_url=effective_base_url(row.base_url, row.base_url_override),
        manifest=row.manifest,
    )


def effective_base_url(frozen: str, override: str | None) -> str:
    """Where the app runs. Outside development nothing but the frozen address counts."""
    return override if override and manifests.in_development() else frozen


def released(app_id: str) -> Released | None:
    return _one_released(_app.id == app_id)


def installable(actor: Actor, app_key: str) -> Released | None:
    """The released app of this key, if this workspace may install it: private ones only in their home."""
    if not _KEY.fullmatch(app_key):
        return None
    may = or_(_app.visibility != "private", Publisher.workspace_id == actor.workspace_id)
    return _one_released(and_(_app.key == app_key, may))


def app_keys(app_ids: Iterable[str]) -> dict[str, str]:
    rows = session().execute(select(_app.id, _app.key).where(_app.id.in_(list(app_ids))))
    return {row.id: row.key for row in rows}


def looks_of(app_ids: Iterable[str], locale: str | None) -> dict[str, dict[str, Any]]:
    """How lists of other domains show these apps: key, name, icon and publisher, from the newest version."""
    rows = session().execute(
        select(
            _app.id,
            _app.key,
            Publisher.name.label("publisher"),
            _version.name.label("texts"),
            _version.number,
            _version.manifest["app"]["icon"].as_string().label("icon"),
        )
        .join(Publisher, Publisher.id == _app.publisher_id)
        .join(AppVersion, and_(_version.app_id == _app.id, _version.number == _app.last_number))
        .where(_app.id.in_(list(app_ids)))
    )
    return {
        row.id: {
            "id": row.id,
            "key": row.key,
            "name": manifests.localised(row.texts, locale),
            "icon_url": row.icon,
            "publisher": row.publisher,
            "number": row.number,
        }
        for row in rows
    }


def base_url_override(actor: Actor, app_id: str) -> str | None:
    """Where the actor's app runs in development, if not where its version says. Raises NotFound."""
    own_app(actor, app_id)
    override: str | None = session().scalar(select(_app.base_url_override).where(_app.id == app_id))
    return override


# --- the catalogue of a workspace -------------------------------------------------------------------------------------


def visible_to(actor: Actor, *, by_link: bool = False) -> Select[Any]:
    """Released apps that are public, or of a publisher at home here; by link the unlisted too."""
    open_ones = ("public", "unlisted") if by_link else ("public",)
    return (
        select(
            _listing.id,
            _listing.published_at,
            _app.key,
            _app.visibility,
            _app.publisher_id,
            Publisher.name.label("publisher_name"),
            _version.id.label("version_id"),
            _version.number,
            _version.status,
            _version.created_at,
            _version.manifest,
        )
        .join(App, _app.id == _listing.id)
        .join(Publisher, Publisher.id == _app.publisher_id)
        .join(AppVersion, and_(_version.app_id == _app.id, _version.status == "released"))
        .where(or_(_app.visibility.in_(open_ones), Publisher.workspace_id == actor.workspace_id))
    )


def page_of_catalogue(actor: Actor, query: ListQuery) -> Page:
    if query.q:
        terms = Condition("q", "eq", text.search_key(query.q))
        query = replace(query, q=None, conditions=(*query.conditions, terms))
    found = page(visible_to(actor), _SEARCHED, actor.workspace_id, query)
    return replace(found, rows=[_listing_dict(row, actor.locale) for row in found.rows])


def listing(actor: Actor, app_key: str) -> dict[str, Any]:
    """One app's page. Raises NotFound."""
    if not _KEY.fullmatch(app_key):
        raise NotFound()
    row = session().execute(visible_to(actor, by_link=True).where(_app.key == app_key)).one_or_none()
    if row is None:
        raise NotFound()
    return _listing_dict(row, actor.locale)


def _listing_dict(row: Row[Any], locale: str | None) -> dict[str, Any]:
    about = row.manifest["app"]
    return {
        "id": row.id,
        "app_key": row.key,
        "name": manifests.localised(about["name"], locale),
        "summary": manifests.localised(about["summary"], locale),
        "description": about.get("description"),
        "icon": about.get("icon"),
        "categories": about.get("categories", []),
        "publisher": {"id": row.publisher_id, "name": row.publisher_name},
        "visibility": row.visibility,
        "version": {"id": row.version_id, "number": row.number, "status": row.status, "created_at": row.created_at},
        "scopes": scopes_asked(row.manifest, locale),
        "egress": egress(row.manifest, locale),
        "support_url": about.get("support_url"),
        "privacy_url": about.get("privacy_url"),
        "published_at": row.published_at,
    }


def scopes_asked(manifest: manifests.Manifest, locale: str | None) -> list[dict[str, Any]]:
    """What the app asks for itself: required scopes first, each with the platform's sentence and its reason."""
    answer = []
    for group in ("scopes", "optional_scopes"):
        for row in manifests.access(manifest, group):
            scope = SCOPES.get(row["name"])
            if scope is not None:
                answer.append(
                    {
                        "name": scope.name,
                        "sentence": scope.sentence,
                        "risk": scope.risk,
                        "reason": manifests.localised(row["reason"], locale),
                        "required": group == "scopes",
                    }
                )
    return answer


def egress(manifest: manifests.Manifest, locale: str | None) -> list[dict[str, Any]]:
    return [
        {
            "host": row["host"],
            "purpose": manifests.localised(row["purpose"], locale),
            "personal_data": bool(row.get("personal_data", False)),
        }
        for row in manifests.access(manifest, "egress")
    ]
