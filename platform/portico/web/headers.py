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
    given = request.headers.get("X-Request-Id", "")
    g.request_id = given if _GIVEN.fullmatch(given) else new_id("req")
    g.began = time.perf_counter()
    logs.request_id.set(g.request_id)
    origin.begin(origin.Origin(request.remote_addr or "", request.user_agent.string, g.request_id))


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
    headers = response.headers
    headers["X-Request-Id"] = g.get("request_id", "")
    headers.update(g.get("limit_headers", {}))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    # Addresses at the door may hold what an app asked for, and its state.
    at_the_door = request.path.startswith(("/oauth/", "/sign-in", "/account/device"))
    headers.setdefault("Referrer-Policy", "no-referrer" if at_the_door else "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    if current_app.extensions["portico_settings"].secure_cookies:
        # For two years, as browsers ask (RFC 6797); the company's other hosts are not ours to speak for.
        headers.setdefault("Strict-Transport-Security", "max-age=63072000")
    if request.path.startswith(("/api/", "/oauth/", "/w/", "/account/")):
        headers.setdefault("Cache-Control", "no-store")
    if headers.get("Content-Type", "").startswith("text/html"):
        headers.setdefault("Content-Security-Policy", _page_policy())
        headers.setdefault("Cache-Control", "no-store")
        headers.setdefault("X-Frame-Options", "DENY")
    elapsed = (time.perf_counter() - g.began) * 1000 if "began" in g else 0.0
    level = logging.DEBUG if request.path == "/healthz" else logging.INFO
    log.log(
        level,
        "request",
        extra={
            "method": request.method,
            "path": request.path,
            "status": response.status_code,
            "ms": round(elapsed, 1),
        },
    )
    return response


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(_end)
