"""A client for the API, as one of the cast."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from portico.kernel.unit_of_work import is_open
from tests.support.cast import Cast


class ApiClient:
    """Calls `/api/v1` with one token, or with none."""

    def __init__(self, app: Flask, token: str | None) -> None:
        self._client = app.test_client()
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def _call(self, method: str, path: str, headers: dict[str, str] | None = None, **options: Any) -> TestResponse:
        assert not is_open(), "close the test's unit of work before calling the API"
        url = path if path.startswith("/api/") else f"/api/v1{path}"
        return self._client.open(url, method=method, headers={**self._headers, **(headers or {})}, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._call("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self._call("POST", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        return self._call("PATCH", path, **options)

    def put(self, path: str, **options: Any) -> TestResponse:
        return self._call("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self._call("DELETE", path, **options)


class Api:
    """`api("agent").get("/contacts")`; `api("agent", "contacts:read")` with that scope only; `api(None)` anonymous."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.app = app
        self.cast = cast

    def __call__(self, name: str | None, *scopes: str) -> ApiClient:
        return ApiClient(self.app, self.cast.token(name, *scopes) if name else None)

    def bearer(self, token: str) -> ApiClient:
        """With a token of one's own, such as an app's."""
        return ApiClient(self.app, token)
