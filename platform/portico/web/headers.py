"""Request ids, security headers, and the access log."""

from __future__ import annotations

import logging
import re
import time
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request

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
    given = request.headers.get("X-Request-Id")
    known = given if given and _GIVEN.fullmatch(given) else new_id("req")
    about = g._get_current_object()
    about.request_id, about.began = known, time.perf_counter()
    logs.request_id.set(known)
    origin.begin(origin.Origin(request.remote_addr or "", request.headers.get("User-Agent", ""), known))


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


def _finish(response: Response) -> Response:
    """What every answer says, unless its view said it already; then one line of the access log."""
    about, path, headers = g._get_current_object(), request.path, response.headers
    given = {name.lower() for name, _ in headers}
    # Addresses at the door may hold what an app asked for, and its state.
    usual = (*_EVERYWHERE, _NO_REFERRER if path.startswith(_AT_THE_DOOR) else _REFERRER)
    if current_app.extensions["portico_settings"].secure_cookies:
        usual = (*usual, _TRANSPORT)
    if path.startswith(_NEVER_KEPT):
        usual = (*usual, _NO_STORE)
    if (response.mimetype or "") == "text/html":
        usual = (*usual, ("Content-Security-Policy", _page_policy()), _NO_STORE, _NO_FRAMES)
    for name, value in usual:
        if name.lower() not in given:
            headers.add(name, value)
            given.add(name.lower())
    headers["X-Request-Id"] = about.get("request_id", "")
    for name, value in about.get("limit_headers", {}).items():
        headers[name] = value
    _note(path, response.status_code, about.get("began"))
    return response


def _note(path: str, status: int, began: float | None) -> None:
    elapsed = (time.perf_counter() - began) * 1000 if began is not None else 0.0
    level = logging.DEBUG if path == "/healthz" else logging.INFO
    about = {"method": request.method, "path": path, "status": status, "ms": round(elapsed, 1)}
    log.log(level, "request", extra=about)


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_end)
