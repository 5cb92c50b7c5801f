"""A portal of layouts and macros alone: no database and nobody signed in, so that looks and frames are tested alone."""

from __future__ import annotations

from pathlib import Path
from threading import Thread
from typing import Any, Self

from flask import Flask, Response, jsonify, render_template_string, request
from flask_bootstrap import Bootstrap5
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import make_server

from portico.web import bridge, design, headers, icons, language

WEB = Path(icons.__file__).parent

FRAME_PAGE = """
{% extends "shell.html" %}{% from "macros/apps.html" import app_frame %}
{% block content %}<h1>Ticket</h1>
{{ app_frame({"name": "First Responder"}, src, origin, "/token", {"surface": "ticket.panel", "object": none},
             "Earlier tickets", "/w/acme", help_url="#") }}
<div id="facts" data-refreshable data-region>{{ seen }}</div>{% endblock %}
"""


def make_portal(app_origin: str = design.APP_ORIGIN) -> Flask:
    """`/design`, `/frame?path=…` with one app frame, `/token` that counts what it hands out, `/bridge/v1.js`."""
    app = Flask("portico.web", root_path=str(WEB))
    app.config.update(SECRET_KEY="a key for tests only", BOOTSTRAP_SERVE_LOCAL=True, WTF_CSRF_SSL_STRICT=False)
    app.extensions["handed_out"] = []
    Bootstrap5(app)
    CSRFProtect(app)
    for part in (language, icons, bridge, design):
        part.register(app)

    @app.context_processor
    def shell() -> dict[str, Any]:
        locale = language.choose_locale()
        theme = request.args.get("theme", "light")
        locales = [{"code": code, "label": label} for code, label in language.LOCALES.items()]
        urls = {"preferences": "/preferences", "sign_out": "/sign-out", "settings": "/settings"}
        return {"ui": {"theme": theme, "locale": locale, "locales": locales, "timezone": "UTC", "urls": urls}}

    @app.get("/frame")
    def frame() -> str:
        context: dict[str, Any] = {}
        app.update_template_context(context)
        src = request.args.get("src") or app_origin + request.args.get("path", "/panel")
        seen = len(app.extensions["handed_out"])
        ui = design.shell(context["ui"])
        return render_template_string(FRAME_PAGE, ui=ui, nav=design.NAV, src=src, origin=app_origin, seen=seen)

    @app.get("/w/acme/tickets")
    def tickets() -> str:
        return "the list of tickets"

    @app.post("/token")
    def token() -> Response:
        handed_out: list[Any] = app.extensions["handed_out"]
        handed_out.append(request.get_json())
        return jsonify(token=f"secret-{len(handed_out)}", expires_at="2030-01-01T00:00:00Z")

    @app.post("/preferences")
    def preferences() -> tuple[str, int]:
        return "", 204

    @app.after_request
    def policy(response: Response) -> Response:
        # More than a portal ever allows, so that it is the host of the frames that is tried, and not the policy.
        frames = f"{app_origin} http://127.0.0.1:* http://*.localhost:* http://localhost.evil.example:*"
        response.headers["Content-Security-Policy"] = headers.content_policy(frame_src=frames, connect_src="'self'")
        return response

    return app


class Serving:
    """Serves a WSGI application on a free port of 127.0.0.1 until the `with` block ends."""

    def __init__(self, application: Any) -> None:
        self._server = make_server("127.0.0.1", 0, application, threaded=True)
        self.port: int = self._server.server_port
        self._thread = Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
