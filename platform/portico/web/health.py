"""`GET /healthz`: whether this process can answer, for supervisors and load balancers. Says nothing of the inside."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import select

from portico.kernel.db import database


def register(app: Flask) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, Any]:
        """200 while the database answers; the error handler makes it 503 otherwise."""
        with database().reading.connect() as connection:
            connection.execute(select(1))
        return {"status": "ok"}
