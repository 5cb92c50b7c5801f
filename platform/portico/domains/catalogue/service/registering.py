"""Registering apps, and what their owner decides about them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from portico import settings
from portico.domains.catalogue import manifests, queries
from portico.domains.catalogue.errors import AppKeyTaken, PublisherSuspended, ReviewRequired
from portico.domains.catalogue.models import App
from portico.domains.catalogue.service import credentials, publishing, releasing, rolling_out
from portico.domains.identity.queries import member
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, Invalid, invalid
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session


def register_app(actor: Actor, manifest: dict[str, Any]) -> dict[str, Any]:
    """A new, private app with its first version; answers it with its secrets, this once.

    Raises Invalid with every finding, and AppKeyTaken.
    """
    errors = manifests.findings(manifest)
    if errors:
        raise Invalid("The manifest has findings.", errors=errors)
    app_id = _insert_app(_publisher(actor), manifest["app"]["key"])
    public = manifests.is_public_client(manifest)
    client_secret = None if public else credentials.add_client_secret(app_id).client_secret
    signing_secret = credentials.add_signing_secret(app_id)
    releasing.add_version(actor, app_id, manifest)
    return {**queries.own_app(actor, app_id), "client_secret": client_secret, "signing_secret": signing_secret}


def _publisher(actor: Actor) -> str:
    """The publisher that the person is; their first app makes it."""
    if actor.membership_id is None:
        raise Forbidden("Only a person who belongs to a workspace can publish apps.")
    found = queries.publisher_of(actor)
    if found is not None:
        if found.suspended_at is not None:
            raise PublisherSuspended()
        return str(found.id)
    name = member(actor, actor.membership_id).display_name
    return publishing.make_publisher(actor, name)


def _insert_app(publisher_id: str, key: str) -> str:
    app_id = new_id("app")
    now = clock.now()
    values = {"id": app_id, "publisher_id": publisher_id, "key": key, "created_at": now, "updated_at": now}
    work = session()
    try:
        with work.begin_nested():
            work.execute(insert(App).values(**values, visibility="private", last_number=0))
    except IntegrityError as error:
        raise AppKeyTaken(f"Another app has the key {key!r}; choose another one.") from error
    return app_id


def update_app(actor: Actor, app_id: str, *, visibility: str | None = None) -> dict[str, Any]:
    """Change who may find and install the app. Raises NotFound, ReviewRequired."""
    app = queries.own_app(actor, app_id)
    if visibility is None:
        return app
    if visibility != "private" and settings.current().review != "open" and not rolling_out.is_approved(app_id):
        raise ReviewRequired()
    session().execute(update(App).where(App.id == app_id).values(visibility=visibility, updated_at=clock.now()))
    return queries.own_app(actor, app_id)


def override_base_url(actor: Actor, app_id: str, base_url: str | None) -> None:
    """In development, say where the app runs now, since ports change. Raises Forbidden, Invalid, NotFound."""
    if not manifests.in_development():
        raise Forbidden("The address of a frozen version can be overridden in development only.")
    queries.own_app(actor, app_id)
    if base_url is not None and not _is_origin(base_url):
        raise invalid("/base_url", "base_url", "Write scheme and host alone, as in http://localhost:9000.")
    override = base_url.rstrip("/") if base_url else None
    session().execute(update(App).where(App.id == app_id).values(base_url_override=override))


def _is_origin(url: str) -> bool:
    manifest = {"runtime": {"base_url": url}}
    parts = urlsplit(url)
    wrong = {error.pointer for error in manifests.findings(manifest)}
    return bool(parts.netloc) and "/manifest/runtime/base_url" not in wrong
