"""Serve an `App` with any ASGI server, or inside FastAPI and Starlette:

application = portico_sdk.asgi.application(app)     # uvicorn module:application
fastapi_app.mount("/portico", application)          # the manifest then names /portico/events, /portico/panels/<key> …
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from typing import Any

from portico_sdk.apps import Answer, App
from portico_sdk.apps._routes import LARGEST_BODY, Routes

__all__ = ["application"]

_Scope = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
_Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


def application(
    app: App,
    *,
    events: str = "/events",
    lifecycle: str = "/lifecycle",
    actions: str | Mapping[str, str] = "/actions/<key>",
    panels: Mapping[str, str] | None = None,
    cards: Mapping[str, str] | None = None,
) -> Callable[[_Scope, _Receive, _Send], Awaitable[None]]:
    """The paths of the manifest, less where it is mounted; `panels` and `cards` map keys of surfaces to paths,
    `/panels/<key>` and `/cards/<key>` if they do not. Functions of the app run in threads, so they may block. A body
    above 1 MiB is refused with 413."""
    routes = Routes(app, events=events, lifecycle=lifecycle, actions=actions, panels=panels, cards=cards)

    async def serve(scope: _Scope, receive: _Receive, send: _Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1000})
        elif scope["type"] == "http":
            headers = _headers(scope["headers"])
            body = await _body(receive, headers.get("content-length", ""))
            if body is None:
                answer = Answer.json(413, {"error": "too_large"})
            else:
                answer = await asyncio.to_thread(routes.answer, scope["method"], _path(scope), headers, body)
            await _send(send, answer, with_body=scope["method"] != "HEAD")

    return serve


async def _live(receive: _Receive, send: _Send) -> None:
    """There is nothing to open or to close."""
    while True:
        step = (await receive())["type"]
        await send({"type": f"{step}.complete"})
        if step == "lifespan.shutdown":
            return


async def _body(receive: _Receive, length: str) -> bytes | None:
    """Whole, or None where it is too large."""
    if length.isascii() and length.isdigit() and int(length) > LARGEST_BODY:
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return bytes(body)  # Half of a body has no valid signature, and nobody waits for the answer.
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _path(scope: _Scope) -> str:
    """Below the mount: servers and frameworks give the path with it, in `root_path`, or already without it."""
    path, root = str(scope["path"]), str(scope.get("root_path") or "").rstrip("/")
    inside = root and (path == root or path.startswith(f"{root}/"))
    return (path[len(root) :] if inside else path) or "/"


def _headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin1").lower(), raw_value.decode("latin1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


async def _send(send: _Send, answer: Answer, *, with_body: bool) -> None:
    headers = [(name.lower().encode("latin1"), value.encode("latin1")) for name, value in answer.headers.items()]
    if answer.status != 304:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body if with_body else b""})
