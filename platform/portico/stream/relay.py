"""Calls for apps on a developer's machine: passed on over the connection that the machine opened (`portico-app dev`).

`GET /dev/<session>` is read by the machine as server-sent events; `POST /dev/<session>/calls/<key>/…` is the platform,
which waits; `POST /dev/<session>/answers/<call>` is the machine's answer. All is in the memory of one process: where
several serve the streams, a proxy has to send what begins with `/dev/<session>` to the same one.
"""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets as random
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from portico.domains.installations import dev_sessions
from portico.kernel import authn, ids
from portico.kernel.actor import Actor
from portico.kernel.authn import TokenInvalid
from portico.kernel.errors import NotFound, Refusal, Unavailable, invalid
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import unit
from portico.stream import frames
from portico.stream.hub import Hub

DEADLINE_S = 15.0
"""The machine's answer; callers have deadlines of their own, and none is longer."""
MOST, MOST_WAITING = 200, 64
LARGEST = 1024 * 1024
NOT_PASSED_ON = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding"})
PASSED_BACK = ("content-type", "etag", "retry-after")


class TooLarge(Refusal):
    code, status, title = "too_large", 413, "Send at most 1 MiB."


class NoAnswer(Refusal):
    code, status, title = "no_answer", 504, "The developer's machine did not answer in time."


def wrong_answer() -> Refusal:
    return invalid("/", "answer", "An answer has a status from 200 to 599, headers, and a body in base64.")


def nobody_there() -> Unavailable:
    return Unavailable("The developer's machine is not connected.")


@dataclass(frozen=True, slots=True)
class Returned:
    """What the app on the machine answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True, eq=False)
class Tunnel:
    """One machine that listens. What waits for its answer is told when it hangs up."""

    actor: Actor
    answer_key: str = field(default_factory=lambda: random.token_urlsafe(32), repr=False)
    calls: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    waiting: dict[str, asyncio.Future[Returned]] = field(default_factory=dict)

    def close(self) -> None:
        self.calls.put_nowait(None)
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(nobody_there())

    async def ask(self, call: dict[str, Any]) -> Returned:
        """Raises NoAnswer and Unavailable."""
        if len(self.waiting) >= MOST_WAITING:
            raise Unavailable("Too many calls wait for the developer's machine.")
        call_id = new_id("cal")
        future: asyncio.Future[Returned] = asyncio.get_running_loop().create_future()
        self.waiting[call_id] = future
        self.calls.put_nowait(b"event: call\ndata: " + orjson.dumps({"id": call_id, **call}) + b"\n\n")
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await future
        except TimeoutError:
            raise NoAnswer() from None
        finally:
            del self.waiting[call_id]


class Relay:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._tunnels: dict[str, Tunnel] = {}

    def close(self) -> None:
        """The machines come back to whoever serves next."""
        for tunnel in self._tunnels.values():
            tunnel.close()

    # --- the machine --------------------------------------------------------------------------------------------------

    async def join(self, session_id: str, authorization: str | None) -> Tunnel:
        """Its place, or that of the connection before it. Raises what authentication does, NotFound and Unavailable."""
        actor = await self._hub.in_thread(_admit, session_id, authorization)
        if self._hub.closing or len(self._tunnels) >= MOST:
            raise Unavailable("The streams are full, or about to restart.", headers={"Retry-After": "2"})
        before = self._tunnels.get(session_id)
        if before is not None:
            before.close()
        tunnel = self._tunnels[session_id] = Tunnel(actor)
        return tunnel

    def leave(self, session_id: str, tunnel: Tunnel) -> None:
        tunnel.close()
        if self._tunnels.get(session_id) is tunnel:
            del self._tunnels[session_id]

    async def next(self, session_id: str, tunnel: Tunnel) -> bytes | None:
        """What to say to the machine next; None when it is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._hub.pace.heartbeat_s):
                return await tunnel.calls.get()
        lives = await self._hub.in_thread(_is_open, tunnel.actor, session_id)
        return b": heartbeat\n\n" if lives else None

    @staticmethod
    def opening(tunnel: Tunnel) -> bytes:
        return frames.opening() + b"event: ready\ndata: " + orjson.dumps({"answer_key": tunnel.answer_key}) + b"\n\n"

    # --- calls and answers --------------------------------------------------------------------------------------------

    async def post(self, path: str, given: Mapping[str, str], body: bytes) -> Returned:
        """What is posted below `/dev/`. Raises NotFound, TokenInvalid, Invalid, NoAnswer and Unavailable."""
        session_id, _, rest = path.partition("/")
        act, _, rest = rest.partition("/")
        if act == "calls" and ids.is_id(session_id, "dvs"):
            return await self._call(session_id, rest, given, body)
        if act == "answers":
            return self._answer(session_id, rest, given, body)
        raise NotFound()

    async def _call(self, session_id: str, rest: str, given: Mapping[str, str], body: bytes) -> Returned:
        key, _, path = rest.partition("/")
        if not key.isascii() or not hmac.compare_digest(key, dev_sessions.call_key(session_id)):
            raise NotFound()
        tunnel = self._tunnels.get(session_id)
        if tunnel is None:
            raise nobody_there()
        headers = {name: value for name, value in given.items() if name not in NOT_PASSED_ON}
        call = {"path": f"/{path}", "headers": headers, "body": base64.b64encode(body).decode()}
        return await tunnel.ask(call)

    def _answer(self, session_id: str, call_id: str, given: Mapping[str, str], body: bytes) -> Returned:
        tunnel = self._tunnels.get(session_id)
        shown = given.get("authorization", "").removeprefix("Bearer ")
        if tunnel is None or not shown.isascii() or not hmac.compare_digest(shown, tunnel.answer_key):
            raise TokenInvalid()
        future = tunnel.waiting.get(call_id)
        if future is None or future.done():
            raise NotFound()
        future.set_result(_returned(body))
        return Returned(204, {}, b"")


def _admit(session_id: str, authorization: str | None) -> Actor:
    actor = authn.authenticate(authorization)
    if not _is_open(actor, session_id):
        raise NotFound()
    return actor


def _is_open(actor: Actor, session_id: str) -> bool:
    with unit(actor.workspace_id, write=False):
        return dev_sessions.is_open(actor, session_id)


def _returned(body: bytes) -> Returned:
    """Raises Invalid."""
    try:
        given = orjson.loads(body)
        status, content = int(given["status"]), base64.b64decode(given.get("body", ""), validate=True)
        headers = {name: str(given["headers"][name]) for name in PASSED_BACK if name in given.get("headers", {})}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise wrong_answer() from None
    if not 200 <= status <= 599 or any(not value.isprintable() or not value.isascii() for value in headers.values()):
        raise wrong_answer()
    return Returned(status, headers, content)
