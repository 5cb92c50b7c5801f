"""`client.events.stream(…)` against a server that says what the test wants."""

import json
from itertools import islice

import httpx
import pytest

from portico_sdk import AuthenticationError, BadRequestError, PermissionDeniedError, Portico
from portico_sdk._sse import frames
from portico_sdk.apps import App
from portico_sdk.models import TicketEvent, UnknownEvent

BASE = "https://work.example"
STREAMS = "https://work.example/streams"
RETRY = b"retry: 1500\n: heartbeat\nid: c0\n\n"


def event(seq, kind="ticket.created", **more):
    return {"id": f"evt_{seq}", "type": kind, "seq": seq, "data": {"id": "tkt_1"}, "installation_id": "ins_1", **more}


def frame(seq, kind="ticket.created", **more):
    return f"id: c{seq}\nevent: {kind}\ndata: {json.dumps(event(seq, kind, **more), ensure_ascii=False)}\n\n".encode()


def end(code, status=401):
    return f"event: end\ndata: {json.dumps({'status': status, 'code': code, 'title': 'Over'})}\n\n".encode()


class Broken(httpx.SyncByteStream):
    """A body that breaks off after its chunks."""

    def __init__(self, *chunks):
        self.chunks = chunks

    def __iter__(self):
        yield from self.chunks
        raise httpx.ReadError("gone")


class Server:
    """Answers each connection to the stream with the next of `answers`."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []
        self.minted = 0
        self.slept = []
        self.client = Portico("pti_one", base_url=BASE, http_client=self.http())
        self.hold(self.client)

    def http(self):
        return httpx.Client(transport=httpx.MockTransport(self.answer))

    def hold(self, client):
        object.__setattr__(client._transport, "sleep", self.slept.append)

    def answer(self, request):
        if request.url.path == "/api/v1/me":
            who = {"kind": "app", "id": "ins_1"}
            return httpx.Response(200, json={"actor": who, "workspace": {"id": "wsp_1"}, "streams_url": STREAMS})
        if request.url.path == "/oauth/token":
            self.minted += 1
            return httpx.Response(200, json={"access_token": f"pti_{self.minted}", "expires_in": 3600})
        self.asked.append(request)
        answer = self.answers.pop(0) if self.answers else httpx.Response(403, json={"code": "forbidden"})
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, bytes):
            return httpx.Response(200, content=answer)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, stream=answer)

    def ids(self):
        return [request.headers.get("last-event-id") for request in self.asked]


def heard(stream):
    found = []
    with pytest.raises(PermissionDeniedError):
        found.extend(one.seq for one in stream)
    return found


def test_events_are_typed_and_types_are_asked_for():
    server = Server(RETRY + frame(1) + frame(2, "weather.changed"))
    stream = server.client.events.stream(after="c0", types=["ticket.*", "weather.*"])
    first, second = islice(stream, 2)
    assert isinstance(first, TicketEvent)
    assert isinstance(second, UnknownEvent)
    asked = server.asked[0]
    assert str(asked.url).startswith(f"{STREAMS}/events?")
    assert dict(asked.url.params) == {"after": "c0", "types": "ticket.*,weather.*"}
    assert asked.headers["authorization"] == "Bearer pti_one"
    assert asked.headers["accept"] == "text/event-stream"


def test_it_goes_on_behind_the_last_event_whatever_broke():
    server = Server(
        RETRY + frame(1) + frame(2) + b"id: c3\ndata: {half",
        Broken(frame(3)),
        httpx.ConnectError("refused"),
        httpx.Response(503, json={"code": "unavailable"}, headers={"retry-after": "5"}),
        httpx.Response(429, json={"code": "too_many_streams"}, headers={"retry-after": "7"}),
        b"id: c9\n\n" + frame(10),
    )
    stream = server.client.events.stream()
    assert heard(stream) == [1, 2, 3, 10]
    assert server.ids() == [None, "c2", "c3", "c3", "c3", "c3", "c10"]
    assert stream.cursor == "c10"
    assert server.slept[0] == 1.5, "as `retry` says"
    assert all(wait <= 60 for wait in server.slept)
    assert server.slept[3] >= 5
    assert server.slept[4] >= 7


def test_the_end_of_power_is_raised():
    server = Server(frame(1) + end("token_revoked"))
    seen = []
    with pytest.raises(AuthenticationError) as raised:
        seen.extend(one.seq for one in server.client.events.stream())
    assert raised.value.code == "token_revoked"
    with pytest.raises(AuthenticationError):
        list(Server(httpx.Response(401, json={"code": "token_expired"})).client.events.stream())
    with pytest.raises(BadRequestError):
        list(Server(httpx.Response(400, json={"code": "cursor_invalid"})).client.events.stream())


def test_a_token_of_an_installation_is_renewed():
    server = Server(frame(1) + end("token_expired"), frame(2))
    client = Portico(base_url=BASE, http_client=server.http()).installation(
        "ins_1", client_id="cli", client_secret="secret"
    )
    server.hold(client)
    assert heard(client.events.stream()) == [1, 2]
    tokens = [request.headers["authorization"] for request in server.asked[:2]]
    assert tokens == ["Bearer pti_1", "Bearer pti_2"]


def test_lines_end_where_the_standard_says():
    text = "one\u2028two\x85three"
    chunks = [bytes([byte]) for byte in f"id: 1\r\ndata: {text}\r\n\r\ndata: a\ndata: b\n\n: note\n".encode()]
    first, second = frames(chunks)
    assert (first.id, first.data, second.data) == ("1", text, "a\nb")


def test_an_app_can_live_by_the_stream():
    server = Server(
        frame(1) + frame(2, "contact.created") + frame(3, "app.resumed"),
        frame(4),
    )
    app = App("cli", "secret", "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", BASE, http_client=server.http())
    calls, kept = [], []

    @app.on("ticket.*")
    def greet(event, workspace):
        calls.append((event.seq, workspace.with_options()._transport.cause))
        if event.seq == 4:
            raise RuntimeError("a handler that fails")

    @app.lifecycle("resumed")
    def again(event, workspace):
        calls.append((event.seq, "life"))

    app.workspace("ins_1")
    server.hold(app._workspaces["ins_1"])
    with pytest.raises(RuntimeError):
        app.run_stream("ins_1", after="c0", keep=kept.append)
    assert calls == [(1, "evt_1"), (3, "life"), (4, "evt_4")]
    assert kept == ["c1", "c2", "c3"], "what failed is not behind us"
    assert server.asked[0].url.params["types"] == "app.*,ticket.*"
