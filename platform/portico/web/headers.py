"""Request ids, security headers, and the access log."""

from __future__ import annotations

import logging
import re
import time
from contextlib import suppress
from functools import cache
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from portico.kernel import logs, origin
from portico.kernel.ids import new_id

_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_EVERYWHERE: tuple[tuple[str, str], ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)
_AT_THE_DOOR = ("/oauth/", "/sign-in", "/account/device")
_NO_REFERRER, _REFERRER = ("Referrer-Policy", "no-referrer"), ("Referrer-Policy", "same-origin")
# For two years, as browsers ask (RFC 6797); the company's other hosts are not ours to speak for.
_TRANSPORT = ("Strict-Transport-Security", "max-age=63072000")
_NEVER_KEPT = ("/api/", "/oauth/", "/w/", "/account/")
_NO_STORE = ("Cache-Control", "no-store")
_NO_FRAMES = ("X-Frame-Options", "DENY")
BODY_TAKEN = 64 * 1024
log = logging.getLogger("portico.access")


def content_policy(
    *,
    frame_src: str = "'none'",
    style_src: str = "'self'",
    connect_src: str = "'self'",
    form_action: str = "'self'",
) -> str:
    """The content security policy of our pages (CSP level 3). No inline script or style anywhere."""
    return (
        f"default-src 'none'; script-src 'self'; style-src {style_src}; img-src 'self' data:; font-src 'self'; "
        f"connect-src {connect_src}; frame-src {frame_src}; form-action {form_action}; base-uri 'none'; "
        "manifest-src 'self'; frame-ancestors 'none'"
    )


def _begin() -> None:
    here, about = request._get_current_object(), g._get_current_object()  # type: ignore[attr-defined]
    told = here.environ  # as the header objects read them, without their detours
    given = told.get("HTTP_X_REQUEST_ID")
    known = given if given and _GIVEN.fullmatch(given) else new_id("req")
    about.request_id, about.began = known, time.perf_counter()
    logs.request_id.set(known)
    origin.begin(origin.Origin(here.remote_addr or "", told.get("HTTP_USER_AGENT", ""), known))


def _end(_error: BaseException | None) -> None:
    origin.end()


def _page_policy() -> str:
    """Frames of the apps that the view names in `g.frame_src`; live news from the streams' origin. Browsers hold
    the redirect after a form to `form-action` too, so a view whose form leads elsewhere names that in
    `g.form_action`."""
    streams = urlsplit(current_app.extensions["portico_settings"].streams_url)
    return content_policy(
        frame_src=g.get("frame_src", "'none'"),
        connect_src=f"'self' {streams.scheme}://{streams.netloc}",
        form_action=g.get("form_action", "'self'"),
    )


@cache
def _usual(door: bool, kept: bool, page: bool, transport: bool) -> tuple[tuple[str, str], ...]:
    """What such an answer says by itself."""
    return (
        *_EVERYWHERE,
        _NO_REFERRER if door else _REFERRER,
        *((_TRANSPORT,) if transport else ()),
        *(() if kept and not page else (_NO_STORE,)),
        *((_NO_FRAMES,) if page else ()),
    )


def _take_body(response: Response) -> Response:
    """Read what a refused request still sends. Who is answered before that and hung up at by the server, while the body
    is on its way, sees a broken connection instead of the refusal."""
    if response.status_code >= 400 and 0 < (request.content_length or 0) <= BODY_TAKEN:
        with suppress(HTTPException):  # it hung up first
            request.get_data()
    return response


def _finish(response: Response) -> Response:
    """What every answer says, unless its view said it already; then one line of the access log."""
    about, here = g._get_current_object(), request._get_current_object()  # type: ignore[attr-defined]
    headers = response.headers
    path, page = here.path, (response.content_type or "").startswith("text/html")
    settings = current_app.extensions["portico_settings"]
    # Addresses at the door may hold what an app asked for, and its state.
    door, kept = path.startswith(_AT_THE_DOOR), not path.startswith(_NEVER_KEPT)
    given = {name.lower() for name, _ in headers}
    said = [one for one in _usual(door, kept, page, settings.secure_cookies) if one[0].lower() not in given]
    if page and "content-security-policy" not in given:
        said.append(("Content-Security-Policy", _page_policy()))
    ours = {"X-Request-Id": about.get("request_id", ""), **about.get("limit_headers", {})}
    for name in ours:
        if name.lower() in given:
            headers.remove(name)
    # All of them are ours: adding each by itself would look for line breaks in it.
    headers._list.extend((*said, *ours.items()))
    _note(here.method, path, response.status_code, about.get("began"))
    return response


_ASKED_OFTEN = frozenset(("/healthz", "/readyz", "/metrics"))


def _note(method: str, path: str, status: int, began: float | None) -> None:
    elapsed = (time.perf_counter() - began) * 1000 if began is not None else 0.0
    level = logging.DEBUG if path in _ASKED_OFTEN else logging.INFO
    about = {"method": method, "path": path, "status": status, "ms": round(elapsed, 1)}
    logs.note(log, level, "request", about)


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)
    app.after_request(_take_body)
    app.teardown_request(_end)
