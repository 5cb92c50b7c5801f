"""Where we take a shorter way than Flask and Werkzeug, it leads to the same place."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from flask import Flask
from flask.wrappers import Response
from werkzeug.test import EnvironBuilder

from portico.web.api import Answer

SHAPES: list[dict[str, Any]] = [
    {"path": "/api/v1/contacts", "query_string": "q=M%C3%BCller&limit=2"},
    {"path": "/api/v1/contacts/by-id/crm/M\u00fcller 7", "base_url": "http://acme.example:8080/"},
    {"path": "//api//v1/contacts", "base_url": "https://ACME.example/"},
    {"path": "/api/v1/contacts", "base_url": "http://localhost/below/", "method": "POST"},
    {"path": "/nowhere", "headers": {"Connection": "Upgrade", "Upgrade": "websocket"}},
]


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape["path"])
def test_a_route_is_found_as_flask_finds_it(app: Flask, shape: dict[str, Any]) -> None:
    environ = EnvironBuilder(**shape).get_environ()
    short = app.create_url_adapter(app.request_class(dict(environ)))
    long = Flask.create_url_adapter(app, app.request_class(dict(environ)))
    assert short is not None
    assert long is not None
    names = ("server_name", "script_name", "subdomain", "url_scheme", "path_info", "default_method", "query_args")
    assert [getattr(short, name) for name in names] == [getattr(long, name) for name in names]


def test_the_headers_of_an_answer_need_no_amending() -> None:
    given = {"Location": "/api/v1/contacts/con_1", "ETag": '"1"'}
    answer = Answer(orjson.dumps({"name": "Müller"}), 201, given, content_type="application/json")
    environ = EnvironBuilder("/api/v1/contacts").get_environ()
    amended = Response.get_wsgi_headers(answer, environ)
    assert answer.get_wsgi_headers(environ).to_wsgi_list() == amended.to_wsgi_list()
    assert answer.headers["Content-Length"] == str(len(answer.get_data()))
