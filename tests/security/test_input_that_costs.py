"""Small requests must not cost much: numbers that only look small, and texts whose normal form is dear."""

from __future__ import annotations

import re
import time

import pytest
from flask import Flask

from portico.domains.contacts import identifiers
from portico.kernel import text
from tests.support.cast import PASSWORD, Cast
from tests.support.http import Api

# Two marks that change places when they are normalised: sorting n pairs took time by the square of n.
MARKS = "\u0301\u0316"
HIDDEN_MARKS = "\u0316\uff9e"
"""The second is a mark only after it was decomposed."""
PAIRS = 200_000
SECONDS = 5.0


@pytest.mark.parametrize("made_of", [MARKS, HIDDEN_MARKS])
@pytest.mark.parametrize("function", [text.clean_name, text.clean_text, text.search_key, text.email_key])
def test_rows_of_marks_cost_what_other_texts_cost(function: object, made_of: str) -> None:
    assert callable(function)
    began = time.process_time()
    function("a" + made_of * PAIRS)
    assert time.process_time() - began < SECONDS


def test_marks_of_living_languages_stay() -> None:
    for word in ("Việt Nam", "नमस्ते", "זָכָר", "ก็", "é" * 40, "गु" * 40):
        assert text.stream_safe(word) == word


def test_an_identifier_is_measured_before_it_is_read() -> None:
    for kind in identifiers.KINDS:
        with pytest.raises(identifiers.NotAnIdentifier):
            identifiers.canonical(kind, "a" + MARKS * PAIRS)


@pytest.mark.parametrize("page", ["/sign-in", "/account/forgot"])
def test_nobody_stops_the_server_at_its_door(app: Flask, cast: Cast, page: str) -> None:
    browser = app.test_client()
    shown = browser.get(page, base_url="http://127.0.0.1:8000")
    found = re.search(r'<meta name="csrf-token" content="([^"]+)">', shown.text)
    assert found is not None
    address = "a" + MARKS * 100_000 + "@acme.example"
    began = time.process_time()
    answer = browser.post(
        page,
        base_url="http://127.0.0.1:8000",
        data={"csrf_token": found[1], "email": address, "password": PASSWORD},
        content_type="multipart/form-data",
    )
    assert answer.status_code in (302, 401, 413, 422)
    assert time.process_time() - began < SECONDS


@pytest.mark.parametrize("path", ["/tickets", "/events"])
@pytest.mark.parametrize("limit", ["0000000200000", "0000000001" + "1" * 5000, "201", "0", "²"])
def test_a_limit_is_read_whole(api: Api, path: str, limit: str) -> None:
    assert api("agent").get(path, query_string={"limit": limit}).status_code == 422


@pytest.mark.both_databases
def test_addresses_with_strange_characters_are_nobodys(app: Flask, cast: Cast) -> None:
    browser = app.test_client()
    shown = browser.get("/sign-in", base_url="http://127.0.0.1:8000")
    found = re.search(r'<meta name="csrf-token" content="([^"]+)">', shown.text)
    assert found is not None
    data = {"csrf_token": found[1], "email": "a\x00b@acme.example", "password": PASSWORD}
    assert browser.post("/sign-in", base_url="http://127.0.0.1:8000", data=data).status_code == 401


@pytest.mark.both_databases
def test_names_that_fold_to_much_more_are_kept(api: Api) -> None:
    assert api("hr_admin").post("/departments", json={"name": "\ufdfa" * 100}).status_code == 201
    assert api("hr_admin").post("/employees", json={"display_name": "\ufdfa" * 200}).status_code == 201
