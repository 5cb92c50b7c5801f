"""Apps that one could have: the catalogue for everybody, asking for an app or for what it lacks, and the answers."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, redirect, request
from flask_babel import gettext, lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portico.domains.catalogue import queries
from portico.domains.installations import queries as installations
from portico.domains.installations import requests, service
from portico.domains.installations.schemas import LIVE
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import ListQuery
from portico.kernel.scopes import SCOPES
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.web import markdown
from portico.web.forms import Form, strip
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("portal", N_("Apps"), "store", "portal.catalogue", 80, scope="installations:request")]
_MINE = 50


class AskForApp(Form):
    pointers: ClassVar = {"/reason": "reason"}

    reason = TextAreaField(
        lazy_gettext("What do you need it for?"),
        [DataRequired(lazy_gettext("A line is enough; who decides reads it.")), Length(max=2000)],
        filters=[strip],
        render_kw={"rows": 3},
    )


def _tile(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    there = installations.live_installation(actor, row["id"])
    return {
        "name": row["name"],
        "summary": row["summary"],
        "url": workspace_url("portal.catalogue_app", app_key=row["app_key"]),
        "icon_url": row["icon_url"],
        "key": row["app_key"],
        "publisher": row["publisher"]["name"],
        "categories": [],
        "installed": there is not None,
    }


@blueprint.page("/catalogue", scope="installations:request")
def catalogue(actor: Actor) -> Any:
    found = queries.page_of_catalogue(actor, page_query(queries.CATALOGUE, {}, limit=24))
    mine = [row for row in requests.page_of_requests(actor, ListQuery(limit=_MINE)).rows if row["requesters"]]
    own = [row for row in mine if any(each["employee_id"] == actor.employee_id for each in row["requesters"])]
    looks = queries.looks_of({row["app_id"] for row in own}, actor.locale)
    return Form().page(
        "portal/catalogue/list.html",
        apps=[_tile(actor, row) for row in found.rows],
        links=page_links(found),
        requests=[{**row, "app": looks[row["app_id"]]} for row in own],
    )


@blueprint.page("/catalogue/<app_key>", methods=("GET", "POST"), scope="installations:request")
def catalogue_app(actor: Actor, app_key: str) -> Any:
    listing = queries.listing(actor, app_key)
    there = installations.live_installation(actor, listing["id"])
    form = AskForApp()
    if form.validate_on_submit():
        with form.attempt():
            made = service.request_app(actor, app_key, form.reason.data or "")
            at_once = made["status"] == "approved"
            flash(gettext("It is installed for you.") if at_once else gettext("Your request is in."), "success")
            return redirect(workspace_url("portal.catalogue"), 303)
    return form.page(
        "portal/catalogue/app.html",
        app=listing,
        description=markdown.render(listing["description"]),
        scopes=[_worded(row) for row in listing["scopes"]],
        installed=there is not None,
        lacking=bool(there and there["pending_scopes"]),
        usable=there is not None and installations.is_available(actor, there["id"]),
    )


def _worded(scope: dict[str, Any]) -> dict[str, Any]:
    sentence = scope["sentence"]
    return {**scope, "sentence": gettext(sentence)}


@blueprint.page(
    '/installations/<id("ins"):installation_id>/scopes', methods=("GET", "POST"), scope="installations:request"
)
def app_scopes(actor: Actor, installation_id: str) -> Any:
    """`ask` names the scopes, with commas; without it, all that the app lacks."""
    row = installations.installation(actor, installation_id)
    if row["status"] not in LIVE or not installations.is_available(actor, installation_id):
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
        app=queries.looks_of([row["app_id"]], actor.locale)[row["app_id"]],
        lacking=[_in_words(name) for name in lacking],
        waiting=_own_request(actor, row["app_id"]),
    )


def _in_words(name: str) -> dict[str, str]:
    sentence = gettext(SCOPES[name].sentence) if name in SCOPES else name
    return {"name": name, "sentence": sentence[:1].upper() + sentence[1:]}


def _own_request(actor: Actor, app_id: str) -> dict[str, Any] | None:
    """The open request that this person has joined."""
    found = requests.open_request(actor, app_id, "permissions")
    if found is None or actor.employee_id not in requests.askers_of(actor, found):
        return None
    return requests.request(actor, found)
