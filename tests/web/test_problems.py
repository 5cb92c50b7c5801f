"""Whatever goes wrong is a problem document under the API and a page elsewhere; neither shows internals."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from portico.app import create_app
from portico.kernel.errors import FieldError, Invalid, NotFound, Unavailable
from portico.settings import Settings
from portico.web.docs import Problem
from tests.support import databases

SECRET = "swordfish in table contact"


def fails(error: Exception) -> Callable[[], NoReturn]:
    def view() -> NoReturn:
        raise error

    return view


FAILURES: dict[str, tuple[Exception, int, str]] = {
    "crash": (RuntimeError(SECRET), 500, "internal"),
    "assertion": (AssertionError(SECRET), 500, "internal"),
    "constraint": (IntegrityError(SECRET, {}, Exception(SECRET)), 409, "conflict"),
    "database": (OperationalError(SECRET, {}, Exception(SECRET)), 503, "unavailable"),
    "connection": (InternalError(SECRET, {}, Exception(SECRET), connection_invalidated=True), 503, "unavailable"),
    "driver": (InternalError(SECRET, {}, Exception(SECRET)), 500, "internal"),
    "pool": (NoConnectionFree(SECRET), 503, "unavailable"),
    "busy": (Unavailable(headers={"Retry-After": "1"}), 503, "unavailable"),
    "not-found": (NotFound(), 404, "not_found"),
    "invalid": (Invalid(errors=[FieldError("/name", "required", "Give it.")]), 422, "invalid"),
}


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory, template_folder: Path) -> Flask:
    """An application of this module's own, with paths that fail."""
    home = tmp_path_factory.mktemp("problems")
    url = databases.fresh_sqlite(template_folder, home)
    app = create_app(
        Settings(
            home=home,
            public_url="http://127.0.0.1:8000",
            streams_url="http://127.0.0.1:8001",
            database_url=url,
            secret_keys=("a key for tests only",),
        )
    )
    for name, (error, _, _) in FAILURES.items():
        app.add_url_rule(f"/api/v1/fails/{name}", f"api {name}", fails(error))
        app.add_url_rule(f"/fails/{name}", f"page {name}", fails(error))
    return app


@pytest.mark.parametrize("name", FAILURES)
def test_under_the_api_it_is_a_problem_document(failing: Flask, name: str) -> None:
    _, status, code = FAILURES[name]
    answer = failing.test_client().get(f"/api/v1/fails/{name}")
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    body: dict[str, Any] = answer.json
    assert (body["status"], body["code"]) == (status, code)
    assert body["request_id"] == answer.headers["X-Request-Id"]
    assert Problem().validate(body) == {}
    assert "swordfish" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert ("Retry-After" in answer.headers) == (status == 503)


@pytest.mark.parametrize("name", FAILURES)
def test_elsewhere_it_is_a_page_with_the_request_number(failing: Flask, name: str) -> None:
    answer = failing.test_client().get(f"/fails/{name}")
    assert (answer.status_code, answer.mimetype) == (FAILURES[name][1], "text/html")
    assert answer.headers["X-Request-Id"] in answer.text
    assert "swordfish" not in answer.text
    assert "Traceback" not in answer.text
    assert "'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/api/v1/fails/nothing", "/oauth/nothing", "/.well-known/nothing"])
def test_programs_get_problems_for_paths_that_are_not_there(failing: Flask, path: str) -> None:
    answer = failing.test_client().get(path)
    assert (answer.status_code, answer.mimetype, answer.json["code"]) == (
        404,
        "application/problem+json",
        "not_found",
    )


def test_a_script_of_ours_that_asks_for_json_gets_json(failing: Flask) -> None:
    answer = failing.test_client().get("/fails/not-found", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(("length", "rest"), [(1_000, 0), (200_000, 200_000)])
def test_what_a_refused_request_still_sends_is_taken_unless_it_is_much(failing: Flask, length: int, rest: int) -> None:
    """Or the client would see a broken connection where it was told what is wrong."""
    body = BytesIO(b"x" * length)
    answer = failing.test_client().post("/api/v1/tickets", input_stream=body, content_length=length)
    assert answer.status_code == 401
    assert len(body.read()) == rest
