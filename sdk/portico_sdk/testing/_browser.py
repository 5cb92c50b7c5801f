"""A door for a browser: portal and apps served on loopback, each at the address that the platform knows it by."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from werkzeug.serving import WSGIRequestHandler, make_server

from portico_sdk.testing._boot import Booted
from portico_sdk.testing._outside import is_asgi


@dataclass(frozen=True)
class Host:
    """Where the portal is; sign in with a persona's `email` and `password` at `/sign-in`."""

    url: str
    workspace_url: str


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Requests of a test are not told."""


@contextmanager
def hosting(platform: Booted, sockets: Mapping[str, socket.socket], targets: Mapping[str, Any]) -> Iterator[Host]:
    """Until it is left. Apps that are installed meanwhile are called in this process, and have no panels."""
    with ExitStack() as stack:
        stack.enter_context(_served(platform.door, platform.app))
        for origin, target in targets.items():
            stack.enter_context(_served(sockets[origin], bridged(target) if is_asgi(target) else target))
        url = platform.settings.public_url
        yield Host(url, f"{url}/w/acme")


@contextmanager
def _served(listener: socket.socket, target: Any) -> Iterator[None]:
    host, port = listener.getsockname()
    server = make_server(host, port, target, threaded=True, request_handler=_Silent, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


def bridged(target: Any) -> Any:
    """An ASGI application as a WSGI one, for pages of a test."""
    transport = httpx.ASGITransport(app=target)

    def serve(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        headers = {name[5:].replace("_", "-"): str(value) for name, value in environ.items() if name[:5] == "HTTP_"}
        length = int(environ.get("CONTENT_LENGTH") or 0)
        query = environ.get("QUERY_STRING") or ""
        url = f"http://{environ['HTTP_HOST']}{environ['PATH_INFO']}" + (f"?{query}" if query else "")

        async def ask() -> httpx.Response:
            async with httpx.AsyncClient(transport=transport) as client:
                return await client.request(
                    environ["REQUEST_METHOD"], url, headers=headers, content=environ["wsgi.input"].read(length)
                )

        response = asyncio.run(ask())
        start_response(f"{response.status_code} {response.reason_phrase}", response.headers.items())
        return [response.content]

    return serve
