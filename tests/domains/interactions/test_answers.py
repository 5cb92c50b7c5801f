"""What apps answer: in time, late, wrongly, or with what should harm somebody."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from portico.domains.interactions import queries, service, sweeping
from portico.domains.interactions.errors import InteractionAnswered, InteractionExpired
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Invalid, NotFound
from tests.domains.interactions.runs import finish
from tests.support.acting_apps import ActingApp, acting_app
from tests.support.cast import Cast
from tests.support.loopback_servers import answer

both = pytest.mark.both_databases
CARD = {"blocks": [{"type": "text", "text": "Hello"}, {"type": "buttons", "items": [{"label": "W", "action": "wave"}]}]}


def of(app: ActingApp) -> Actor:
    """The installation's own token."""
    ins = app.installation
    return Actor(kind="app", workspace_id=ins["workspace_id"], id=ins["id"], installation_id=ins["id"])


def late(cast: Cast, app: ActingApp, interaction_id: str, given: dict[str, Any]) -> dict[str, Any]:
    with cast.writing():
        return service.answer_late(of(app), interaction_id, given)


TRUTHS: list[tuple[Any, str]] = [
    ({}, "answered"),
    (b"", "answered"),
    ({"toast": "Done"}, "answered"),
    ({"card": CARD, "open": "surface:home"}, "answered"),
    ({"open": "https://example.com/a?b=c#d"}, "answered"),
    ({"errors": {"note": "Too short"}}, "refused"),
    ({"later": True}, "waiting"),
]


@both
def test_what_may_be_answered(cast: Cast, helper: ActingApp) -> None:
    for says, state in TRUTHS:
        helper.says = says
        row = finish(cast, "agent", "wave", {})
        assert (row["state"], row["failure"], row["findings"]) == (state, None, []), says
        assert row["answer"] == (None if state == "waiting" else says or {})


HUGE = json.dumps({"toast": "x" * 200_000}).encode()
DEEP = b'{"card": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"
LIES: list[tuple[str, Any, str]] = [
    ("a list", b"[1]", "invalid"),
    ("no json", b"<html>ha</html>", "not_json"),
    ("half a character", b'{"toast": "\\ud800"}', "not_json"),
    ("nul", b'{"toast": "a\\u0000b"}', "invalid"),
    ("deep", DEEP, "not_json"),
    ("huge", HUGE, "too_large"),
    ("nonsense", b"\xff\xfe\x00", "not_json"),
    ("script", {"open": "javascript:alert(1)"}, "invalid"),
    ("other host", {"open": "//evil.example"}, "invalid"),
    ("up", {"open": "/tickets/../../other"}, "invalid"),
    ("user", {"open": "https://me@evil.example"}, "invalid"),
    ("unknown page", {"open": "surface:nothing"}, "invalid"),
    ("unknown block", {"card": {"blocks": [{"type": "html", "html": "<b>"}]}}, "invalid"),
    ("svg", {"card": {"blocks": [{"type": "image", "url": "data:image/svg+xml;base64,AAAA", "alt": "x"}]}}, "invalid"),
    ("unknown action", {"card": {"blocks": [{"type": "form", "action": "nothing"}]}}, "invalid"),
]


@both
def test_a_lying_answer_harms_nothing(cast: Cast, helper: ActingApp) -> None:
    for name, says, failure in LIES:
        helper.says = says
        row = finish(cast, "agent", "wave", {})
        assert (row["state"], row["failure"], row["answer"]) == ("failed", failure, None), name
        assert bool(row["findings"]) == (failure == "invalid"), name
        assert all(each["pointer"].startswith("/") or each["pointer"] == "" for each in row["findings"]), name


def test_findings_have_pointers_and_the_developer_sees_what_came(cast: Cast, helper: ActingApp) -> None:
    helper.says = {"toast": "", "card": {"blocks": [{"type": "text", "txt": "x"}]}}
    row = finish(cast, "agent", "wave", {})
    assert [(each["pointer"], each["code"]) for each in row["findings"]] == [
        ("/toast", "empty"),
        ("/card/blocks/0/txt", "unknown_key"),
        ("/card/blocks/0/text", "required"),
    ]
    assert json.loads(row["received"]) == helper.says


def test_what_a_status_means(cast: Cast, helper: ActingApp) -> None:
    meanings = {"202 Accepted": "waiting", "409 Conflict": "waiting", "500 Oh": "failed", "302 Found": "failed"}
    for status, state in meanings.items():
        helper.status, helper.headers = status, {"Location": "http://127.0.0.1:1/"}
        assert finish(cast, "agent", "wave", {})["state"] == state, status


def test_a_connection_that_breaks_is_tried_once_more_with_the_same_id(cast: Cast, helper: ActingApp) -> None:
    helper.says = []
    row = finish(cast, "agent", "wave", {})
    assert (row["state"], row["failure"]) == ("failed", "unreachable")
    assert len({call_id for call_id, _ in helper.calls}) == 1
    assert len(helper.calls) == 2


@both
def test_a_late_answer_within_a_day_and_once(cast: Cast, helper: ActingApp) -> None:
    helper.says = {"later": True}
    row = finish(cast, "agent", "wave", {})
    done = late(cast, helper, row["id"], {"toast": "Done", "card": CARD})
    assert (done["state"], done["answer"]["toast"]) == ("answered", "Done")
    assert late(cast, helper, row["id"], {"toast": "Done", "card": CARD})["version"] == done["version"]
    with pytest.raises(InteractionAnswered):
        late(cast, helper, row["id"], {"toast": "Something else"})


def test_a_late_answer_is_held_to_the_same_rules(cast: Cast, helper: ActingApp) -> None:
    helper.says = {"later": True}
    row = finish(cast, "agent", "wave", {})
    with pytest.raises(Invalid) as refused:
        late(cast, helper, row["id"], {"open": "javascript:1"})
    assert [each.pointer for each in refused.value.errors] == ["/open"]


def test_another_app_cannot_answer_nor_see(cast: Cast, helper: ActingApp) -> None:
    helper.says = {"later": True}
    row = finish(cast, "agent", "wave", {})
    with acting_app(cast, "other") as other, pytest.raises(NotFound):
        late(cast, other, row["id"], {"toast": "Mine"})


@both
def test_after_a_day_it_is_unanswered_and_stays_so(cast: Cast, helper: ActingApp) -> None:
    helper.says = {"later": True}
    with clock.held(clock.now()):
        row = finish(cast, "agent", "wave", {})
        clock.advance(service.LIFE - timedelta(seconds=1))
        sweeping.sweep()
        with cast.reading():
            assert queries.interaction(cast.actor("agent"), row["id"])["state"] == "waiting"
        clock.advance(timedelta(seconds=1))
        sweeping.sweep()
        with cast.reading():
            after = queries.interaction(cast.actor("agent"), row["id"])
        assert (after["state"], after["failure"]) == ("unanswered", "expired")
        with pytest.raises(InteractionExpired):
            late(cast, helper, row["id"], {"toast": "Too late"})


@both
def test_who_answers_first_stands(cast: Cast, helper: ActingApp) -> None:
    """The app answers by PATCH while its first answer is still on the way."""
    made: list[dict[str, Any]] = []

    def respond(received: Any) -> Any:
        body = json.loads(received.body)
        made.append(late(cast, helper, body["interaction_id"], {"toast": "First"}))
        return answer(body=b'{"toast": "Second"}')

    helper.server.respond = respond
    row = finish(cast, "agent", "wave", {})
    assert (row["state"], row["answer"]) == ("answered", {"toast": "First"})
