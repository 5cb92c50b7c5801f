"""Public keys of an app: pasted as a JWK, ended by a button."""

from __future__ import annotations

import json
from typing import Any

from flask import flash
from flask_babel import gettext, lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint, go
from portico.domains.catalogue import queries, service
from portico.kernel.actor import Actor
from portico.web.acting import act
from portico.web.forms import Form

_EXAMPLE = """{
  "kty": "EC",
  "crv": "P-256",
  "kid": "main",
  "x": "…",
  "y": "…"
}"""


class KeyForm(Form):
    jwk = TextAreaField(
        lazy_gettext("Public key (JWK)"),
        validators=[InputRequired(), Length(max=10_000)],
        description=lazy_gettext("A P-256 or RSA key, without its private members."),
    )


@blueprint.page(f"{APP}/keys", methods=("GET", "POST"), role=ROLE)
def apps_key_new(actor: Actor, app_id: str) -> Any:
    form = KeyForm()
    if form.validate_on_submit() and _add(form, actor, app_id):
        flash(gettext("The key is registered."), "success")
        return go("apps_credentials", app_id=app_id)
    app = queries.own_app(actor, app_id)
    about = {"app": app, "tabs": tabs(app_id, "apps_credentials"), "example": _EXAMPLE}
    return form.page("console/credentials/key.html", **about)


def _add(form: KeyForm, actor: Actor, app_id: str) -> bool:
    try:
        jwk = json.loads(form.jwk.data)
    except (ValueError, RecursionError):
        jwk = None
    if not isinstance(jwk, dict):
        form.jwk.errors = [gettext("This is not a JSON object.")]
        return False
    with form.attempt():
        service.add_public_key(actor, app_id, jwk)
        return True
    return False


@blueprint.page(f'{APP}/keys/<id("sec"):key_id>/end', methods=("POST",), role=ROLE)
def apps_key_end(actor: Actor, app_id: str, key_id: str) -> Any:
    act(lambda: service.end_public_key(actor, app_id, key_id), gettext("The key is dead."))
    return go("apps_credentials", app_id=app_id)
