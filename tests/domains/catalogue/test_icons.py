"""An app's icon comes from our own origin: a picture of a known type, kept for ever, and harmless opened by itself."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from portico.domains.catalogue import queries
from portico.domains.tickets import service as tickets
from portico.kernel.actor import Actor
from portico.kernel.ids import new_id
from tests.portal.records import contact, ticket
from tests.support import apps
from tests.support.cast import Cast
from tests.support.faces import Faces

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def _with_icon(cast: Cast, kind: str, content: bytes) -> str | None:
    made = apps.manifest()
    made["app"]["icon"] = f"data:{kind};base64,{base64.b64encode(content).decode()}"
    app = apps.register(cast, made)
    with cast.reading():
        looks: dict[str, Any] = queries.looks_of([app["id"]], "en")[app["id"]]
    address: str | None = looks["icon_url"]
    return address


def _get(app: Flask, address: str | None) -> TestResponse:
    assert address is not None
    assert address.startswith("/icons/ver_")
    return app.test_client().get(address)


def test_an_icon_is_served_by_its_version_and_kept(app: Flask, cast: Cast) -> None:
    answer = _get(app, _with_icon(cast, "image/png", PNG))
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "image/png", PNG)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_drawing_opened_by_itself_can_do_nothing(app: Flask, cast: Cast) -> None:
    answer = _get(app, _with_icon(cast, "image/svg+xml", SVG))
    rules = answer.headers["Content-Security-Policy"].split("; ")
    assert answer.status_code == 200
    assert "default-src 'none'" in rules
    assert "sandbox" in rules
    assert not [rule for rule in rules if rule.startswith("script-src")]


@pytest.mark.parametrize("content", [b"<html><script>alert(1)</script>", PNG + b"0" * 256 * 1024])
def test_what_is_no_such_picture_or_too_large_is_not_served(app: Flask, cast: Cast, content: bytes) -> None:
    assert _get(app, _with_icon(cast, "image/png", content)).status_code == 404


def test_without_an_icon_there_is_none(app: Flask, cast: Cast) -> None:
    made = apps.register(cast)
    with cast.reading():
        assert queries.looks_of([made["id"]], "en")[made["id"]]["icon_url"] is None
    assert app.test_client().get(f"/icons/{new_id('ver')}").status_code == 404


def test_pages_name_the_address_and_carry_no_picture(faces: Faces, cast: Cast) -> None:
    address = _with_icon(cast, "image/png", PNG)
    apps.install(cast)
    for name, path in (
        ("admin", "/admin/catalogue"),
        ("admin", "/admin/catalogue/helper"),
        ("admin", "/admin/apps"),
        ("employee", "/catalogue"),
        ("employee", "/catalogue/helper"),
        ("developer", "/console/"),
    ):
        text = faces(name).get(path).text
        assert f'src="{address}"' in text, path
        assert "data:image/png" not in text, path


@pytest.fixture
def faces(app: Flask, cast: Cast) -> Faces:
    return Faces(app, cast)


def test_what_an_app_wrote_carries_its_icon(faces: Faces, cast: Cast) -> None:
    address = _with_icon(cast, "image/png", PNG)
    installation = apps.install(cast)["id"]
    opened = ticket(cast, contact(cast)["id"])
    scopes = frozenset({"tickets:read", "tickets:write"})
    helper = Actor("app", cast.acme, installation, scopes, installation_id=installation, display_name="Helper")
    with cast.writing():
        tickets.add_comment(helper, opened["id"], {"body": "Looked up.", "visibility": "public"})
    text = faces("agent").get(f"/tickets/{opened['id']}").text
    assert f'src="{address}"' in text[text.index('id="conversation"') : text.index("Looked up.")]
