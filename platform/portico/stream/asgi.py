"""The ASGI application: `/events`, `/live`, `/dev` for apps on a developer's machine, what watches the process, and
problems (RFC 9457) for everything else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import orjson
from sqlalchemy.exc import SQLAlchemyError

from portico import monitor
from portico.kernel.errors import NotFound, Refusal, Unavailable
from portico.kernel.ids import new_id
from portico.settings import Settings
from portico.stream import frames
from portico.stream.hub import Hub
from portico.stream.listener import Listener
from portico.stream.opening import Doors, Opened
from portico.stream.relay import LARGEST, Relay, TooLarge, Tunnel
from portico.web.problems import bearer_challenge

log = logging.getLogger("portico.stream")

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Headers = dict[str, str]

# A proxy that collects what it passes on would hold events back (nginx reads this header).
_STREAM = {"Content-Type": "text/event-stream; charset=utf-8", "X-Accel-Buffering": "no"}
_ALWAYS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


class MethodNotAllowed(Refusal):
    code, status, title = "method_not_allowed", 405, "Streams are only read: GET."


class StreamApp:
    def __init__(self, here: Settings, hub: Hub, about: Callable[[], dict[str, str]]) -> None:
        self._here, self._hub, self._about = here, hub, about
        self._doors = Doors(here)
        self.relay = Relay(hub)
        self._prefix = urlsplit(here.streams_url).path.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request_id = new_id("req")
        headers = {"X-Request-Id": request_id, **_ALWAYS}
        given = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        path = scope["path"].removeprefix(self._prefix)
        try:
            if path.startswith("/dev/"):
                await self._relayed(scope["method"], path.removeprefix("/dev/"), given, receive, send, headers)
                return
            if scope["method"] != "GET":
                raise MethodNotAllowed(headers={"Allow": "GET"})
            if path in ("/healthz", "/readyz", "/metrics"):
                await self._be_watched(send, path, given.get("authorization"), headers)
                return
            open_it = {"/events": self._doors.events, "/live": self._doors.live}.get(path)
            if open_it is None:
                raise NotFound()
            if path == "/live":
                headers |= self._for_pages(given)
            opened = await self._open(open_it, given, scope["query_string"].decode("latin-1"))
            listener = self._hub.join(opened.wish, opened.actor, opened.position)
        except Refusal as refusal:
            await _refuse(send, refusal, headers, request_id)
            return
        try:
            await self._stream(listener, receive, send, headers)
        finally:
            self._hub.leave(listener)

    async def _relayed(
        self, method: str, path: str, given: Headers, receive: Receive, send: Send, headers: Headers
    ) -> None:
        """Raises what `relay` raises, before anything is answered."""
        if method == "POST":
            body = await _body(receive)
            returned = await self.relay.post(path, given, body)
            await _answer(send, returned.status, {**headers, **returned.headers}, returned.body)
            return
        if method != "GET":
            raise MethodNotAllowed(headers={"Allow": "GET, POST"})
        tunnel = await self._joined(path, given)
        hung_up = asyncio.ensure_future(_hung_up(receive))
        hung_up.add_done_callback(lambda _: tunnel.close())
        try:
            await _start(send, 200, headers | _STREAM)
            await self._say(send, self.relay.opening(tunnel))
            while (news := await self.relay.next(path, tunnel)) is not None:
                await self._say(send, news)
            if not hung_up.done():
                await self._say(send, b"", more=False)
        except TimeoutError:
            log.info("a developer's machine reads too slowly", extra={"caller": tunnel.actor.caller_key})
        finally:
            hung_up.cancel()
            self.relay.leave(path, tunnel)

    async def _joined(self, session_id: str, given: Headers) -> Tunnel:
        try:
            return await self.relay.join(session_id, given.get("authorization"))
        except SQLAlchemyError as error:
            log.exception("database")
            raise Unavailable("The database does not answer.", headers={"Retry-After": "2"}) from error

    async def _be_watched(self, send: Send, path: str, authorization: str | None, headers: Headers) -> None:
        """As other processes are; a proxy may lead here, so metrics need the token."""
        found = await self._hub.in_thread(
            lambda: monitor.answer(self._here, path, authorization, self._about, own=False)
        )
        status, content_type, body = found
        await _answer(send, status, {**headers, "Content-Type": content_type}, body)

    async def _open(self, door: Callable[[Headers, str], Opened], given: Headers, query: str) -> Opened:
        try:
            return await self._hub.in_thread(door, given, query)
        except SQLAlchemyError as error:
            log.exception("database")
            raise Unavailable("The database does not answer.", headers={"Retry-After": "2"}) from error

    def _for_pages(self, given: Headers) -> Headers:
        """Lets the pages read what the browser asks for with their cookie, where streams have an origin of their own
        (Fetch, section 3.3)."""
        if given.get("origin") != self._doors.origin:
            return {"Vary": "Origin"}
        allowed = {"Access-Control-Allow-Origin": self._doors.origin, "Access-Control-Allow-Credentials": "true"}
        return {"Vary": "Origin", **allowed}

    async def _stream(self, listener: Listener, receive: Receive, send: Send, headers: Headers) -> None:
        await _start(send, 200, headers | _STREAM)
        hung_up = asyncio.ensure_future(_hung_up(receive))
        hung_up.add_done_callback(lambda _: listener.leave())
        try:
            await self._say(send, frames.opening() + listener.sign_of_life())
            await self._go_on(listener, send)
        except TimeoutError:
            log.info("slow reader", extra={"caller": listener.actor.caller_key, "position": listener.position})
        finally:
            hung_up.cancel()

    async def _go_on(self, listener: Listener, send: Send) -> None:
        """Until the other side hangs up, takes nothing more, or there is nothing more for it. Raises TimeoutError."""
        while listener.open:
            news = await listener.next(self._hub.pace.heartbeat_s)
            if news is not None:
                await self._say(send, news)
                if listener.handed:
                    self._hub.sent(listener)
            elif listener.open:
                await self._say(send, listener.sign_of_life())
        if not listener.gone:
            await self._say(send, listener.last_words or b"", more=False)

    async def _say(self, send: Send, body: bytes, *, more: bool = True) -> None:
        """Waits until the connection takes it, so that a slow reader slows down its own stream and nothing else."""
        async with asyncio.timeout(self._hub.pace.sending_s):
            await send({"type": "http.response.body", "body": body, "more_body": more})


async def _body(receive: Receive) -> bytes:
    """Raises TooLarge."""
    whole, more = b"", True
    while more:
        message = await receive()
        whole += message.get("body", b"")
        more = message["type"] == "http.request" and message.get("more_body", False)
        if len(whole) > LARGEST:
            raise TooLarge()
    return whole


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _start(send: Send, status: int, headers: Headers) -> None:
    pairs = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})


async def _answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    await _start(send, status, {**headers, "Content-Length": str(len(body))})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def _refuse(send: Send, refusal: Refusal, headers: Headers, request_id: str) -> None:
    headers = {**headers, **refusal.headers, "Content-Type": "application/problem+json"}
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = bearer_challenge(refusal)
    await _answer(send, refusal.status, headers, orjson.dumps(frames.problem(refusal, request_id)))
