"""`{streams_url}/events`: what apps and people with a token hear, from where, and until when."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import pytest

from portico.domains.contacts import service as contacts
from portico.domains.contacts.events import CONTACT_UPDATED
from portico.domains.directory.events import EMPLOYEE_CREATED
from portico.domains.identity import queries
from portico.domains.identity import service as identity
from portico.domains.installations import service as installations
from portico.domains.tickets.events import TICKET_COMMENT_CREATED, TICKET_CREATED
from portico.stream.serving import StreamServer
from tests.support import apps
from tests.support.cast import Cast
from tests.support.http import Api
from tests.support.listening import listening
from tests.support.pumping import happen

pytestmark = pytest.mark.both_databases


def test_what_happens_is_heard_as_the_cursor_shows_it(
    cast: Cast, api: Api, streams: StreamServer, events_url: str
) -> None:
    happen(cast)
    with listening(events_url, cast.token("admin")) as ear:
        assert ear.status == 200
        assert ear.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert (ear.headers["cache-control"], ear.headers["x-accel-buffering"]) == ("no-store", "no")
        ear.frame()
        made = [happen(cast), happen(cast, CONTACT_UPDATED), happen(cast, TICKET_CREATED, id="tkt_1")]
        streams.wake()
        heard = ear.take(3)
    assert ear.retry is not None
    assert [one.data["id"] for one in heard] == made, "what happened before it was opened is not heard"
    assert [one.type for one in heard] == ["contact.created", "contact.updated", "ticket.created"]
    listed = api("admin").get("/events?types=contact.*,ticket.*").json["data"][1:]
    assert [one.data for one in heard] == listed


def test_it_goes_on_behind_the_last_id_without_gap_or_duplicate(
    cast: Cast, api: Api, streams: StreamServer, events_url: str
) -> None:
    token = cast.token("admin")
    with listening(events_url, token, query="types=contact.*") as ear:
        ear.frame()
        made = [happen(cast) for _ in range(3)]
        streams.wake()
        first = ear.take(2)
    made += [happen(cast) for _ in range(120)]
    with listening(events_url, token, query="types=contact.*", last_id=first[1].id) as ear:
        assert [one.data["id"] for one in ear.take(121)] == made[2:]
    page = api("admin").get(f"/events?types=contact.*&after={first[1].id}&limit=1").json
    assert page["data"][0]["id"] == made[2], "ids of the stream are cursors"
    with listening(events_url, token, query=f"after={page['page']['next_cursor']}&types=contact.*") as ear:
        assert ear.take(1)[0].data["id"] == made[3], "and cursors are ids"
    with listening(events_url, token, query="after=oldest&types=contact.*") as ear:
        assert ear.take(1)[0].data["id"] == made[0]


def test_who_waits_for_something_rare_moves_on_all_the_same(cast: Cast, streams: StreamServer, events_url: str) -> None:
    with listening(events_url, cast.token("admin"), query="types=department.*") as ear:
        ear.frame()
        before = ear.last_id
        happen(cast)
        while ear.last_id == before:
            assert ear.frame() is not None
        assert "heartbeat" in ear.comments
    with listening(events_url, cast.token("admin"), last_id=ear.last_id) as ear:
        later = happen(cast)
        streams.wake()
        assert ear.take(1)[0].data["id"] == later


def test_each_hears_what_their_power_covers(cast: Cast, streams: StreamServer, events_url: str) -> None:
    def heard(count: int, *who: str) -> list[Any]:
        with listening(
            events_url, cast.token(*who), query="types=contact.*,ticket.*,employee.created", last_id=start
        ) as ear:
            return ear.take(count)

    with listening(events_url, cast.token("agent")) as ear:
        ear.frame()
        start = ear.last_id
    happen(cast)
    happen(cast, TICKET_CREATED, id="tkt_1")
    happen(cast, TICKET_COMMENT_CREATED, id="cmt_1", visibility="internal")
    happen(cast, EMPLOYEE_CREATED, id="emp_1", mobile="+49 151")
    assert [one.type for one in heard(4, "agent")] == [
        "contact.created",
        "ticket.created",
        "ticket.comment_created",
        "employee.created",
    ]
    assert [one.type for one in heard(1, "agent", "tickets:read")] == ["ticket.created"]
    plain = heard(1, "employee")
    assert [one.type for one in plain] == ["employee.created"], "tickets:read shows an employee only their own"
    assert plain[0].data["data"]["_redacted"] == ["mobile"]
    assert heard(1, "hr_admin")[0].data["data"]["mobile"] == "+49 151"


def test_an_app_hears_what_is_for_all_or_for_itself_within_its_range(
    cast: Cast, streams: StreamServer, events_url: str
) -> None:
    app = apps.register(cast, apps.asking("contacts:read"))
    only = {"kind": "only", "include": [{"kind": "employee", "id": cast.employee_id("agent")}]}
    row = apps.install(cast, data_range_=only)
    apps.register(cast, apps.asking("contacts:read", key="another"))
    apps.install(cast, "another")
    with listening(events_url, apps.mint(app, row), query="after=oldest") as ear:
        mine = [_contact(cast, "employee"), _contact(cast, "agent")][1]
        happen(cast, TICKET_CREATED, id="tkt_1")
        streams.wake()
        heard = ear.take(2)
        assert [one.type for one in heard] == ["app.installed", "contact.created"]
        assert heard[1].data["resource"]["id"] == mine
        assert {one.data["installation_id"] for one in heard} == {row["id"]}
        with cast.writing():
            installations.update_installation(cast.actor("app_manager"), row["id"], {"granted_scopes": []})
        _contact(cast, "agent")
        with cast.writing():
            installations.suspend(cast.actor("admin"), row["id"])
        rest = [one.type for one in iter(ear.next, None)]
    assert "contact.created" not in rest, "a scope that was cut shows nothing from that moment on"
    assert rest[-1] == "end"


def _contact(cast: Cast, owner: str) -> str:
    with cast.writing():
        values = {"display_name": "Zoë", "owner_employee_id": cast.employee_id(owner)}
        return str(contacts.create_contact(cast.actor("owner"), values)["id"])


def _suspend(cast: Cast, installation_id: str) -> None:
    with cast.writing():
        installations.suspend(cast.actor("admin"), installation_id)


def _uninstall(cast: Cast, installation_id: str) -> None:
    with cast.writing():
        installations.uninstall(cast.actor("admin"), installation_id)


@pytest.mark.parametrize(
    ("cut", "code"), [(_suspend, "installation_suspended"), (_uninstall, "token_revoked")], ids=["suspend", "uninstall"]
)
def test_the_end_of_an_installation_ends_its_stream(
    cast: Cast, streams: StreamServer, events_url: str, cut: Any, code: str
) -> None:
    app = apps.register(cast, apps.asking("contacts:read"))
    row = apps.install(cast)
    token = apps.mint(app, row)
    with listening(events_url, token) as ear:
        ear.frame()
        cut(cast, row["id"])
        heard = list(iter(ear.next, None))
    assert [(one.type, one.data["code"], one.data["status"]) for one in heard if one.type == "end"] == [
        ("end", code, 401)
    ]
    with listening(events_url, token) as ear:
        assert (ear.status, ear.problem["code"]) == (401, code)


def test_a_revoked_token_ends_its_stream_though_nothing_happens(
    cast: Cast, streams: StreamServer, events_url: str
) -> None:
    agent = cast.actor("agent")
    token = cast.token("agent")
    with listening(events_url, token) as ear, listening(events_url, cast.token("admin")) as other:
        ear.frame()
        other.frame()
        with cast.writing():
            for row in queries.tokens_of(agent):
                identity.revoke_token(agent, row.id)
        last = ear.next()
        assert last is not None
        assert (last.type, last.data["code"]) == ("end", "token_revoked")
        assert ear.next() is None, "the connection is closed"
        happen(cast)
        assert other.take(1), "everybody else goes on"


@pytest.mark.parametrize(
    ("query", "last_id", "status", "code"),
    [
        ("", "rubbish", 400, "cursor_invalid"),
        ("after=rubbish", "", 400, "cursor_invalid"),
        ("types=contact", "", 422, "invalid"),
        ("since=yesterday", "", 422, "invalid"),
    ],
)
def test_a_wrong_wish_is_refused(cast: Cast, events_url: str, query: str, last_id: str, status: int, code: str) -> None:
    with listening(events_url, cast.token("admin"), query=query, last_id=last_id) as ear:
        assert (ear.status, ear.problem["code"]) == (status, code)


def test_workspaces_do_not_mix(cast: Cast, streams: StreamServer, events_url: str) -> None:
    with listening(events_url, cast.token("admin")) as mine, listening(events_url, cast.token("outsider")) as theirs:
        mine.frame()
        theirs.frame()
        happen(cast)
        happen(cast, CONTACT_UPDATED, workspace=cast.other)
        streams.wake()
        assert [one.type for one in theirs.take(1)] == ["contact.updated"]
        assert [one.type for one in mine.take(1)] == ["contact.created"]
    with listening(events_url, cast.token("outsider"), last_id=mine.last_id) as ear:
        assert (ear.status, ear.problem["code"]) == (400, "cursor_mismatch")


def test_without_a_token_the_way_to_one_is_named(events_url: str) -> None:
    with listening(events_url) as ear:
        assert ear.status == 401
        assert ear.headers["www-authenticate"].startswith('Bearer resource_metadata="')
        assert ear.problem["code"] == "token_missing"
    with listening(events_url, "pts_0123456789") as ear:
        assert (ear.status, ear.problem["code"]) == (401, "token_invalid")
    with listening(events_url.replace("/events", "/elsewhere")) as ear:
        assert (ear.status, ear.problem["code"]) == (404, "not_found")


def test_a_caller_has_so_many_streams_and_no_more(cast: Cast, events_url: str) -> None:
    with ExitStack() as stack:
        for _ in range(10):
            assert stack.enter_context(listening(events_url, cast.token("admin"))).status == 200
        refused = stack.enter_context(listening(events_url, cast.token("admin")))
        assert (refused.status, refused.problem["code"]) == (429, "too_many_streams")
        assert int(refused.headers["retry-after"]) > 0
        assert stack.enter_context(listening(events_url, cast.token("agent"))).status == 200


def test_at_the_end_listeners_are_told_to_come_back(cast: Cast, streams: StreamServer, events_url: str) -> None:
    with listening(events_url, cast.token("admin")) as ear:
        ear.frame()
        streams.stop()
        assert ear.next() is None, "no end of power: the same token goes on elsewhere"
        assert "restarting" in ear.comments
