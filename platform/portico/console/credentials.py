"""Credentials of an app. A secret stands in the answer that made it, and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint, go
from portico.domains.catalogue import manifests, queries, service
from portico.domains.installations import queries as installations
from portico.domains.webhooks import queries as webhooks
from portico.domains.webhooks import service as webhook_service
from portico.kernel import clock, public
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.web.acting import act

_MOST = 2


def _endings() -> dict[str, tuple[int | None, str]]:
    """When the first secret ends, once there is a second: hours, and how it is said."""
    return {
        "day": (24, gettext("in 24 hours")),
        "week": (168, gettext("in 7 days")),
        "open": (None, gettext("when I end it")),
    }


@blueprint.page(f"{APP}/credentials", role=ROLE)
def apps_credentials(actor: Actor, app_id: str) -> str:
    rows = queries.secrets_of(actor, app_id)
    secrets = [row for row in rows if row.kind == "client_secret"]
    return render_template(
        "console/credentials/list.html",
        app=queries.own_app(actor, app_id),
        tabs=tabs(app_id, "apps_credentials"),
        secrets=secrets,
        keys=[row for row in rows if row.kind == "public_key"],
        endings=[(key, text) for key, (_, text) in _endings().items()],
        signing=[row for row in rows if row.kind == "signing_secret"],
        webhook_keys=webhooks.signing_keys_of_app(actor, app_id),
        public_client=manifests.is_public_client(queries.newest_manifest(app_id)),
        full=len(secrets) >= _MOST,
        installation=installations.live_installation(actor, app_id),
        base=public.url(),
    )


def _shown(actor: Actor, app_id: str, **secret: str) -> str:
    app = queries.own_app(actor, app_id)
    return render_template("console/credentials/shown.html", app=app, tabs=tabs(app_id, "apps_credentials"), **secret)


@blueprint.page(f"{APP}/secrets", methods=("POST",), role=ROLE)
def apps_secret_new(actor: Actor, app_id: str) -> Any:
    made: list[Any] = []
    hours, _ = _endings().get(request.form.get("ends", ""), (None, ""))
    ends = clock.now() + timedelta(hours=hours) if hours else None
    if act(
        lambda: made.append(service.create_client_secret(actor, app_id, ends)), gettext("There is a second secret.")
    ):
        return _shown(actor, app_id, client_secret=made[0].client_secret)
    return go("apps_credentials", app_id=app_id)


@blueprint.page(f'{APP}/secrets/<id("sec"):secret_id>/end', methods=("POST",), role=ROLE)
def apps_secret_end(actor: Actor, app_id: str, secret_id: str) -> Any:
    act(lambda: service.end_client_secret(actor, app_id, secret_id), gettext("The secret is dead."))
    return go("apps_credentials", app_id=app_id)


@blueprint.page(f"{APP}/webhook-key", methods=("POST",), role=ROLE)
def apps_webhook_key(actor: Actor, app_id: str) -> Any:
    queries.own_app(actor, app_id)
    found = webhooks.signing_keys_of_app(actor, app_id)
    if found is None:
        raise NotFound()
    done = gettext("There is a new key. The one before it signs along.")
    act(lambda: webhook_service.rotate_key(actor, found[0]), done)
    return go("apps_credentials", app_id=app_id)


@blueprint.page(f"{APP}/signing-secret", methods=("POST",), role=ROLE)
def apps_signing_rotate(actor: Actor, app_id: str) -> Any:
    made: list[str] = []
    if act(lambda: made.append(service.rotate_signing_secret(actor, app_id)), gettext("There is a new secret.")):
        return _shown(actor, app_id, signing_secret=made[0])
    return go("apps_credentials", app_id=app_id)
