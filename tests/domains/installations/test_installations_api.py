"""The operations of installations, from outside."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.support.apps import install, manifest, mint, register
from tests.support.cast import Cast
from tests.support.http import Api

ONE = "/installations/{id}"
OPERATIONS = [
    ("GET", "/installations"),
    ("POST", "/installations"),
    ("GET", ONE),
    ("PATCH", ONE),
    ("POST", ONE + "/suspend"),
    ("POST", ONE + "/resume"),
    ("POST", ONE + "/uninstall"),
]


def test_the_life_of_an_installation(api: Api, cast: Cast) -> None:
    register(cast)
    manager = api("app_manager")
    made = manager.post("/installations", json={"app_key": "helper", "availability": {"kind": "everyone"}})
    assert made.status_code == 201
    path = f"/installations/{made.json['id']}"
    assert made.headers["Location"] == f"/api/v1{path}"
    assert made.headers["ETag"] == '"1"'
    assert "sealed_settings" not in made.json
    assert manager.post("/installations", json={"app_key": "helper"}).json["code"] == "already_installed"
    assert manager.get(path).json == made.json
    changed = manager.patch(path, json={"granted_scopes": []}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.json["granted_scopes"]) == (200, [])
    assert manager.patch(path, json={}, headers={"If-Match": '"1"'}).status_code in (200, 412)
    assert manager.patch(path, json={"granted_scopes": []}, headers={"If-Match": '"1"'}).status_code == 412
    assert manager.post(f"{path}/suspend").json["status"] == "suspended"
    assert manager.post(f"{path}/suspend").json["code"] == "installation_state"
    assert manager.post(f"{path}/resume").json["status"] == "active"
    assert manager.post(f"{path}/uninstall").json["status"] == "uninstalling"
    assert [row["status"] for row in manager.get("/installations").json["data"]] == ["uninstalling"]
    assert manager.get("/installations?filter[status]=active").json["data"] == []


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_who_may(api: Api, cast: Cast, method: str, path: str) -> None:
    app = register(cast)
    installation = install(cast)
    path = path.format(id=installation["id"])
    body: dict[str, Any] = {"json": {"app_key": "helper"}} if path == "/installations" and method == "POST" else {}
    body = {"json": {}} if method == "PATCH" else body
    call = method.lower()
    assert getattr(api(None), call)(path, **body).status_code == 401
    assert getattr(api("app_manager", "catalogue:read"), call)(path, **body).json["code"] == "insufficient_scope"
    as_app = getattr(api.bearer(mint(app, installation)), call)(path, **body)
    assert (as_app.status_code, as_app.json["code"]) == (403, "forbidden")
    if installation["id"] in path:
        assert getattr(api("outsider"), call)(path, **body).status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/app_key"),
        ({"app_key": "nobody"}, "/app_key"),
        ({"app_key": "helper", "surprise": 1}, "/surprise"),
        ({"app_key": "helper", "granted_scopes": "all"}, "/granted_scopes"),
        ({"app_key": "helper", "availability": {"kind": "some"}}, "/availability/kind"),
        (
            {"app_key": "helper", "availability": {"kind": "only", "include": [{"kind": "team", "id": "x"}]}},
            "/availability/include/0/kind",
        ),
        (
            {"app_key": "helper", "availability": {"kind": "only", "include": [{"kind": "group", "id": "x"}]}},
            "/availability/include/0/id",
        ),
        ({"app_key": "helper", "data_range": {"kind": "only"}}, "/data_range/include"),
        ({"app_key": "helper", "settings": {"x": 1}}, "/settings/x"),
    ],
)
def test_wrong_input_is_named(api: Api, cast: Cast, body: dict[str, Any], pointer: str) -> None:
    register(cast)
    answer = api("app_manager").post("/installations", json=body)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_an_app_reads_its_own_installation_with_its_secrets(api: Api, cast: Cast) -> None:
    app = register(cast, manifest(settings={"token": {"type": "string", "secret": True}}))
    installation = install(cast, settings={"token": "very secret"})
    own = api.bearer(mint(app, installation)).get("/installations/me")
    assert own.status_code == 200
    assert own.json["settings"] == {"token": "very secret"}
    assert api("app_manager").get(f"/installations/{installation['id']}").json["settings"] == {}
    assert api("app_manager").get("/installations/me").json["code"] == "forbidden"


def test_me_names_the_installation(api: Api, cast: Cast) -> None:
    app = register(cast)
    installation = install(cast)
    me = api.bearer(mint(app, installation)).get("/me").json
    assert me["actor"] == {"kind": "app", "id": installation["id"]}
    assert me["installation"] == {"id": installation["id"], "app_key": "helper"}
    assert me["workspace"]["id"] == cast.acme
    assert me["scopes"] == ["directory:read"]
    assert "installation" not in api("agent").get("/me").json


def test_the_plan_answers_over_http(app: Flask, api: Api, cast: Cast) -> None:
    registered = register(cast)
    install(cast)
    answer = api("developer").post(f"/apps/{registered['id']}/plan", json={"manifest": manifest()})
    assert (answer.status_code, answer.json["changes"]) == (200, {})
    assert answer.json["installations"] == {"live": 1, "waiting": []}
