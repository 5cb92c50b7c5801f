"""Who asks too much is told so, and when to come back; batches pay for their items."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from portico.app import create_app
from portico.kernel.ids import new_id
from portico.settings import Settings
from tests.support.cast import make_cast
from tests.support.http import Api


@pytest.fixture
def narrow(settings: Settings, database_url: str) -> Api:
    """Six reads and three writes a minute for a person."""
    return Api(create_app(replace(settings, limits_factor=0.01)), make_cast())


def test_who_asks_too_much_is_told_when_to_come_back(narrow: Api) -> None:
    answers = [narrow("agent").get("/contacts") for _ in range(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]
    assert answers[0].headers["RateLimit-Policy"] == '"read";q=6;w=60'
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == [
        f"r={n}" for n in (5, 4, 3, 2, 1, 0, 0)
    ]
    assert answers[-1].json["code"] == "rate_limited"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert narrow("admin").get("/contacts").status_code == 200, "another caller has limits of their own"
    made = narrow("agent").post("/contacts", json={"display_name": "Zoe"})
    assert made.status_code == 201, "writes are counted apart"
    assert made.headers["RateLimit-Policy"] == '"write";q=3;w=60'


def test_refused_calls_count_too(narrow: Api) -> None:
    path = f"/contacts/{new_id('con')}"
    assert [narrow("agent").get(path).status_code for _ in range(7)] == [404] * 6 + [429]


def test_a_batch_costs_one_and_a_tenth_per_item(narrow: Api) -> None:
    items = [{"display_name": f"Contact {n}"} for n in range(10)]
    first = narrow("agent").post("/contacts/batch", json={"items": items})
    assert (first.status_code, first.headers["RateLimit"].split(";")[1]) == (200, "r=1")
    second = narrow("agent").post("/contacts/batch", json={"items": items})
    assert (second.status_code, second.json["code"]) == (429, "rate_limited")
    assert narrow("agent").get("/contacts?count=exact").json["page"]["total"] == 10


def test_every_answer_to_a_known_caller_tells_the_limits(narrow: Api) -> None:
    path = f"/contacts/{new_id('con')}"
    for answer in (
        narrow("agent").get("/contacts"),
        narrow("agent").get(path),
        narrow("employee").get("/contacts"),
        narrow("agent").get("/contacts?limit=0"),
        narrow("agent").post("/contacts", json={"x": 1}),
    ):
        assert re.fullmatch(r'"(read|write)";r=[0-9]+;t=[0-9]+', answer.headers["RateLimit"]), answer.status_code
        assert answer.headers["RateLimit-Policy"]


def test_nobody_is_nobody_to_count(narrow: Api) -> None:
    answers = [narrow(None).get("/contacts") for _ in range(8)]
    assert {answer.status_code for answer in answers} == {401}
