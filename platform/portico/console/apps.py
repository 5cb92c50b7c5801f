"""A developer's apps: the list, registering one, and its first page with the step that comes next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import URLField
from wtforms.validators import Length

from portico.console.blueprint import ROLE, blueprint, go, here
from portico.console.guided import guide
from portico.domains.api_log import queries as api_log
from portico.domains.catalogue import manifests, queries, service
from portico.domains.installations import queries as installations
from portico.domains.webhooks import queries as webhooks
from portico.kernel.actor import Actor
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, blank_to_none, strip
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [Entry("console", N_("My apps"), "layout-dashboard", "console.apps", 10, role=ROLE, key="a")]
APP = '/apps/<id("app"):app_id>'
_RECENT, _CALLS = 6, 4


def _with_state(actor: Actor, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    ids = [row["id"] for row in rows]
    looks, live = queries.looks_of(ids, actor.locale), installations.live_installations(actor, ids)
    return [{**row, "icon_url": looks[row["id"]]["icon_url"], "installation": live.get(row["id"])} for row in rows]


@blueprint.page("/", role=ROLE)
def apps(actor: Actor) -> str:
    found = queries.page_of_apps(actor, page_query(queries.APPS, sort="key"))
    recent = webhooks.page_of_deliveries(actor, ListQuery(limit=_RECENT)) if not actor.has_role("app_manager") else None
    return render_template(
        "console/apps/list.html",
        apps=_with_state(actor, found.rows),
        links=page_links(found),
        deliveries=webhooks.with_apps(actor, recent.rows) if recent else [],
        guide=guide(actor),
    )


class BaseUrl(Form):
    base_url = URLField(
        lazy_gettext("Where it runs now"),
        [Length(max=300)],
        filters=[strip],
        description=lazy_gettext("Scheme and host alone, as in http://localhost:9000. Empty: as the version says."),
    )


def tabs(app_id: str, current: str) -> list[dict[str, Any]]:
    """The pages of one app."""
    pages = [
        ("apps_show", gettext("Overview")),
        ("apps_credentials", gettext("Credentials")),
        ("apps_versions", gettext("Versions")),
        ("apps_listing", gettext("Listing")),
        ("apps_installations", gettext("Installations")),
        ("apps_deliveries", gettext("Deliveries")),
        ("apps_requests", gettext("API log")),
        ("apps_calls", gettext("Calls")),
        ("apps_ratings", gettext("Ratings")),
        ("apps_stop", gettext("Suspension")),
    ]
    return [{"label": label, "url": here(name, app_id=app_id), "active": name == current} for name, label in pages]


def _next_step(app: dict[str, Any], failing: bool, refused: bool) -> dict[str, str]:
    """The one thing that brings this app on."""
    if app["version"]["status"] == "submitted":
        return {"title": gettext("The version is in review"), "text": gettext("You will see the answer here.")}
    if app["installation"] is None:
        return {
            "title": gettext("Install it in this workspace"),
            "text": gettext("Then it gets an installation id, with which it asks for its token, and events begin."),
            "url": here("apps_install", app_id=app["id"]),
            "action": gettext("Install"),
        }
    if failing:
        return {
            "title": gettext("A delivery failed"),
            "text": gettext("Look at the request and the answer; when it is mended, deliver it again."),
            "url": here("apps_deliveries", app_id=app["id"], state="failed"),
            "action": gettext("Look at it"),
        }
    if refused:
        return {
            "title": gettext("The last call was refused"),
            "text": gettext("Look at what the app asked, why it was refused, and what mends it."),
            "url": here("apps_requests", app_id=app["id"]),
            "action": gettext("Look at it"),
        }
    return {
        "title": gettext("It runs"),
        "text": gettext("Each event that it receives stands under Deliveries, with request and answer."),
        "url": here("apps_deliveries", app_id=app["id"]),
        "action": gettext("See the deliveries"),
    }


def _waiting(installation: dict[str, Any] | None, manifest: dict[str, Any]) -> list[str]:
    """What the app requires and the workspace has not granted."""
    pending = installation["pending_scopes"] if installation else []
    return [name for name in manifests.scope_names(manifest, "scopes") if name in pending]


def _overview(actor: Actor, app_id: str, form: Form) -> Any:
    [app] = _with_state(actor, [queries.own_app(actor, app_id)])
    installation = app["installation"]
    mine = Condition("installation_id", "eq", installation["id"] if installation else "none")
    recent = webhooks.page_of_deliveries(actor, ListQuery(limit=_RECENT, conditions=(mine,)))
    failing = any(row["state"] == "failed" for row in recent.rows)
    calls = api_log.page_of_requests(actor, ListQuery(limit=_CALLS), app_id).rows
    manifest = queries.newest_manifest(app_id)
    return form.page(
        "console/apps/overview.html",
        app=app,
        tabs=tabs(app_id, "apps_show"),
        step=_next_step(app, failing, bool(calls) and calls[0]["status"] >= 400),
        manifest=manifest,
        waiting=_waiting(installation, manifest),
        frozen=manifests.base_url(manifest),
        override=queries.base_url_override(actor, app_id),
        in_development=manifests.in_development(),
        deliveries=recent.rows,
        calls=calls,
        own_trial=bool(installation) and installation["installed_by"] == actor.employee_id,
    )


@blueprint.page(APP, role=ROLE)
def apps_show(actor: Actor, app_id: str) -> Any:
    return _overview(actor, app_id, BaseUrl(base_url=queries.base_url_override(actor, app_id)))


@blueprint.page(f"{APP}/base-url", methods=("POST",), role=ROLE)
def apps_base_url(actor: Actor, app_id: str) -> Any:
    form = BaseUrl()
    if form.validate_on_submit():
        with form.attempt():
            service.override_base_url(actor, app_id, blank_to_none(form.base_url.data))
            flash(gettext("Saved. The next delivery goes there."), "success")
            return go("apps_show", app_id=app_id)
    return _overview(actor, app_id, form)


@blueprint.page(f"{APP}/visibility", methods=("POST",), role=ROLE)
def apps_visibility(actor: Actor, app_id: str) -> Any:
    wanted = request.form.get("visibility")
    if wanted in ("private", "unlisted", "public"):
        act(lambda: service.update_app(actor, app_id, visibility=wanted), gettext("Saved."))
    return go("apps_show", app_id=app_id)
