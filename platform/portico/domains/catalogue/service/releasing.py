"""Versions: frozen manifests, released at once where the review is open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update

from portico import settings
from portico.domains.catalogue import manifests, queries
from portico.domains.catalogue.events import APP_VERSION_RELEASED
from portico.domains.catalogue.models import App, AppListing, AppVersion
from portico.kernel import clock, text
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session


def create_version(actor: Actor, app_id: str, manifest: dict[str, Any]) -> Any:
    """Freeze a manifest as the app's next version. Raises Invalid with every finding, and NotFound."""
    app = queries.own_app(actor, app_id)
    errors = manifests.findings(manifest)
    if errors:
        raise Invalid("The manifest has findings.", errors=errors)
    check_key(app["key"], manifest)
    return queries.own_version(actor, app_id, add_version(actor, app_id, manifest))


def check_key(key: str, manifest: dict[str, Any]) -> None:
    """The key is how people and workspaces know the app: it never changes. Raises Invalid."""
    if manifest["app"]["key"] != key:
        message = f"The key of an app cannot change; write key = {key!r}."
        raise Invalid(message, errors=[FieldError("/manifest/app/key", "key_immutable", message)])


def add_version(actor: Actor, app_id: str, manifest: dict[str, Any]) -> str:
    """The next version; answers its id. Bumping the counter makes two deployments of one app queue up."""
    work = session()
    app = work.execute(
        update(App)
        .where(App.id == app_id)
        .values(last_number=App.last_number + 1, updated_at=clock.now())
        .returning(App.last_number, App.visibility)
    ).one()
    version_id = new_id("ver")
    work.execute(
        insert(AppVersion).values(
            id=version_id,
            app_id=app_id,
            number=app.last_number,
            status="submitted",
            digest=manifests.digest(manifest),
            manifest=manifest,
            findings=[],
            name=manifest["app"]["name"],
            base_url=manifests.base_url(manifest),
            scopes=manifests.all_scopes(manifest),
            surfaces=manifests.surfaces(manifest),
            created_at=clock.now(),
        )
    )
    if is_released_at_once(app_id, app.visibility):
        release(actor, app_id, version_id)
    return version_id


def is_released_at_once(app_id: str, visibility: str) -> bool:
    """A private app runs in its owner's own workspace: nobody else needs to be protected from it by a review.

    One that passed review may be installed elsewhere, also after it went private: its versions are reviewed on.
    """
    return settings.current().review == "open" or (visibility == "private" and not is_approved(app_id))


def is_approved(app_id: str) -> bool:
    """Whether what is released came through the review, and not only past it as private apps may."""
    row = session().scalar(
        select(AppVersion.reviewed_at).where(AppVersion.app_id == app_id, AppVersion.status == "released")
    )
    return row is not None


def release(actor: Actor, app_id: str, version_id: str) -> None:
    """The version becomes the one that runs, everywhere, and the one before it is superseded."""
    work = session()
    work.execute(
        update(AppVersion)
        .where(AppVersion.app_id == app_id, AppVersion.status == "released")
        .values(status="superseded")
    )
    row = work.execute(
        update(AppVersion)
        .where(AppVersion.id == version_id, AppVersion.app_id == app_id)
        .values(status="released", released_at=clock.now())
        .returning(AppVersion.id, AppVersion.app_id, AppVersion.number, AppVersion.status, AppVersion.created_at)
    ).one()
    _list(app_id)
    emit(actor, APP_VERSION_RELEASED, row)


def _list(app_id: str) -> None:
    """Write the listing anew from the released manifest."""
    work = session()
    row = work.execute(
        select(AppVersion.manifest, App.key)
        .join(App, App.id == AppVersion.app_id)
        .where(AppVersion.app_id == app_id, AppVersion.status == "released")
    ).one()
    about = row.manifest["app"]
    categories = about.get("categories", [])
    words = text.search_words(row.key, *_texts(about["name"]), *_texts(about["summary"]), *categories)
    work.execute(delete(AppListing).where(AppListing.id == app_id))
    work.execute(
        insert(AppListing).values(
            id=app_id,
            category_words=f" {' '.join(categories)} ",
            search_words=f" {' '.join(sorted(words))} ",
            published_at=clock.now(),
        )
    )


def _texts(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value.values())
