"""A signed-in browser without scripts: GET and POST pages of the faces as one of the cast."""

from __future__ import annotations

import html
import re
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from portico.domains.identity import service as identity
from portico.kernel.unit_of_work import is_open, system_unit
from tests.support.cast import Cast

COOKIE = "portico_session"
_WITHOUT_WORKSPACE = ("/w/", "/account/", "/sign-", "/oauth/", "/operator", "/requests/")
_TOKEN = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)


class Browser:
    """Paths are below `/w/<slug>`, but for those of the account face. A POST carries the form's token unless
    `csrf=False`."""

    def __init__(self, app: Flask, cast: Cast, name: str | None, slug: str) -> None:
        self._client = app.test_client()
        self._slug = slug
        self._token: str | None = None
        self._anonymous = name is None
        if name is not None:
            with system_unit("tests: sign in", write=True):
                session = identity.start_session(cast.users[name], "tests")
            self._client.set_cookie(COOKIE, session, domain="127.0.0.1")

    def _open(self, method: str, path: str, **options: Any) -> TestResponse:
        assert not is_open(), "close the test's unit of work before opening pages"
        url = path if path.startswith(_WITHOUT_WORKSPACE) else f"/w/{self._slug}{path}"
        answer = self._client.open(url, method=method, base_url="http://127.0.0.1:8000", **options)
        found = _TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        self._token = html.unescape(found[1]) if found else self._token
        return answer

    def get(self, path: str, **options: Any) -> TestResponse:
        return self._open("GET", path, **options)

    def post(self, path: str, data: dict[str, Any] | None = None, *, csrf: bool = True, **options: Any) -> TestResponse:
        if csrf and self._token is None:
            self.get("/sign-in" if self._anonymous else "/")
        given = {**(data or {}), **({"csrf_token": self._token} if csrf else {})}
        return self._open("POST", path, data=given, **options)

    def follow(self, answer: TestResponse) -> TestResponse:
        """The page that a redirect leads to."""
        assert answer.status_code in (302, 303), (answer.status_code, words(answer)[:600])
        return self.get(answer.headers["Location"].replace("http://127.0.0.1:8000", ""))


class Faces:
    """`faces("admin").get("/admin/people")`; `faces(None)` is nobody; `slug` names another workspace."""

    def __init__(self, app: Flask, cast: Cast) -> None:
        self.app = app
        self.cast = cast

    def __call__(self, name: str | None, slug: str | None = None) -> Browser:
        return Browser(self.app, self.cast, name, slug or ("other" if name == "outsider" else "acme"))


def words(answer: TestResponse) -> str:
    """What a person reads on the page: no tags, single blanks."""
    return " ".join(html.unescape(_TAGS.sub(" ", answer.text)).split())
