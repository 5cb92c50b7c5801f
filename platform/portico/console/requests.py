"""The API log: what the developer's own apps asked of the API in this workspace, found by the id of a request."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint, go, here
from portico.domains.api_log import queries
from portico.domains.catalogue import queries as catalogue
from portico.domains.webhooks import queries as webhooks
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.text import N_
from portico.settings import current as settings
from portico.web.lists import page_links
from portico.web.logged_requests import STRETCHES, asked, follows
from portico.web.navigation import Entry

MENU = [Entry("console", N_("API log"), "scroll-text", "console.requests", 25, role=ROLE, key="l")]


def _list(actor: Actor, app: dict[str, Any] | None, address: str, **context: Any) -> str:
    app_id = app["id"] if app else None
    query, filtered = asked(queries.REQUESTS)
    found = queries.page_of_requests(actor, query, app_id)
    mine = webhooks.own_installations(actor, app_id)
    return render_template(
        "console/requests/list.html",
        app=app,
        rows=webhooks.with_apps(actor, found.rows),
        links=page_links(found),
        filtered=filtered,
        operations=[(name, name) for name in queries.operations_of(actor, mine)],
        stretches=[(name, str(label)) for name, (_, label) in STRETCHES.items()],
        follow=follows(address),
        address=address,
        days=settings().api_log_kept_days,
        **context,
    )


@blueprint.page("/requests", role=ROLE)
def requests(actor: Actor) -> str:
    return _list(actor, None, here("requests"))


@blueprint.page(f"{APP}/requests", role=ROLE)
def apps_requests(actor: Actor, app_id: str) -> str:
    app = catalogue.own_app(actor, app_id)
    return _list(actor, app, here("apps_requests", app_id=app_id), tabs=tabs(app_id, "apps_requests"))


@blueprint.page("/requests/find", role=ROLE)
def requests_find(actor: Actor) -> Any:
    """On to the call that an error named. Where there is none, the list says what that may mean."""
    wanted = request.args.get("id", "").replace("\x00", "").strip()[:100]
    found = queries.find(actor, wanted)
    if found is None or not found.own:
        return go("requests", q=wanted)
    return go("apps_request", app_id=found.app_id, logged_id=found.id)


@blueprint.page(f'{APP}/requests/<id("req"):logged_id>', role=ROLE)
def apps_request(actor: Actor, app_id: str, logged_id: str) -> str:
    """One call, whole."""
    app = catalogue.own_app(actor, app_id)
    try:
        row = queries.request_of_app(actor, app_id, logged_id)
    except NotFound:
        raise NotFound(gettext("There is no such call of this app, or it has had its time.")) from None
    return render_template("console/requests/request.html", app=app, row=row)
