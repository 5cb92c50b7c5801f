"""The operations of apps and of the catalogue, from outside."""

from __future__ import annotations

import pytest

from tests.support.apps import manifest
from tests.support.http import Api


def test_an_app_is_made_read_and_deployed(api: Api) -> None:
    developer = api("developer")
    made = developer.post("/apps", json={"manifest": manifest()})
    assert made.status_code == 201
    app = made.json
    assert made.headers["Location"] == f"/api/v1/apps/{app['id']}"
    assert app["client_secret"]
    read = developer.get(f"/apps/{app['id']}").json
    assert "client_secret" not in read
    assert "signing_secret" not in read
    assert [row["id"] for row in developer.get("/apps").json["data"]] == [app["id"]]
    assert developer.post(f"/apps/{app['id']}/versions", json={"manifest": manifest()}).json["number"] == 2
    versions = developer.get(f"/apps/{app['id']}/versions").json["data"]
    assert [(row["number"], row["status"]) for row in versions] == [(2, "released"), (1, "superseded")]
    changed = developer.patch(f"/apps/{app['id']}", json={"visibility": "public"})
    assert changed.json["visibility"] == "public"
    assert api("outsider").get("/catalogue/helper").json["app_key"] == "helper"
    assert [row["app_key"] for row in api("outsider").get("/catalogue?q=help").json["data"]] == ["helper"]


def test_secrets_by_the_api(api: Api) -> None:
    developer = api("developer")
    app = developer.post("/apps", json={"manifest": manifest()}).json
    made = developer.post(f"/apps/{app['id']}/secrets")
    assert made.status_code == 201
    assert made.json["client_secret"].endswith(made.json["hint"])
    assert developer.post(f"/apps/{app['id']}/secrets").json["code"] == "too_many_secrets"
    assert developer.delete(f"/apps/{app['id']}/secrets/{made.json['id']}").status_code == 204
    assert developer.delete(f"/apps/{app['id']}/secrets/{made.json['id']}").status_code == 404


def test_a_wrong_manifest_is_422_with_all_findings(api: Api) -> None:
    answer = api("developer").post("/apps", json={"manifest": {"schema": 2, "app": {}}})
    assert answer.status_code == 422
    assert {"/manifest/schema", "/manifest/app/key", "/manifest/runtime"} <= {
        e["pointer"] for e in answer.json["errors"]
    }
    assert all(error["message"] for error in answer.json["errors"])


def test_a_taken_key_is_409(api: Api) -> None:
    api("developer").post("/apps", json={"manifest": manifest()})
    answer = api("outsider").post("/apps", json={"manifest": manifest()})
    assert (answer.status_code, answer.json["code"]) == (409, "app_key_taken")


def test_a_repeat_with_the_same_key_shows_the_same_secrets(api: Api) -> None:
    first, second = (
        api("developer").post("/apps", json={"manifest": manifest()}, headers={"Idempotency-Key": "once"})
        for _ in range(2)
    )
    assert first.data == second.data


OPERATIONS = [
    ("GET", "/apps"),
    ("POST", "/apps"),
    ("GET", "/apps/{id}"),
    ("PATCH", "/apps/{id}"),
    ("GET", "/apps/{id}/versions"),
    ("POST", "/apps/{id}/versions"),
    ("POST", "/apps/{id}/secrets"),
    ("POST", "/apps/{id}/plan"),
]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_anonymous_wrong_workspace_and_missing_scope(api: Api, method: str, path: str) -> None:
    app = api("developer").post("/apps", json={"manifest": manifest()}).json
    path = path.format(id=app["id"])
    body = {"PATCH": {"visibility": "public"}, "POST": {"manifest": manifest()}}.get(method)
    call = {"json": body} if body and not path.endswith("secrets") else {}
    assert getattr(api(None), method.lower())(path, **call).status_code == 401
    missing = getattr(api("developer", "catalogue:read"), method.lower())(path, **call)
    assert (missing.status_code, missing.json["code"]) == (403, "insufficient_scope")
    if app["id"] in path:
        assert getattr(api("outsider"), method.lower())(path, **call).status_code == 404
        assert getattr(api("admin"), method.lower())(path, **call).status_code == 404


def test_the_catalogue_needs_its_scope(api: Api) -> None:
    assert api(None).get("/catalogue").status_code == 401
    assert api("employee").get("/catalogue").status_code == 403 if api.cast.actor("employee").scopes else True
    assert api("app_manager").get("/catalogue").status_code == 200
    assert api("app_manager").get("/catalogue/%00").status_code == 404
    assert api("app_manager").get("/catalogue?filter[visibility]=unlisted").status_code == 422
