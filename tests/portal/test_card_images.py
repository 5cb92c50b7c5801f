"""Pictures in cards: through our own address alone, and nothing but pictures."""

from __future__ import annotations

import base64

import pytest
from itsdangerous import URLSafeSerializer

from portico.portal import card_images
from tests.support.loopback_servers import LoopbackServer, answer

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PATH = "/card-images/ins_00000000000000000000000000"


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setattr(card_images, "_kept", type(card_images._kept)())
    with LoopbackServer() as server:
        yield server


def ask(browser, url, slug="acme"):
    return browser.get(PATH, query_string={"u": card_images._signer().dumps([slug, url])})


def test_a_picture_comes_through_and_is_kept_for_a_while(faces, server):
    server.respond = lambda received: answer(body=PNG, Content_Type="text/html")
    agent = faces("agent")
    found = [ask(agent, server.url("/dot")) for _ in range(2)]
    assert {(one.status_code, one.mimetype, one.data) for one in found} == {(200, "image/png", PNG)}
    assert "sandbox" in found[0].headers["Content-Security-Policy"]
    assert found[0].headers["X-Content-Type-Options"] == "nosniff"
    assert len(server.received) == 1
    assert "cookie" not in server.received[0].headers


def test_what_is_no_picture_is_not_passed_on(faces, server):
    agent = faces("agent")
    bodies = [b"<svg onload=alert(1)>", b"<html>", PNG + b"x" * card_images.LARGEST, b""]
    for number, body in enumerate(bodies):
        server.respond = lambda received, body=body: answer(body=body, Content_Type="image/png")
        assert ask(agent, server.url(f"/{number}")).status_code == 404
    server.respond = lambda received: answer("302 Found", Location=server.url("/other"))
    assert ask(agent, server.url("/moved")).status_code == 404


def test_only_what_a_card_of_this_workspace_names(faces, server):
    agent = faces("agent")
    forged = URLSafeSerializer("guess").dumps(["acme", server.url("/x")])
    for given in ("", "x", forged, card_images._signer().dumps(["other", server.url("/x")])):
        assert agent.get(PATH, query_string={"u": given}).status_code == 404
    assert ask(agent, "https://10.0.0.1/x.png").status_code == 404
    assert server.received == []
    assert ask(faces(None), server.url("/x")).status_code == 302
