"""Released versions, for the domains above, which have checked the right to ask."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select

from portico.domains.catalogue import manifests
from portico.domains.catalogue.manifests import APP_KEY
from portico.domains.catalogue.models import App, AppListing, AppVersion, Publisher
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

_app = App.__table__.c
_version = AppVersion.__table__.c
_listing = AppListing.__table__.c


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
    if not APP_KEY.fullmatch(app_key):
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
