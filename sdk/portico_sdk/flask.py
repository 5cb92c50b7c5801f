"""Serve an `App` with Flask:

web = flask.Flask(__name__)
web.register_blueprint(portico_sdk.flask.blueprint(app))
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, request

from portico_sdk.apps import Answer, App

__all__ = ["blueprint"]

_LARGEST_BODY = 1024 * 1024
"""Bytes; an event has 256 KiB at most."""


def blueprint(
    app: App,
    *,
    events: str = "/events",
    lifecycle: str = "/lifecycle",
    actions: str = "/actions/<key>",
    panels: Mapping[str, str] | None = None,
    cards: Mapping[str, str] | None = None,
    name: str = "portico",
) -> Blueprint:
    """The paths of the manifest; `panels` and `cards` map keys of surfaces to paths, `/panels/<key>` and `/cards/<key>`
    if they do not."""
    routes = Blueprint(name, __name__)

    @routes.post(events, endpoint="events")
    def receive_event() -> Response:
        return _response(app.handle_event(_body(), request.headers))

    @routes.post(lifecycle, endpoint="lifecycle")
    def receive_lifecycle() -> Response:
        return _response(app.handle_lifecycle(_body(), request.headers))

    @routes.post(actions, endpoint="action")
    def receive_action(key: str) -> Response:
        return _response(app.handle_action(key, _body(), request.headers))

    def show_panel(key: str) -> Response:
        return _response(app.handle_panel(key, request.method, request.headers.get("authorization")))

    for key in app.panel_keys:
        path = (panels or {}).get(key, f"/panels/{key}")
        routes.add_url_rule(path, "panel_" + key, show_panel, defaults={"key": key}, methods=["GET", "POST"])

    def draw_card(key: str) -> Response:
        return _response(app.handle_card(key, _body(), request.headers))

    for key in app.card_keys:
        path = (cards or {}).get(key, f"/cards/{key}")
        routes.add_url_rule(path, "card_" + key, draw_card, defaults={"key": key}, methods=["POST"])
    return routes


def _body() -> bytes:
    request.max_content_length = _LARGEST_BODY
    return request.get_data(cache=False)


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, dict(answer.headers))
