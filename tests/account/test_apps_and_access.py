"""Apps and access: what each app may do in a person's name, and an end to it."""

from __future__ import annotations

import pytest
from flask import Flask

from portico.kernel import last_use
from tests.support import grants
from tests.support.authorizing import address, decide
from tests.support.cast import Cast
from tests.support.faces import Faces, words
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


@pytest.fixture
def faces(app: Flask, cast: Cast) -> Faces:
    return Faces(app, cast)


def test_nobody_acts_for_a_new_person(faces: Faces) -> None:
    assert "No app acts for you" in words(faces("agent").get("/account/apps"))


def test_what_was_allowed_and_an_end_to_it(faces: Faces, api: Api, cast: Cast) -> None:
    client, agent = grants.client(cast), faces("agent")
    decide(agent, address(client))
    tokens, second = client.tokens(), client.tokens()
    assert api.bearer(tokens.access_token).get("/me").status_code == 200
    last_use.flush()
    page = words(agent.get("/account/apps"))
    assert "Helper" in page
    assert "2 connections" in page
    assert "last used never" not in page
    assert "No app acts for you" in words(faces("owner").get("/account/apps"))
    revoked = agent.post("/account/apps/revoke?slug=acme", {"client_id": client.client_id})
    assert "No app acts for you" in words(agent.follow(revoked))
    for dead in (tokens, second):
        assert api.bearer(dead.access_token).get("/me").json["code"] == "token_revoked"
    assert "Let Helper act for you?" in words(agent.get(address(client)))


def test_nobody_ends_what_another_allowed(faces: Faces, api: Api, cast: Cast) -> None:
    client = grants.client(cast)
    tokens = client.tokens()
    assert faces("owner").post("/account/apps/revoke", {"client_id": client.client_id}).status_code == 404
    assert api.bearer(tokens.access_token).get("/me").status_code == 200
