"""Apps that one could have: the catalogue for everybody, asking for an app or for what it lacks, and the answers."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, redirect, request
from flask_babel import gettext, lazy_gettext
from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from portico.domains.catalogue import queries
from portico.domains.catalogue.categories import CATEGORIES
from portico.domains.catalogue.queries import ratings
from portico.domains.installations import queries as installations
from portico.domains.installations import requests, service
from portico.domains.installations.schemas import LIVE
from portico.domains.installations.service import rating
from portico.domains.interactions import queries as interactions
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import ListQuery
from portico.kernel.scopes import SCOPES
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.web import markdown
from portico.web.acting import act
from portico.web.forms import Form, blank_to_none, strip
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("portal", N_("Apps"), "store", "portal.catalogue", 80, scope="installations:request")]
_MINE = 50
_TEXTS = 20


class AskForApp(Form):
    pointers: ClassVar = {"/reason": "reason"}

    reason = TextAreaField(
        lazy_gettext("What do you need it for?"),
        [DataRequired(lazy_gettext("A line is enough; who decides reads it.")), Length(max=2000)],
        filters=[strip],
        render_kw={"rows": 3},
    )


class Rate(Form):
    stars = IntegerField(
        lazy_gettext("Stars"), [InputRequired(lazy_gettext("Choose one to five stars.")), NumberRange(1, 5)]
    )
    text = TextAreaField(
        lazy_gettext("What should others know?"),
        [Length(max=2000)],
        filters=[strip],
        description=lazy_gettext("Other companies read it too; your name is not shown."),
        render_kw={"rows": 3},
    )


def _pages_of_apps(actor: Actor) -> dict[str, str]:
    """The address of the first page that this person may open, for each app that has one."""
    found: dict[str, str] = {}
    for each in interactions.surfaces_for(actor, "portal.page"):
        at = {"installation_id": each.installation_id, "surface": each.key}
        found.setdefault(each.app_id, workspace_url("portal.app_page", **at))
    return found


def _tile(row: dict[str, Any], *, installed: bool, open_url: str | None) -> dict[str, Any]:
    return {
        "name": row["name"],
        "summary": row["summary"],
        "url": workspace_url("portal.catalogue_app", app_key=row["app_key"]),
        "icon_url": row["icon_url"],
        "key": row["app_key"],
        "publisher": row["publisher"]["name"],
        "verified": row["publisher"]["verification"] != "none",
        "rating": row["rating"],
        "categories": [gettext(CATEGORIES[key]) for key in row["categories"] if key in CATEGORIES],
        "installed": installed,
        "open_url": open_url,
    }


@blueprint.page("/catalogue", scope="installations:request")
def catalogue(actor: Actor) -> Any:
    wanted = request.args.get("category")
    filters = {"category": wanted if wanted in CATEGORIES else None}
    found = queries.page_of_catalogue(actor, page_query(queries.CATALOGUE, filters, limit=24))
    mine = [row for row in requests.page_of_requests(actor, ListQuery(limit=_MINE)).rows if row["requesters"]]
    own = [row for row in mine if any(each["employee_id"] == actor.employee_id for each in row["requesters"])]
    looks = queries.looks_of({row["app_id"] for row in own}, actor.locale)
    live = installations.live_installations(actor, [row["id"] for row in found.rows])
    pages = _pages_of_apps(actor)
    return Form().page(
        "portal/catalogue/list.html",
        apps=[_tile(row, installed=row["id"] in live, open_url=pages.get(row["id"])) for row in found.rows],
        links=page_links(found),
        categories=[(key, gettext(label)) for key, label in CATEGORIES.items()],
        requests=[{**row, "app": looks[row["app_id"]]} for row in own],
    )


@blueprint.page("/catalogue/<app_key>", methods=("GET", "POST"), scope="installations:request")
def catalogue_app(actor: Actor, app_key: str) -> Any:
    form = AskForApp()
    if form.validate_on_submit():
        with form.attempt():
            made = service.request_app(actor, app_key, form.reason.data or "")
            at_once = made["status"] == "approved"
            flash(gettext("It is installed for you.") if at_once else gettext("Your request is in."), "success")
            return redirect(workspace_url("portal.catalogue"), 303)
    return app_page(actor, app_key, form, Rate(formdata=None), sent=form)


@blueprint.page("/catalogue/<app_key>/rating", methods=("POST",), scope="ratings:write")
def catalogue_rate(actor: Actor, app_key: str) -> Any:
    form = Rate()
    if form.validate_on_submit():
        with form.attempt():
            rating.rate(actor, app_key, form.stars.data, blank_to_none(form.text.data))
            flash(gettext("Thank you. Your rating is on the page now."), "success")
            return _back(app_key)
    return app_page(actor, app_key, AskForApp(formdata=None), form, sent=form)


@blueprint.page("/catalogue/<app_key>/rating/remove", methods=("POST",), scope="ratings:write")
def catalogue_rating_remove(actor: Actor, app_key: str) -> Any:
    act(lambda: rating.take_back(actor, app_key), gettext("Your rating is gone."))
    return _back(app_key)


@blueprint.page('/catalogue/<app_key>/ratings/<id("rat"):rating_id>/report', methods=("POST",), scope="ratings:write")
def catalogue_rating_report(actor: Actor, app_key: str, rating_id: str) -> Any:
    reason = (request.form.get("reason") or "").strip()[:500] or gettext("No reason was given.")
    done = gettext("The operator of this Portico will look at it.")
    act(lambda: rating.report_rating(actor, app_key, rating_id, reason), done)
    return _back(app_key)


def _back(app_key: str) -> Any:
    return redirect(workspace_url("portal.catalogue_app", app_key=app_key) + "#ratings", 303)


def app_page(actor: Actor, app_key: str, ask: AskForApp, rate: Rate, *, sent: Form) -> Any:
    """All that is known of an app, with its two forms; the one that was sent as it was sent."""
    listing = queries.listing(actor, app_key)
    there = installations.live_installation(actor, listing["id"])
    mine = ratings.own_rating(actor, listing["id"])
    if mine is not None and sent is not rate:
        rate.stars.data, rate.text.data = mine["stars"], mine["text"]
    texts = ratings.page_of_ratings(actor, app_key, page_query(ratings.RATINGS, limit=_TEXTS))
    return sent.page(
        "portal/catalogue/app.html",
        app=listing,
        open_url=_pages_of_apps(actor).get(listing["id"]),
        ask=ask,
        rate=rate,
        mine=mine,
        ratings=texts.rows,
        links=page_links(texts),
        barred=rating.may_rate(actor, app_key),
        changes=queries.changes_of(listing["id"]),
        categories=[gettext(CATEGORIES[key]) for key in listing["categories"] if key in CATEGORIES],
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
