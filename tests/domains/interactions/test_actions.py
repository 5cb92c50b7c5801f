"""Running actions: who may, what the app receives, and that the intent stands before it is called."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from portico.domains.installations import service as installations
from portico.domains.interactions import calling, queries, service, sweeping
from portico.domains.interactions.errors import ActionNeedsSignIn, AppBusy, AppHasNoAddress
from portico.domains.oauth.service import verify_session_token
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Invalid, NotFound
from portico.kernel.events import Event
from portico.kernel.unit_of_work import system_unit
from tests.domains.interactions.runs import finish, run, see
from tests.support.acting_apps import ActingApp, acting_app
from tests.support.apps import every
from tests.support.cast import Cast
from tests.support.waiting import until

both = pytest.mark.both_databases
NOTE = {"input": {"note": "Hello"}}


def offered(cast: Cast, who: str, **about: Any) -> list[str]:
    with cast.reading(cast.workspace_of(who)):
        return [each.id for each in queries.actions_for(cast.actor(who), **about)]


@both
def test_the_app_is_asked_once_and_signed(cast: Cast, helper: ActingApp) -> None:
    helper.says = {"toast": "Noted"}
    row = finish(cast, "agent", "note", NOTE)
    ((call_id, body),) = helper.calls
    assert call_id == body["interaction_id"] == row["id"]
    assert body["actor"] == {"kind": "employee", "id": cast.employee_id("agent")}
    assert (body["input"], body["object"], body["locale"]) == ({"note": "Hello"}, None, "en")
    assert (body["installation_id"], body["action"]) == (helper.installation["id"], "note")
    assert "session_token" not in body
    received = helper.server.received[0]
    assert received.headers["portico-installation-id"] == helper.installation["id"]
    assert (row["state"], row["answer"], row["attempts"]) == ("answered", {"toast": "Noted"}, 1)


@both
def test_offered_by_place_and_record_and_to_programs(cast: Cast, helper: ActingApp) -> None:
    assert offered(cast, "agent") == ["helper/note", "helper/wave", "helper/wipe", "helper/mine"]
    assert offered(cast, "agent", place="command") == ["helper/note", "helper/mine"]
    assert offered(cast, "agent", about=("contact", "con_00000000000000000000000000")) == ["helper/note"]
    assert offered(cast, "outsider") == []
    with cast.reading():
        program = Actor(kind="app", workspace_id=cast.acme, id="ins_1", installation_id="ins_1")
        assert [each.key for each in queries.actions_for(program)] == ["note"]
    with cast.writing():
        installations.suspend(cast.actor("admin"), helper.installation["id"])
    assert offered(cast, "agent") == []


def test_what_is_wrong_is_said_at_its_place(cast: Cast, helper: ActingApp) -> None:
    wrong = {"note": 3, "days": "many", "more": 1}
    with pytest.raises(Invalid) as refused:
        run(cast, "agent", "note", {"input": wrong})
    assert [each.pointer for each in refused.value.errors] == ["/input/more", "/input/note", "/input/days"]
    with pytest.raises(Invalid) as refused:
        run(cast, "agent", "note", {})
    assert [(each.pointer, each.code) for each in refused.value.errors] == [("/input/note", "required")]
    assert helper.server.received == []


def test_the_record_must_be_seen_and_fit(cast: Cast, helper: ActingApp) -> None:
    ticket = see(cast)
    about = {"type": "ticket", "id": ticket["id"]}
    assert finish(cast, "agent", "wave", {"object": about})["object"] == about
    cases = [
        ("employee", "wave", about, "/object/id"),
        ("agent", "wave", {"type": "ticket", "id": "tkt_00000000000000000000000000"}, "/object/id"),
        ("agent", "wave", {"type": "contact", "id": ticket["requester"]["contact_id"]}, "/object/type"),
        ("agent", "wipe", None, "/object"),
    ]
    for who, key, given, pointer in cases:
        with pytest.raises(Invalid) as refused:
            run(cast, who, key, {"object": given, "confirmed": True})
        assert refused.value.errors[0].pointer == pointer, (who, key, given)
    with pytest.raises(NotFound):
        run(cast, "agent", "nothing", {})
    with pytest.raises(NotFound):
        run(cast, "outsider", "wave", {})


def test_an_app_is_asked_about_no_record_that_it_does_not_see(cast: Cast) -> None:
    rule = [{"kind": "employee", "id": cast.employee_id("announcer")}]
    with acting_app(cast, install={"data_range_": {"kind": "only", "include": rule}}):
        ticket = see(cast)
        with pytest.raises(Invalid) as refused:
            run(cast, "agent", "wave", {"object": {"type": "ticket", "id": ticket["id"]}})
        assert refused.value.errors[0].pointer == "/object/id"
        assert offered(cast, "agent", about=("ticket", ticket["id"])) == []


def test_what_destroys_asks_first(cast: Cast, helper: ActingApp) -> None:
    about = {"type": "ticket", "id": see(cast)["id"]}
    with pytest.raises(Invalid) as refused:
        run(cast, "agent", "wipe", {"object": about})
    assert (refused.value.errors[0].pointer, refused.value.errors[0].code) == ("/confirmed", "confirm")
    assert finish(cast, "agent", "wipe", {"object": about, "confirmed": True})["state"] == "answered"


def test_in_a_persons_name_only_where_they_are_signed_in(cast: Cast, helper: ActingApp) -> None:
    with pytest.raises(ActionNeedsSignIn):
        run(cast, "agent", "mine", {})
    finish(cast, "agent", "mine", {}, session_id="ses_1")
    ((_, body),) = helper.calls
    with cast.reading():
        claims = verify_session_token(body["session_token"], helper.registered["client_id"])
    assert (claims["sub"], claims["surface"], claims["sid"]) == (cast.employee_id("agent"), "action:mine", "ses_1")
    with cast.reading() as work:
        kept = repr([*work.execute(Event.__table__.select().where(Event.workspace_id == cast.acme)).all()])
        row = queries.run_row(cast.actor("admin"), body["interaction_id"])
    assert body["session_token"] not in kept + repr(row)


@both
def test_both_events_are_for_its_own_app_and_the_record(cast: Cast, helper: ActingApp) -> None:
    row = finish(cast, "agent", "wave", {})
    with cast.reading() as work:
        found = work.execute(
            Event.__table__.select()
            .where(Event.workspace_id == cast.acme, Event.type.in_(("action.run", "action.finished")))
            .order_by(Event.seq)
        ).all()
    assert [(each.type, each.resource_id, each.installation_id) for each in found] == [
        ("action.run", row["id"], helper.installation["id"]),
        ("action.finished", row["id"], helper.installation["id"]),
    ]
    assert [each.actor["kind"] for each in found] == ["employee", "app"]
    assert [each.data["state"] for each in found] == ["running", "answered"]


@both
def test_killed_in_the_middle_the_sweep_says_so_and_a_retry_carries_the_same_id(cast: Cast, helper: ActingApp) -> None:
    with clock.held(clock.now()):
        row = run(cast, "agent", "wave", {}).row  # the commit came, the call never
        sweeping.sweep()
        assert state_of(cast, row["id"]) == ("running", None)
        clock.advance(service.LOST_AFTER)
        sweeping.sweep()
    assert state_of(cast, row["id"]) == ("unanswered", "interrupted")
    with cast.writing():
        again = service.retry(cast.actor("agent"), row["id"])
    assert again.call is not None
    again.call()
    assert state_of(cast, row["id"]) == ("answered", None)
    assert [(call_id, body["attempt"]) for call_id, body in helper.calls] == [(row["id"], 2)]


def test_a_slow_app_keeps_nobody_waiting_and_is_not_called_without_end(
    cast: Cast, helper: ActingApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling, "PATIENCE_S", 0.01)
    helper.hold = threading.Event()
    ids = [finish(cast, "agent", "wave", {})["id"] for _ in range(calling.MOST_PER_APP)]
    assert {state_of(cast, each) for each in ids} == {("running", None)}
    with pytest.raises(AppBusy):
        run(cast, "agent", "wave", {})
    with cast.reading():
        assert len(queries.page_of_interactions(cast.actor("agent"), every()).rows) == len(ids)
    helper.hold.set()
    until(lambda: {state_of(cast, each) for each in ids} == {("answered", None)})
    assert finish(cast, "agent", "wave", {})["state"] in ("running", "answered")


def test_no_answer_in_time_may_still_come(cast: Cast, helper: ActingApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "DEADLINE_S", 0.05)
    helper.hold = threading.Event()
    row = finish(cast, "agent", "wave", {})
    assert (row["state"], row["failure"]) == ("waiting", "timeout")


def test_an_app_without_an_address_hears_of_it_by_its_stream(cast: Cast) -> None:
    with acting_app(cast, runtime={"delivery": "stream"}, events=None) as app:
        begun = run(cast, "agent", "note", NOTE)
        assert (begun.call, begun.row["state"]) == (None, "waiting")
        with pytest.raises(AppHasNoAddress):
            run(cast, "agent", "mine", {}, session_id="ses_1")
        assert app.server.received == []


@both
def test_who_sees_a_run_and_who_sees_what_stands_in_it(cast: Cast, helper: ActingApp) -> None:
    helper.says = {"toast": "Noted"}
    about = {"type": "ticket", "id": see(cast)["id"]}
    row = finish(cast, "agent", "note", {"object": about, **NOTE})
    with cast.reading():
        assert queries.interaction(cast.actor("app_manager"), row["id"])["input"] == {"note": "Hello"}
        for other in ("employee", "support_admin"):
            with pytest.raises(NotFound):
                queries.interaction(cast.actor(other), row["id"])
        (seen,) = queries.runs_on(cast.actor("support_admin"), ("ticket", about["id"]), 10)
    assert (seen["state"], seen["redacted"]) == ("answered", ["input", "answer"])
    assert "input" not in seen
    assert "answer" not in seen
    with cast.reading(cast.other), pytest.raises(NotFound):
        queries.interaction(cast.actor("outsider"), row["id"])


@both
def test_rows_are_forgotten_after_ninety_days(cast: Cast, helper: ActingApp) -> None:
    row = finish(cast, "agent", "wave", {})
    with clock.held(clock.now()):
        clock.advance(sweeping.KEPT * 1.1)
        with system_unit("tests: forget", write=True):
            sweeping.forget()
    with cast.reading(), pytest.raises(NotFound):
        queries.interaction(cast.actor("agent"), row["id"])


def state_of(cast: Cast, interaction_id: str) -> tuple[str, str | None]:
    with cast.reading():
        row = queries.interaction(cast.actor("admin"), interaction_id)
    return row["state"], row["failure"]
