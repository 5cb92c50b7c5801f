"""The script that apps load into their frames: one address for all apps, from any origin."""

from __future__ import annotations

from flask import Flask, Response

FRESH_SECONDS = 300


def register(app: Flask) -> None:
    @app.get("/bridge/v1.js")
    def bridge_script() -> Response:
        response = app.send_static_file("bridge/v1.js")
        response.headers["Content-Type"] = "text/javascript; charset=utf-8"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
        return response
