"""Being told in a browser also while no page is open: web push, switched on where it is wanted."""

from __future__ import annotations

from typing import Any

from flask import flash, jsonify, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from portico.domains.notifications import queries, service
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.portal.notifications import WRITE, back
from portico.web.devices import device
from portico.web.pages import current_login

LONGEST = 2_000


def own_browsers(actor: Actor) -> list[dict[str, Any]]:
    """Where this person is told, as the settings list it."""
    here = current_login()
    return [
        {**row, "name": device(row["user_agent"]), "here": here is not None and row["session_id"] == here.session_id}
        for row in queries.browsers_of_actor(actor)
    ]


@blueprint.page("/notifications/browsers/key", methods=("POST",), scope=WRITE)
def push_key(actor: Actor) -> Any:
    """To which the browser subscribes."""
    return jsonify(key=service.push_key(actor))


@blueprint.page("/notifications/browsers", methods=("POST",), endpoint="add_browser", scope=WRITE)
def add_browser(actor: Actor) -> Any:
    """What `PushSubscription.toJSON` of the browser says. Again from the same one, it takes the place of what was."""
    login = current_login()
    if login is None:
        raise Forbidden(N_("Only a person has a browser."))
    wanted = {name: request.form.get(name) or "" for name in ("endpoint", "p256dh", "auth")}
    for name, value in wanted.items():
        if not 0 < len(value) <= LONGEST:
            raise invalid(f"/{name}", "required", N_("Give it as the browser's subscription has it."))
    service.subscribe(actor, login.session_id, request.headers.get("User-Agent") or "", wanted)
    return jsonify(told=True), 201


@blueprint.page(
    '/notifications/browsers/<id("psb"):browser_id>/forget',
    methods=("POST",),
    endpoint="drop_browser",
    scope=WRITE,
)
def drop_browser(actor: Actor, browser_id: str) -> Response:
    service.unsubscribe(actor, browser_id)
    flash(gettext("That browser tells you nothing any more."), "success")
    return back("portal.notification_settings")
