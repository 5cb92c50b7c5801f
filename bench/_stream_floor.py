"""The floor of the stream: granian and an ASGI app that holds connections and sends everybody each line it is given."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.server.embed import Server

HEARTBEAT_S = 15.0
waiting: set[asyncio.Queue[bytes]] = set()


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    kind = b"text/event-stream" if scope["path"] == "/events" else b"text/plain"
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]})
    if scope["path"] != "/events":
        await send({"type": "http.response.body", "body": b"here", "more_body": False})
        return
    mine: asyncio.Queue[bytes] = asyncio.Queue()
    waiting.add(mine)
    await receive()  # the request itself; what comes next is its end
    gone = asyncio.ensure_future(receive())
    await send({"type": "http.response.body", "body": b": here\n\n", "more_body": True})
    while not gone.done():
        try:
            body = await asyncio.wait_for(mine.get(), HEARTBEAT_S)
        except TimeoutError:
            body = b": here\n\n"
        await send({"type": "http.response.body", "body": body, "more_body": True})
    waiting.discard(mine)


async def tell() -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        for one in waiting:
            one.put_nowait(b"data: " + line + b"\n")


async def main() -> None:
    server = Server(
        app,
        port=int(sys.argv[1]),
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        websockets=False,
        backlog=2048,
        backpressure=20_000,
        log_enabled=False,
    )
    await asyncio.gather(server.serve(), tell())


asyncio.run(main())
