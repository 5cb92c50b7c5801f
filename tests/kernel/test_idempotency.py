"""An Idempotency-Key makes a retry safe, alone and with a twin at the same moment."""

from __future__ import annotations

import threading

import pytest
from werkzeug.test import TestResponse

from portico.domains.directory import queries
from portico.kernel.listing import ListQuery
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases
KEY = {"Idempotency-Key": "the same try"}


def departments(cast: Cast) -> int:
    with cast.reading():
        return len(queries.page_of_departments(cast.actor("agent"), ListQuery(limit=200)).rows)


def test_the_replay_is_the_same_byte_for_byte(api: Api, cast: Cast) -> None:
    first = api("hr_admin").post("/departments", json={"name": "Support"}, headers=KEY)
    again = api("hr_admin").post("/departments", json={"name": "Support"}, headers=KEY)
    assert first.status_code == again.status_code == 201
    assert first.data == again.data
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["ETag"] == first.headers["ETag"]
    assert departments(cast) == 1


def test_another_body_under_the_same_key_is_refused(api: Api, cast: Cast) -> None:
    api("hr_admin").post("/departments", json={"name": "Support"}, headers=KEY)
    other = api("hr_admin").post("/departments", json={"name": "Sales"}, headers=KEY)
    assert (other.status_code, other.json["code"]) == (422, "idempotency_key_reused")
    assert departments(cast) == 1


def test_another_caller_may_use_the_same_key(api: Api, cast: Cast) -> None:
    api("hr_admin").post("/departments", json={"name": "Support"}, headers=KEY)
    assert api("admin").post("/departments", json={"name": "Sales"}, headers=KEY).status_code == 201
    assert departments(cast) == 2


def test_a_failed_try_leaves_nothing(api: Api, cast: Cast) -> None:
    assert api("hr_admin").post("/departments", json={"name": ""}, headers=KEY).status_code == 422
    assert api("hr_admin").post("/departments", json={"name": "Support"}, headers=KEY).status_code == 201


def test_twins_at_the_same_moment_change_once(api: Api, cast: Cast) -> None:
    """E-G-07."""
    start = threading.Barrier(4)
    answers: list[TestResponse] = []

    def go() -> None:
        client = api("hr_admin")
        start.wait()
        answers.append(client.post("/departments", json={"name": "Support"}, headers=KEY))

    api("hr_admin").get("/me")
    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert departments(cast) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "ümlaut"])
def test_a_key_that_is_none_is_refused(api: Api, key: str) -> None:
    headers = {"Idempotency-Key": key.encode().decode("latin-1")}
    assert api("hr_admin").post("/departments", json={"name": "Support"}, headers=headers).status_code == 422
