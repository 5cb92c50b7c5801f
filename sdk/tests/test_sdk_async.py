import asyncio
import json

import httpx
import pytest

from portico_sdk import (
    AsyncPortico,
    AuthenticationError,
    ConnectionFailed,
    PermissionDeniedError,
    PorticoError,
    RateLimitedError,
    TimedOut,
    ValidationFailed,
)
from portico_sdk.aio._transport import AsyncTransport, StaticToken
from portico_sdk.aio.streams import AsyncEventStream


class Server:
    """Canned answers, the requests seen, and the waits asked for; nothing sleeps."""

    def __init__(self, *answers):
        self.answers, self.requests, self.waits = list(answers), [], []
        self.asked = asyncio.Event()
        self.http = httpx.AsyncClient(transport=httpx.MockTransport(self._handle))

    async def _handle(self, request):
        self.requests.append(request)
        self.asked.set()
        await asyncio.sleep(0)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _sleep(self, seconds):
        self.waits.append(seconds)

    def transport(self, **options):
        options = {"credentials": StaticToken("ptp_x"), **options}
        return AsyncTransport("https://work.example", self.http, sleep=self._sleep, **options)

    def client(self, **options):
        return AsyncPortico._over(self.transport(**options))


def problem(status, code="x", headers=None, **body):
    return httpx.Response(status, json={"status": status, "code": code, **body}, headers=headers)


def done(body=None):
    return httpx.Response(200, json=body or {})


def minted(token):
    return done({"access_token": token, "expires_in": 3600})


def bearers(server):
    return [request.headers["authorization"] for request in server.requests]


@pytest.mark.parametrize(
    "failure",
    [httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), problem(409, "idempotency_in_progress"), problem(503)],
)
def test_what_may_pass_is_tried_again_with_the_same_key(failure):
    server = Server(failure, failure, done({"id": "con_1"}))
    assert asyncio.run(server.client().contacts.create(display_name="Zoë")).id == "con_1"
    assert len({request.headers["idempotency-key"] for request in server.requests}) == 1
    assert [0.375 <= server.waits[0] <= 0.5, 0.75 <= server.waits[1] <= 1] == [True, True]


def test_retries_end_and_refusals_are_typed():
    with pytest.raises(ConnectionFailed, match=r"work\.example"):
        asyncio.run(Server(*[httpx.ConnectError("refused")] * 3).client().me())
    with pytest.raises(TimedOut, match="30 s"):
        asyncio.run(Server(httpx.ReadTimeout("slow")).client(max_retries=0).me())
    with pytest.raises(ValidationFailed):
        asyncio.run(Server(problem(422)).client().me())
    with pytest.raises(PorticoError, match="PORTICO_TOKEN"):
        asyncio.run(Server().client(credentials=None).me())
    server = Server(problem(429, headers={"retry-after": "7"}), problem(429, headers={"retry-after": "3600"}))
    with pytest.raises(RateLimitedError):
        asyncio.run(server.client().me())
    assert server.waits == [7.0]


def test_pages_are_walked_as_they_are_needed():
    pages = [
        done({"data": [{"id": "con_1"}, {"id": "con_2"}], "page": {"next_cursor": "c2", "has_more": True}}),
        done({"data": [{"id": "con_3"}], "page": {"next_cursor": None, "has_more": False}}),
    ]

    async def walk():
        server = Server(*pages)
        found = server.client().contacts.list(display_name="Zoë")
        assert not server.requests
        assert [contact.id async for contact in found] == ["con_1", "con_2", "con_3"]
        assert [request.url.params.get("cursor") for request in server.requests] == [None, "c2"]
        assert (await Server(pages[1]).client().contacts.list().first()).id == "con_3"

    asyncio.run(walk())


def test_an_installation_mints_one_token_for_all_who_wait():
    async def work():
        server = Server(minted("pti_1"), *[done({"id": "con_1"})] * 5)
        app = server.client(credentials=None).installation("ins_1", client_id="a", client_secret="b")
        await asyncio.gather(*(app.contacts.get("con_1") for _ in range(5)))
        assert bearers(server)[1:] == ["Bearer pti_1"] * 5

    asyncio.run(work())


def test_who_gives_up_while_it_mints_leaves_it_to_the_next():
    async def work():
        server = Server(minted("pti_1"), done({"id": "con_1"}))
        app = server.client(credentials=None).installation("ins_1", client_id="a", client_secret="b")
        first = asyncio.create_task(app.contacts.get("con_1"))
        second = asyncio.create_task(app.contacts.get("con_1"))
        await server.asked.wait()
        first.cancel()
        assert (await second).id == "con_1"

    asyncio.run(work())


def test_a_dead_token_is_replaced_once():
    async def work():
        server = Server(minted("pti_1"), problem(401, "token_expired"), minted("pti_2"), problem(401, "token_expired"))
        app = server.client(credentials=None).installation("ins_1", client_id="a", client_secret="b")
        with pytest.raises(AuthenticationError):
            await app.me()
        assert bearers(server)[1::2] == ["Bearer pti_1", "Bearer pti_2"]

    asyncio.run(work())


def test_a_person_is_exchanged_and_options_are_copied():
    async def work():
        server = Server(minted("ptu_1"), done({"id": "con_1"}))
        person = await server.client().person("token", client_id="a", client_secret="b")
        await person.with_options(cause="evt_1").contacts.get("con_1")
        assert server.requests[1].headers["portico-cause"] == "evt_1"
        assert bearers(server)[1] == "Bearer ptu_1"

    asyncio.run(work())


def test_connections_are_closed_by_who_opened_them():
    async def work():
        async with AsyncPortico("ptp_x", base_url="https://work.example") as own:
            http = own._transport.http
        assert http.is_closed
        lent = httpx.AsyncClient()
        async with AsyncPortico("ptp_x", base_url="https://work.example", http_client=lent):
            pass
        assert not lent.is_closed
        await lent.aclose()

    asyncio.run(work())


def test_a_file_is_read_and_sent(tmp_path):
    (tmp_path / "größe.csv").write_text("a,b\n")
    server = Server(done({"id": "att_1"}))
    assert asyncio.run(server.client().attachments.upload(tmp_path / "größe.csv")).id == "att_1"
    assert "größe.csv".encode() in server.requests[0].content


def frame(number):
    event = {"id": f"evt_{number}", "type": "ticket.created", "data": {}}
    return f"id: c{number}\ndata: {json.dumps(event)}\n\n".encode()


def test_a_stream_goes_on_where_it_broke_off():
    class Broken(httpx.AsyncByteStream):
        async def __aiter__(self):
            yield frame(1)[:20]
            yield frame(1)[20:]
            raise httpx.ReadError("gone")

    async def listen():
        me = done({"streams_url": "https://streams.example"})
        broken = httpx.Response(200, stream=Broken())
        server = Server(me, broken, problem(503), httpx.Response(200, content=frame(2)), problem(403))
        stream = server.client().events.stream(after="c0", types=["ticket.*"])
        assert isinstance(stream, AsyncEventStream)
        heard = []
        with pytest.raises(PermissionDeniedError):
            async for event in stream:
                heard += [(event.id, stream.cursor)]
        assert heard == [("evt_1", "c1"), ("evt_2", "c2")]
        assert [request.headers.get("last-event-id") for request in server.requests] == [None, None, "c1", "c1", "c2"]
        assert [request.url.params.get("after") for request in server.requests[1:3]] == ["c0", None]

    asyncio.run(listen())
