"""Headers that every answer carries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from portico.settings import Settings

HSTS = "Strict-Transport-Security"


def test_plain_http_promises_no_https(app: Flask) -> None:
    assert HSTS not in app.test_client().get("/healthz").headers


def test_https_is_promised_where_it_is_served(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.extensions, "portico_settings", replace(settings, public_url="https://work.example"))
    for path in ("/healthz", "/api/v1/me", "/sign-in"):
        assert "max-age=63072000" in app.test_client().get(path).headers[HSTS]
