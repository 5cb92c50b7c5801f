"""Versions: frozen manifests, released at once where the review is open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, update

from portico.domains.catalogue import manifests, queries
from portico.domains.catalogue.models import App, AppVersion
from portico.domains.catalogue.service import reviewing, rolling_out
from portico.domains.catalogue.service.picturing import take_screenshots
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Invalid, Stale
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session


def create_version(
    actor: Actor, app_id: str, manifest: dict[str, Any], *, release: bool = True, after: int | None = None
) -> Any:
    """Freeze a manifest as the app's next version; without `release` it stays a draft.

    `after` is the number of the version that it was made from: if that is the newest no more, it is refused.
    Raises Invalid with every finding, Stale, and NotFound.
    """
    app = queries.own_app(actor, app_id)
    errors = manifests.findings(manifest)
    if errors:
        raise Invalid("The manifest has findings.", errors=errors)
    check_key(app["key"], manifest)
    check_properties(app_id, manifest)
    return queries.own_version(actor, app_id, add_version(actor, app_id, manifest, release=release, after=after))


def check_key(key: str, manifest: dict[str, Any]) -> None:
    """The key is how people and workspaces know the app: it never changes. Raises Invalid."""
    if manifest["app"]["key"] != key:
        message = f"The key of an app cannot change; write key = {key!r}."
        raise Invalid(message, errors=[FieldError("/manifest/app/key", "key_immutable", message)])


def check_properties(app_id: str, manifest: dict[str, Any]) -> None:
    """A property keeps its type through all versions, since workspaces hold values of it. Raises Invalid."""
    known = queries.property_types(app_id)
    errors = [
        FieldError(
            f"/manifest/properties/{place}/type",
            "type_immutable",
            f"{row['key']} is {known[row['object'], row['key']]} in an earlier version; keep it, or take another key.",
        )
        for place, row in enumerate(manifest.get("properties", ()))
        if known.get((row["object"], row["key"]), row["type"]) != row["type"]
    ]
    if errors:
        raise Invalid("The manifest has findings.", errors=errors)


def add_version(
    actor: Actor, app_id: str, manifest: dict[str, Any], *, release: bool = True, after: int | None = None
) -> str:
    """The next version; answers its id. Bumping the counter makes two deployments of one app queue up."""
    work = session()
    app = work.execute(
        update(App)
        .where(App.id == app_id, *([App.last_number == after] if after is not None else []))
        .values(last_number=App.last_number + 1, updated_at=clock.now())
        .returning(App.last_number, App.visibility)
    ).one_or_none()
    if app is None:
        raise Stale("There is a newer version meanwhile; look at it, then repeat your change.")
    take_screenshots(actor, app_id, manifest)
    version_id = new_id("ver")
    work.execute(
        insert(AppVersion).values(
            id=version_id,
            app_id=app_id,
            number=app.last_number,
            status="draft",
            digest=manifests.digest(manifest),
            manifest=manifest,
            findings=[],
            name=manifest["app"]["name"],
            base_url=manifests.base_url(manifest),
            scopes=manifests.all_scopes(manifest),
            surfaces=manifests.surfaces(manifest),
            actions=manifests.kept_actions(manifest),
            created_at=clock.now(),
        )
    )
    if release and rolling_out.is_released_at_once(app_id, app.visibility):
        rolling_out.start(actor, app_id, version_id)
    elif release:
        reviewing.ask(actor, version_id, hand_in=True)
    return version_id
