"""How an app stands: what people say about it, and stopping it everywhere as its publisher."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext, lazy_gettext
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint, go
from portico.domains.catalogue import queries
from portico.domains.catalogue.queries import ratings
from portico.domains.catalogue.queries.standing import summaries
from portico.domains.installations import reach, service
from portico.domains.installations.service import rating
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import unit
from portico.web.acting import act
from portico.web.forms import Form, strip
from portico.web.lists import page_links, page_query


class Stop(Form):
    reason = TextAreaField(
        lazy_gettext("Why"),
        [DataRequired(lazy_gettext("Every admin who runs it reads this.")), Length(max=500)],
        filters=[strip],
        description=lazy_gettext("Every admin who runs it reads this."),
        render_kw={"rows": 3},
    )


def _app(actor: Actor, app_id: str) -> dict[str, Any]:
    look = queries.looks_of([app_id], actor.locale)
    return {**queries.own_app(actor, app_id), "icon_url": look[app_id]["icon_url"]}


@blueprint.page(f"{APP}/ratings", role=ROLE)
def apps_ratings(actor: Actor, app_id: str) -> Any:
    app = _app(actor, app_id)
    found = ratings.page_of_ratings(actor, app["key"], page_query(ratings.RATINGS))
    return Form().page(
        "console/standing/ratings.html",
        app=app,
        tabs=tabs(app_id, "apps_ratings"),
        rows=found.rows,
        links=page_links(found),
        rating=summaries([app_id])[app_id],
    )


@blueprint.page(f'{APP}/ratings/<id("rat"):rating_id>/answer', methods=("POST",), role=ROLE)
def apps_ratings_answer(actor: Actor, app_id: str, rating_id: str) -> Any:
    key = queries.own_app(actor, app_id)["key"]
    text = (request.form.get("text") or "").strip()[:2000] or None
    act(lambda: rating.answer_rating(actor, key, rating_id, text), gettext("Saved."))
    return go("apps_ratings", app_id=app_id)


def _stop_page(actor: Actor, app_id: str, form: Stop) -> Any:
    with unit(actor.workspace_id, write=False):
        app = _app(actor, app_id)
        stops = queries.stops_of([app_id]).get(app_id, [])
        page_tabs = tabs(app_id, "apps_stop")
    return form.page("console/standing/stop.html", app=app, tabs=page_tabs, stops=stops, reach=reach.reach(app_id))


@blueprint.page(f"{APP}/suspension", methods=("GET", "POST"), role=ROLE, own_units=True)
def apps_stop(actor: Actor, app_id: str) -> Any:
    form = Stop()
    if form.validate_on_submit():
        outcome = service.suspend_as_publisher(actor, app_id, None, form.reason.data)
        text = gettext("It stands still everywhere. Installations that changed: %(count)s", count=outcome["changed"])
        flash(text, "success")
        return go("apps_stop", app_id=app_id)
    return _stop_page(actor, app_id, form)


@blueprint.page(f"{APP}/suspension/lift", methods=("POST",), role=ROLE, own_units=True)
def apps_stop_lift(actor: Actor, app_id: str) -> Any:
    act(lambda: service.resume_as_publisher(actor, app_id), gettext("You no longer hold it."))
    return go("apps_stop", app_id=app_id)
