"""Serve an `App` with Flask:

web = flask.Flask(__name__)
web.register_blueprint(portico_sdk.flask.blueprint(app))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, Response, request

from portico_sdk.apps import App
from portico_sdk.apps._routes import LARGEST_BODY, Route, Routes

__all__ = ["blueprint"]


def blueprint(
    app: App,
    *,
    events: str = "/events",
    lifecycle: str = "/lifecycle",
    actions: str | Mapping[str, str] = "/actions/<key>",
    panels: Mapping[str, str] | None = None,
    cards: Mapping[str, str] | None = None,
    name: str = "portico",
) -> Blueprint:
    """The paths of the manifest; `actions` is one path for all, or maps keys to paths; `panels` and `cards` map keys of
    surfaces to paths, `/panels/<key>` and `/cards/<key>` if they do not. Make it when the app has its functions."""
    made = Blueprint(name, __name__)
    for route in Routes(app, events=events, lifecycle=lifecycle, actions=actions, panels=panels, cards=cards):
        made.add_url_rule(route.path, route.name, _view(route), methods=route.methods)
    return made


def _view(route: Route) -> Callable[..., Response]:
    def view(key: str = route.key) -> Response:
        request.max_content_length = LARGEST_BODY
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = route.work(key, request.method, request.get_data(), headers)
        return Response(answer.body, answer.status, dict(answer.headers))

    return view
