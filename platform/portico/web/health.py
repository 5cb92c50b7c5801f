"""`GET /healthz` and `GET /readyz`, for supervisors and load balancers. They say nothing of the inside."""

from __future__ import annotations

from typing import Any

from flask import Flask

from portico.kernel import health


def register(app: Flask) -> None:
    @app.get("/healthz")
    def healthz() -> Any:
        """200 while this process answers."""
        status, body = health.live()
        return body, status

    @app.get("/readyz")
    def readyz() -> Any:
        """200 while it can work: its database answers and has our schema."""
        status, body = health.ready()
        return body, status
