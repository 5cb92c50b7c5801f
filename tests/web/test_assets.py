"""The files that pages load."""

from __future__ import annotations

import gzip
import re

import pytest
from flask import Flask
from werkzeug.test import TestResponse


@pytest.fixture
def script(app: Flask) -> str:
    """The address of the main module, as a page names it."""
    page = app.test_client().get("/no-such-page", headers={"Accept": "text/html"})
    found = re.search(r'src="([^"]+/js/main\.js)"', page.text)
    assert found
    return found[1]


def fetched(app: Flask, path: str, accept: str = "") -> tuple[TestResponse, bytes]:
    with app.test_client().get(path, headers={"Accept-Encoding": accept}) as answer:
        return answer, answer.data


def test_they_are_compressed_and_kept(app: Flask, script: str) -> None:
    plain, content = fetched(app, script)
    assert "Content-Encoding" not in plain.headers
    packed, shorter = fetched(app, script, "gzip")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(shorter) == content
    assert fetched(app, script, "gzip, deflate, br, zstd")[0].headers["Content-Encoding"] == "zstd"
    for answer in (plain, packed):
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "Set-Cookie" not in answer.headers


def test_a_page_of_another_version_gets_them_too_but_does_not_keep_them(app: Flask, script: str) -> None:
    answer, content = fetched(app, re.sub(r"/static/\w+/", "/static/0123456789ab/", script))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"
    assert content == fetched(app, script)[1]


def test_what_is_not_there_is_not_kept(app: Flask, script: str) -> None:
    answer, _ = fetched(app, script + ".map")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("Cache-Control", "")
