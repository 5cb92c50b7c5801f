import asyncio

import httpx
import pytest

from portico_sdk import asgi
from portico_sdk.apps import App
from portico_sdk.testing import FakePortico, signed_webhook


@pytest.fixture
def fake(held_clock):
    return FakePortico(clock=held_clock)


@pytest.fixture
def app(fake):
    return App(
        fake.client_id,
        fake.client_secret,
        fake.signing_secret,
        fake.base_url,
        http_client=fake.http_client,
        now=fake.clock,
    )


def ask(app, method, path, *, root_path="", content=b"", headers=None, **options):
    """One request, through httpx."""

    async def send():
        over = httpx.ASGITransport(asgi.application(app, **options), root_path=root_path)
        async with httpx.AsyncClient(transport=over, base_url="https://app.example") as client:
            return await client.request(method, path, content=content, headers=headers)

    return asyncio.run(send())


def post(app, fake, event, path="/events", **options):
    body, headers = signed_webhook(event, fake.signing_secret, now=fake.clock())
    return ask(app, "POST", path, content=body, headers=headers, **options)


def test_events_reach_their_functions(app, fake):
    seen = []
    app.on("ticket.*")(lambda event, workspace: seen.append(event.type))
    assert post(app, fake, fake.event("ticket.created")).json() == {"handlers": 1}
    assert seen == ["ticket.created"]
    assert ask(app, "POST", "/events", content=b"{}").status_code == 400
    assert ask(app, "GET", "/events").status_code == 405
    assert ask(app, "POST", "/elsewhere").status_code == 404


@pytest.mark.parametrize("root", ["/portico", "/portico/"])
def test_paths_are_below_where_it_is_mounted(app, fake, root):
    app.on("ticket.created")(lambda event, workspace: None)
    assert post(app, fake, fake.event("ticket.created"), "/portico/events", root_path=root).status_code == 200
    assert post(app, fake, fake.event("ticket.created"), root_path=root).status_code == 200
    assert post(app, fake, fake.event("ticket.created"), "/porticoevents", root_path=root).status_code == 404


def test_panels_have_their_headers_and_no_body_where_none_is_wanted(app):
    app.panel("history")(lambda context: "<p>Hi")
    shell = ask(app, "GET", "/panels/history")
    assert "data-portico-panel" in shell.text
    assert shell.headers["cache-control"] == "no-store"
    head = ask(app, "HEAD", "/panels/history")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(shell.content)))


def test_a_body_is_read_in_pieces_and_no_further_than_its_limit(app, fake):
    body, headers = signed_webhook(fake.event("ticket.created"), fake.signing_secret, now=fake.clock())

    async def pieces():
        yield body[:10]
        yield body[10:]

    async def flood():
        for number in range(100):
            read.append(number)
            yield b"x" * 100_000

    read = []
    assert ask(app, "POST", "/events", content=pieces(), headers=headers).status_code == 200
    assert ask(app, "POST", "/events", content=flood()).status_code == 413
    assert len(read) < 20
    assert ask(app, "POST", "/events", content=b"x" * (1024 * 1024 + 1)).status_code == 413


def test_a_server_may_start_and_stop_it(app):
    async def live():
        steps = [{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}]

        async def receive():
            return steps.pop(0)

        async def send(message):
            told.append(message["type"])

        await asgi.application(app)({"type": "lifespan"}, receive, send)

    told = []
    asyncio.run(live())
    assert told == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_function_that_nobody_would_await_is_refused(app):
    async def greet(event, workspace): ...

    for register in (app.on("ticket.created"), app.action("approve"), app.lifecycle("installed")):
        with pytest.raises(TypeError, match="def greet"):
            register(greet)
