"""The script by which a browser shows what it is told while no page is open: one for each workspace, so that the
browser subscribes to each of them by its own key."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask, Response


def register(app: Flask) -> None:
    @app.get("/push-worker/<slug>.js")
    def push_worker(slug: str) -> Response:
        response = app.send_static_file("js/push-worker.js")
        response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        response.headers["Cache-Control"] = "no-cache"
        # Service Workers, section 6.4: it lies outside of what it works for.
        response.headers["Service-Worker-Allowed"] = f"/w/{quote(slug, safe='')}/"
        return response
