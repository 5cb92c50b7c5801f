"""Registering an app: its manifest is written, checked and previewed; the answer shows its secrets once."""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from portico.console.blueprint import ROLE, blueprint
from portico.console.manifests import Manifest, read
from portico.console.previewing import Preview, preview
from portico.console.starters import TEMPLATES
from portico.domains.catalogue import service
from portico.domains.catalogue.errors import AppKeyTaken
from portico.kernel import public
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import unit
from portico.web.forms import Form


@blueprint.page("/apps/new", methods=("GET", "POST"), role=ROLE, own_units=True)
def apps_new(actor: Actor) -> Any:
    """The answer to the POST shows the secrets, and no other page ever does."""
    form = Manifest(source=_starter(actor))
    shown: Preview | None = None
    if form.validate_on_submit():
        reading = read(form.source.data)
        if reading.good and reading.manifest is not None and request.form.get("step") != "check":
            with form.attempt():
                with unit(actor.workspace_id, write=True):
                    app = service.register_app(actor, reading.manifest)
                return _made(actor, app)
        shown = preview(actor, reading)
    with unit(actor.workspace_id, write=False):
        response = form.page("console/apps/new.html", preview=shown, templates=TEMPLATES, taken=_taken(form))
    response.status_code = 422 if shown is not None and shown.reading.findings else form.status
    return response


def _taken(form: Form) -> bool:
    return isinstance(form.refusal, AppKeyTaken)


def _starter(actor: Actor) -> str:
    """The template that was asked for, with a key that nobody else is likely to have."""
    wanted = request.args.get("template")
    template = next((each for each in TEMPLATES if each.key == wanted), TEMPLATES[0])
    return template.source.format(key=f"{template.key}-{actor.id[-6:]}")


def _made(actor: Actor, app: dict[str, Any]) -> str:
    return render_template("console/credentials/made.html", app=app, environment=environment(app), base=public.url())


def environment(app: dict[str, Any]) -> str:
    """What the app's process needs, as lines for its environment."""
    lines = [f"PORTICO_BASE_URL={public.url()}", f"PORTICO_CLIENT_ID={app['client_id']}"]
    if app.get("client_secret"):
        lines.append(f"PORTICO_CLIENT_SECRET={app['client_secret']}")
    return "\n".join([*lines, f"PORTICO_SIGNING_SECRET={app['signing_secret']}"])
