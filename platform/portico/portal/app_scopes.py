"""Asking for what an app lacks: the app's page or panel leads here, and a person says why."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_babel import gettext

from portico.domains.catalogue import queries as catalogue
from portico.domains.installations import queries, requests, service
from portico.domains.installations.schemas import LIVE
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.scopes import SCOPES
from portico.portal.blueprint import blueprint
from portico.portal.catalogue import AskForApp
from portico.web.pages import workspace_url


@blueprint.page(
    '/installations/<id("ins"):installation_id>/scopes', methods=("GET", "POST"), scope="installations:request"
)
def app_scopes(actor: Actor, installation_id: str) -> Any:
    """`ask` names the scopes, with commas; without it, all that the app lacks."""
    row = queries.installation(actor, installation_id)
    if row["status"] not in LIVE or not queries.is_available(actor, installation_id):
        raise NotFound()
    named = [name for name in (request.args.get("ask") or "").split(",") if name][:50]
    lacking = [name for name in named or row["pending_scopes"] if name in row["pending_scopes"]]
    form = AskForApp()
    if lacking and form.validate_on_submit():
        with form.attempt():
            service.request_app(actor, row["app_key"], form.reason.data or "", lacking if named else ())
            flash(gettext("Your request is in."), "success")
            return redirect(workspace_url("portal.catalogue"), 303)
    return form.page(
        "portal/catalogue/scopes.html",
        app=catalogue.looks_of([row["app_id"]], actor.locale)[row["app_id"]],
        lacking=[_worded(name) for name in lacking],
        waiting=_own_request(actor, row["app_id"]),
    )


def _worded(name: str) -> dict[str, str]:
    sentence = gettext(SCOPES[name].sentence) if name in SCOPES else name
    return {"name": name, "sentence": sentence[:1].upper() + sentence[1:]}


def _own_request(actor: Actor, app_id: str) -> dict[str, Any] | None:
    """The open request that this person has joined."""
    found = requests.open_request(actor, app_id, "permissions")
    if found is None or actor.employee_id not in requests.askers_of(actor, found):
        return None
    return requests.request(actor, found)
