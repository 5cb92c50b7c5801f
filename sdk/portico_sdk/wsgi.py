"""Serve an `App` with any WSGI server, without a framework:

application = portico_sdk.wsgi.application(app)     # gunicorn module:application
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from portico_sdk.apps import Answer, App
from portico_sdk.apps._routes import LARGEST_BODY, Routes

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

__all__ = ["application"]


def application(
    app: App,
    *,
    events: str = "/events",
    lifecycle: str = "/lifecycle",
    actions: str | Mapping[str, str] = "/actions/<key>",
    panels: Mapping[str, str] | None = None,
    cards: Mapping[str, str] | None = None,
) -> Callable[[WSGIEnvironment, StartResponse], Iterable[bytes]]:
    """The paths of the manifest; `panels` and `cards` map keys of surfaces to paths, `/panels/<key>` and `/cards/<key>`
    if they do not. A body above 1 MiB is refused with 413."""
    routes = Routes(app, events=events, lifecycle=lifecycle, actions=actions, panels=panels, cards=cards)

    def serve(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH") or "0"
        size = int(length) if length.isascii() and length.isdigit() else 0
        if size > LARGEST_BODY:
            answer = Answer.json(413, {"error": "too_large"})
        else:
            path = str(environ.get("PATH_INFO") or "/").encode("latin1").decode(errors="replace")
            body = environ["wsgi.input"].read(size)
            answer = routes.answer(environ["REQUEST_METHOD"], path, _headers(environ), body)
        start_response(f"{answer.status} {HTTPStatus(answer.status).phrase}", list(answer.headers.items()))
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else answer.body]

    return serve


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    names = {name[5:].replace("_", "-").lower(): str(value) for name, value in environ.items() if name[:5] == "HTTP_"}
    return {**names, "content-type": str(environ.get("CONTENT_TYPE") or "")}
