"""Actions over HTTP: the two units of a run, twins and replays, and what an app does with its own token."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import Flask

from portico.domains.interactions import calling
from portico.kernel import idempotency
from tests.support.acting_apps import ActingApp
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.waiting import until

RUN = "/actions/helper/note/runs"
NOTE: dict[str, Any] = {"input": {"note": "Hello"}}


def test_a_run_is_created_with_the_apps_answer(api: Api, helper: ActingApp) -> None:
    helper.says = {"toast": "Noted"}
    made = api("agent").post(RUN, json=NOTE)
    assert (made.status_code, made.json["state"], made.json["answer"]) == (201, "answered", {"toast": "Noted"})
    assert made.headers["Location"] == f"/api/v1/interactions/{made.json['id']}"
    read = api("agent").get(f"/interactions/{made.json['id']}")
    assert read.json == made.json
    assert read.headers["ETag"] == '"2"'


def test_the_actions_of_a_person(api: Api, helper: ActingApp) -> None:
    found = api("agent").get("/actions?place=command").json["data"]
    assert [each["id"] for each in found] == ["helper/note", "helper/mine"]
    assert [field["name"] for field in found[0]["input"]] == ["note", "days"]
    assert found[0]["input"][1]["required"] is False
    assert api("agent").get("/actions?place=nowhere").status_code == 422
    assert api("agent").get("/actions?object_id=tkt_00000000000000000000000000").status_code == 422


@pytest.mark.both_databases
def test_twice_at_once_with_one_key_is_one_run(api: Api, helper: ActingApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "PATIENCE_S", 0.2)
    helper.hold = threading.Event()
    key = {"Idempotency-Key": "twin"}
    clients = [api("agent"), api("agent")]
    answers: list[Any] = []

    def press(client: Any) -> None:
        answers.append(client.post(RUN, json=NOTE, headers=key))

    threads = [threading.Thread(target=press, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.status_code for each in answers] == [201, 201]
    assert len({each.json["id"] for each in answers}) == 1
    assert len(helper.server.received) == 1


def test_a_replay_after_a_crash_says_where_it_went(
    api: Api, helper: ActingApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died between the commit and the answer: who comes again is not told to wait for ever."""

    def killed(*_: Any) -> None:
        raise KeyboardInterrupt

    key = {"Idempotency-Key": "crash"}
    with monkeypatch.context() as patch:
        patch.setattr(calling, "call_and_wait", killed)
        with pytest.raises(KeyboardInterrupt):
            api("agent").post(RUN, json=NOTE, headers=key)
    again = api("agent").post(RUN, json=NOTE, headers=key)
    assert (again.status_code, again.json["state"]) == (201, "running")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert len(api("agent").get("/interactions").json["data"]) == 1


def test_a_replay_answers_what_was_answered(api: Api, helper: ActingApp) -> None:
    helper.says = {"toast": "Noted"}
    key = {"Idempotency-Key": "again"}
    first, again = (api("agent").post(RUN, json=NOTE, headers=key) for _ in range(2))
    assert first.data == again.data
    assert first.json["state"] == "answered"
    assert len(helper.server.received) == 1
    assert idempotency.LIFE.days == 1


def test_a_refused_run_leaves_nothing(api: Api, helper: ActingApp) -> None:
    refused = api("agent").post(RUN, json={"input": {"days": 1.5}}, headers={"Idempotency-Key": "wrong"})
    assert {each["pointer"] for each in refused.json["errors"]} == {"/input/note", "/input/days"}
    assert api("agent").post(RUN, json=NOTE, headers={"Idempotency-Key": "wrong"}).status_code == 201


def test_the_app_answers_with_its_own_token_and_reads_its_runs(api: Api, cast: Cast, helper: ActingApp) -> None:
    helper.says = {"later": True}
    made = api("agent").post(RUN, json=NOTE).json
    app = api.bearer(helper.token())
    done = app.patch(f"/interactions/{made['id']}", json={"toast": "Done"})
    assert (done.status_code, done.json["state"]) == (200, "answered")
    assert app.patch(f"/interactions/{made['id']}", json={"toast": "Else"}).json["code"] == "interaction_answered"
    wrong = app.patch(f"/interactions/{made['id']}", json={"open": "ftp://x"})
    assert wrong.json["errors"][0]["pointer"] == "/open"
    assert api("owner").patch(f"/interactions/{made['id']}", json={"toast": "x"}).status_code == 403


def test_a_failed_run_is_called_again_with_the_same_id(api: Api, helper: ActingApp) -> None:
    helper.status = "500 Oh"
    made = api("agent").post(RUN, json=NOTE).json
    assert (made["state"], made["failure"]) == ("failed", "status")
    helper.status = "200 OK"
    again = api("agent").post(f"/interactions/{made['id']}/retry")
    assert (again.status_code, again.json["state"], again.json["attempts"]) == (201, "answered", 2)
    assert api("agent").post(f"/interactions/{made['id']}/retry").json["code"] == "interaction_answered"
    assert api("app_manager").post(f"/interactions/{made['id']}/retry").status_code == 404
    assert {call_id for call_id, _ in helper.calls} == {made["id"]}


def test_nobody_holds_the_database_while_an_app_thinks(
    api: Api, app: Flask, helper: ActingApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On SQLite one writes at a time: if the intent were still open, this write would wait."""
    monkeypatch.setattr(calling, "PATIENCE_S", 5)
    helper.hold = threading.Event()
    thread = threading.Thread(target=lambda: api("agent").post(RUN, json=NOTE))
    thread.start()
    until(lambda: helper.server.received)
    assert api("agent").post("/contacts", json={"display_name": "Meanwhile"}).status_code == 201
    helper.hold.set()
    thread.join()


def test_the_schemas_are_served(app: Flask) -> None:
    for name in ("manifest", "card", "answer"):
        found = app.test_client().get(f"/schemas/{name}.json")
        assert (found.status_code, found.json["type"], found.json["additionalProperties"]) == (200, "object", False)
    assert app.test_client().get("/schemas/other.json").status_code == 404
