"""The web process is watched: live, ready, and by metrics for whoever has the token."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from portico.kernel import db, health, migrations
from portico.settings import Settings
from tests.support.cast import Cast
from tests.support.http import Api


@pytest.fixture(autouse=True)
def _anew() -> Iterator[None]:
    health.forget()
    yield
    health.forget()


@pytest.fixture
def watched_app(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Flask:
    monkeypatch.setitem(app.extensions, "portico_settings", replace(settings, metrics_token="t0ken"))
    return app


def _samples(app: Flask) -> dict[tuple[str, str, str, str], float]:
    text = app.test_client().get("/metrics", headers={"Authorization": "Bearer t0ken"}).text
    return {
        (sample.name, *(sample.labels.get(name, "") for name in ("method", "route", "status"))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_metrics_are_not_there_without_the_token(app: Flask, watched_app: Flask, settings: Settings) -> None:
    for headers in ({}, {"Authorization": "Bearer other"}):
        assert watched_app.test_client().get("/metrics", headers=headers).status_code == 404
    app.extensions["portico_settings"] = settings
    nobody = app.test_client().get("/metrics", headers={"Authorization": "Bearer "})
    assert nobody.status_code == 404


def test_requests_are_counted_by_the_template_of_their_route(watched_app: Flask, api: Api, cast: Cast) -> None:
    client = watched_app.test_client()
    bearer = {"Authorization": f"Bearer {cast.token('admin')}"}
    before = _samples(watched_app)
    for number in range(3):
        client.get(f"/api/v1/contacts/con_{number:026}", headers=bearer)
    client.get("/nowhere/at/all")
    client.open("/sign-in", method="BREW")
    after = _samples(watched_app)
    name = "portico_http_requests_total"
    grown = {key: value - before.get(key, 0) for key, value in after.items() if key[0] == name}
    assert grown[(name, "GET", '/api/v1/contacts/<id("con"):contact_id>', "404")] == 3
    assert grown[(name, "GET", "unknown", "404")] == 1
    assert {key[1] for key in grown} <= {"GET", "POST", "other", "HEAD", "PATCH", "PUT", "DELETE", "OPTIONS"}
    assert not [key for key in grown if "con_0" in key[2]]


def test_ready_is_who_has_a_database_with_our_schema(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = app.test_client()
    assert client.get("/readyz").status_code == 200
    for there, status in ((None, 503), ("0001", 503), ("of_a_later_release", 200)):
        monkeypatch.setattr(migrations, "current", lambda database, there=there: there)
        health.forget()
        answer = client.get("/readyz")
        assert answer.status_code == status, there
        assert client.get("/healthz").status_code == 200


def test_a_process_without_its_database_lives_and_is_not_ready(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = db.Database("postgresql+psycopg://nobody@127.0.0.1:9/none", pool_size=1)
    monkeypatch.setattr(db, "_database", gone)
    client = app.test_client()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["database"]) == (503, "does not answer")
    assert "127.0.0.1" not in answer.text
