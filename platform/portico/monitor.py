"""The port on which a process without pages is watched: `/healthz`, `/readyz`, `/metrics`.

It belongs to the operator alone: on loopback it answers whoever can reach it, elsewhere metrics need the token.
"""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import orjson

from portico.kernel import health, metrics
from portico.settings import Settings

About = Callable[[], Mapping[str, str]]
JSON = "application/json"


def answer(
    settings: Settings, path: str, authorization: str | None, about: About, *, own: bool
) -> tuple[int, str, bytes]:
    """Status, content type and body of a GET. `own` says that only this machine can reach the port."""
    if path == "/metrics" and (own or metrics.may_read(settings, authorization)):
        return 200, metrics.CONTENT_TYPE, metrics.exposition(settings)
    if path == "/healthz":
        status, body = health.live()
        return status, JSON, orjson.dumps({**body, **about()})
    if path == "/readyz":
        status, body = health.ready(**about())
        return status, JSON, orjson.dumps(body)
    return 404, JSON, b'{"status": "not found"}'


class _Handler(BaseHTTPRequestHandler):
    settings: Settings
    about: About
    own: bool

    def do_GET(self) -> None:
        path, authorization = self.path.partition("?")[0], self.headers.get("Authorization")
        status, content_type, body = answer(self.settings, path, authorization, type(self).about, own=self.own)
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Health is asked often and says nothing new."""


def serve(settings: Settings, address: tuple[str, int], about: About, *, own: bool) -> ThreadingHTTPServer:
    """Answer there, in a thread of its own, until `shutdown` is called."""
    parts = {"settings": settings, "about": staticmethod(about), "own": own}
    server = ThreadingHTTPServer(address, type("Handler", (_Handler,), parts))
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="monitor", daemon=True).start()
    return server


def serve_own(settings: Settings, about: About) -> ThreadingHTTPServer | None:
    """The port that `PORTICO_MONITOR` names, if it does."""
    if not settings.monitor:
        return None
    host, port = settings.monitor
    return serve(settings, (host, port), about, own=_is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
