"""`{streams_url}/live`: our own pages hear that something changed, by the session's cookie; no other origin does."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import orjson
import pytest

from portico.domains.identity.doors import Origin, end_session, sign_in
from portico.domains.tickets.events import TICKET_COMMENT_CREATED, TICKET_CREATED, TICKET_UPDATED
from portico.kernel.authn import door
from portico.kernel.whispers import Whisper
from portico.settings import Settings
from portico.stream.serving import StreamServer
from tests.support.cast import PASSWORD, Cast
from tests.support.listening import listening
from tests.support.pumping import happen

pytestmark = pytest.mark.both_databases
OURS = "http://127.0.0.1:8000"


@pytest.fixture
def live_url(streams: StreamServer, here: Settings) -> str:
    return f"{here.streams_url}/live"


def _signed_in(cast: Cast, name: str) -> str:
    return sign_in(cast.email(name), PASSWORD, Origin("192.0.2.1", "tests"))


def _headers(token: str, origin: str | None = OURS, **more: str) -> dict[str, str]:
    given = {"Cookie": f"other=1; portico_session={token}", **more}
    return given if origin is None else {**given, "Origin": origin}


def test_a_page_hears_what_changed_and_nothing_of_what_it_says(
    cast: Cast, streams: StreamServer, live_url: str
) -> None:
    headers = _headers(_signed_in(cast, "agent"))
    with listening(live_url, query="workspace=acme&resource=tkt_1", headers=headers) as ear:
        assert ear.status == 200
        assert ear.headers["access-control-allow-origin"] == OURS
        assert ear.headers["access-control-allow-credentials"] == "true"
        assert "origin" in ear.headers["vary"].lower()
        ear.frame()
        happen(cast, TICKET_CREATED, id="tkt_2")
        happen(cast, TICKET_UPDATED, id="tkt_1", subject="Secret")
        streams.wake()
        heard = ear.next()
    assert heard is not None
    assert heard.type == "change"
    assert set(heard.data) == {"type", "resource", "actor", "occurred_at"}
    assert heard.data["type"] == "ticket.updated"
    assert heard.data["resource"] == {"type": "ticket", "id": "tkt_1", "version": 1}


def test_only_what_the_viewer_may_read(cast: Cast, streams: StreamServer, live_url: str) -> None:
    with listening(live_url, query="workspace=acme", headers=_headers(_signed_in(cast, "employee"))) as ear:
        ear.frame()
        happen(cast, TICKET_CREATED, id="tkt_1")
        happen(cast, TICKET_COMMENT_CREATED, id="cmt_1", visibility="internal")
        streams.wake()
        before = ear.last_id
        while ear.last_id == before:
            frame = ear.frame()
            assert frame is not None
            assert frame.data is None


@pytest.mark.parametrize(
    ("origin", "fetched"),
    [
        ("https://evil.example", ""),
        ("null", ""),
        (None, ""),
        ("http://127.0.0.1:8001", "same-site"),
        (None, "cross-site"),
        ("http://127.0.0.1:8000.evil.example", ""),
    ],
)
def test_another_origin_hears_nothing(cast: Cast, live_url: str, origin: str | None, fetched: str) -> None:
    more = {"Sec-Fetch-Site": fetched} if fetched else {}
    headers = _headers(_signed_in(cast, "agent"), origin, **more)
    with listening(live_url, query="workspace=acme", headers=headers) as ear:
        assert (ear.status, ear.problem["code"]) == (403, "forbidden")
        assert ear.headers["access-control-allow-origin"] is None


def test_where_streams_share_the_origin_the_fetch_metadata_say_so(cast: Cast, live_url: str) -> None:
    headers = _headers(_signed_in(cast, "agent"), None, **{"Sec-Fetch-Site": "same-origin"})
    with listening(live_url, query="workspace=acme", headers=headers) as ear:
        assert ear.status == 200


def test_signing_out_ends_the_stream(cast: Cast, streams: StreamServer, live_url: str) -> None:
    token = _signed_in(cast, "agent")
    with listening(live_url, query="workspace=acme", headers=_headers(token)) as ear:
        ear.frame()
        login = door().login(token)
        assert login is not None
        end_session(login, login.session_id)
        last = ear.next()
        assert last is not None
        assert (last.type, last.data["status"]) == ("end", 401)
    with listening(live_url, query="workspace=acme", headers=_headers(token)) as ear:
        assert ear.status == 401


def test_no_session_and_no_foreign_workspace(cast: Cast, live_url: str) -> None:
    with listening(live_url, query="workspace=acme", headers={"Origin": OURS}) as ear:
        assert (ear.status, ear.problem["code"]) == (401, "token_missing")
    headers = _headers(_signed_in(cast, "agent"))
    with listening(live_url, query="workspace=other", headers=headers) as ear:
        assert ear.status == 401
    with listening(live_url, query="", headers=headers) as ear:
        assert (ear.status, ear.problem["code"]) == (422, "invalid")
    with listening(live_url, cast.token("agent"), query="workspace=acme", headers={"Origin": OURS}) as ear:
        assert ear.status == 401, "a token opens /events, not this"


def _say(streams: StreamServer, cast: Cast, **about: Any) -> None:
    given = {"resource": ("ticket", "tkt_1"), "scope": "tickets:read", "by": "emp_other", "state": "writing"} | about
    streams.hear(orjson.dumps(asdict(Whisper(cast.acme, "here", **given))))


def test_who_writes_is_heard_where_the_record_is_open_and_may_be_read(
    cast: Cast, streams: StreamServer, live_url: str
) -> None:
    on_it, elsewhere = "workspace=acme&resource=tkt_1", "workspace=acme&resource=tkt_2"
    agent, employee = (_headers(_signed_in(cast, name)) for name in ("agent", "employee"))
    with (
        listening(live_url, query=on_it, headers=agent) as ear,
        listening(live_url, query=elsewhere, headers=agent) as aside,
        listening(live_url, query=on_it, headers=employee) as barred,
    ):
        for each in (ear, aside, barred):
            each.frame()
        _say(streams, cast, by=cast.employee_id("agent"))
        _say(streams, cast)
        people = (cast.employee_id("agent"), cast.employee_id("employee"))
        streams.hear(orjson.dumps(asdict(Whisper(cast.acme, "told", employees=people))))
        streams.hear(b"no whisper")
        heard = {said.type: said.data for said in (ear.next(), ear.next()) if said is not None}
        assert heard.keys() == {"here", "told"}
        assert heard["here"] == {"resource": "tkt_1", "by": "emp_other", "state": "writing"}
        streams.hear(orjson.dumps(asdict(Whisper(cast.acme, "told", employees=people))))
        for each in (aside, barred):
            for _ in range(2):
                said = each.next()
                assert said is not None
                assert said.type == "told", "of the record only who has it open and may read it is told"


def test_a_browser_names_all_its_records_and_goes_on_by_the_address(
    cast: Cast, streams: StreamServer, live_url: str
) -> None:
    headers = _headers(_signed_in(cast, "agent"))
    query = "workspace=acme&resource=tkt_1,tkt_3&also=ticket.created"
    with listening(live_url, query=query, headers=headers) as ear:
        ear.frame()
        for verb, ticket in ((TICKET_UPDATED, "tkt_2"), (TICKET_UPDATED, "tkt_3"), (TICKET_CREATED, "tkt_4")):
            happen(cast, verb, id=ticket)
        streams.wake()
        first = ear.next()
        assert first is not None
        assert first.data["resource"]["id"] == "tkt_3"
    with listening(live_url, query=f"{query}&after={first.id}", headers=headers) as ear:
        second = ear.next()
        assert second is not None
        assert second.data["resource"]["id"] == "tkt_4"
