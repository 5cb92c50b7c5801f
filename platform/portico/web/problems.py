"""Every error as `application/problem+json` (RFC 9457) under `/api`, as a page elsewhere."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

import orjson
from flask import Flask, Response, g, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from portico.kernel import api_log, public
from portico.kernel.authn import TokenMissing
from portico.kernel.errors import FieldError, Refusal
from portico.kernel.text import N_

log = logging.getLogger("portico.web")

_BY_STATUS = {
    400: "malformed",
    401: "token_missing",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    411: "length_required",
    413: "too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
    429: "rate_limited",
    503: "unavailable",
}
# In place of the words that Werkzeug has for somebody in front of a browser.
_DETAILS = {
    404: "There is nothing at this path. An id in it has a prefix, such as con_, and 26 characters behind that.",
    405: "This path does not take that method; the header Allow names those that it takes.",
    413: "The body is larger than this path takes.",
}

PAGES_OF_OAUTH = ("/oauth/authorize", "/oauth/logout")
"""What people see of the authorization server; the rest of `/oauth` is for programs."""


def wants_problem() -> bool:
    """Under the API's paths, and for the few requests of our own scripts that ask for JSON."""
    if request.path in PAGES_OF_OAUTH:
        return False
    if request.path.startswith(("/api/", "/oauth/", "/.well-known/")) or request.path == "/api":
        return True
    return request.accept_mimetypes.best == "application/json"


def document(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    errors: tuple[FieldError, ...] = (),
    extra: dict[str, Any] | None = None,
    *,
    request_id: str | None,
) -> dict[str, Any]:
    """The members of a problem (RFC 9457 section 3.1), and ours."""
    body: dict[str, Any] = {
        "type": public.url(f"/docs/errors#{code}"),
        "title": title,
        "status": status,
        "code": code,
        "detail": detail or title,
        "request_id": request_id,
    }
    if errors:
        body["errors"] = [error.as_dict() for error in errors]
    body.update(extra or {})
    return body


def problem(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    errors: tuple[FieldError, ...] = (),
    headers: dict[str, str] | None = None,
    extra: dict[str, Any] | None = None,
) -> Response:
    """A problem document with the request id."""
    g.problem = (code, errors)
    extra = {**(extra or {}), **_in_the_log()}
    body = document(status, code, title, detail, errors, extra, request_id=g.get("request_id"))
    response = Response(orjson.dumps(body), status, content_type="application/problem+json")
    response.headers.update(headers or {})
    return response


def _in_the_log() -> dict[str, str]:
    """Where an app's developer finds this call; people and strangers have no log."""
    caller = g.get("actor") or g.get("refused_caller")
    if not api_log.collecting() or caller is None or caller.installation_id is None or caller.app_id is None:
        return {}
    return {"request_log_url": public.url(f"/requests/{g.request_id}")}


def bearer_challenge(refusal: Refusal, needed: Iterable[str] = ()) -> str:
    """`WWW-Authenticate` (RFC 6750 section 3, RFC 9728 section 5.1); no `error` when no token came, but the
    scopes that one needs."""
    address = public.url("/.well-known/oauth-protected-resource")
    metadata = f'Bearer resource_metadata="{address}"'
    if isinstance(refusal, TokenMissing):
        scopes = " ".join(needed)
        return f'{metadata}, scope="{scopes}"' if scopes else metadata
    if refusal.status == 403:
        scope = refusal.extra.get("required_scopes", [])
        return f'{metadata}, error="insufficient_scope", scope="{" ".join(scope)}"'
    return f'{metadata}, error="invalid_token"'


def refusal_response(refusal: Refusal) -> Response:
    headers = dict(refusal.headers)
    if refusal.caller is not None:
        g.refused_caller = refusal.caller
    if refusal.status == 401 or refusal.code == "insufficient_scope":
        headers["WWW-Authenticate"] = bearer_challenge(refusal, g.get("needed_scopes", ()))
    return problem(refusal.status, refusal.code, refusal.title, refusal.detail, refusal.errors, headers, refusal.extra)


# What people read; what HTTP calls it is for programs.
_PAGES = {
    400: (N_("This cannot be read"), N_("Go back, load the page again and repeat.")),
    401: (N_("Please sign in"), N_("Sign in and try again.")),
    403: (N_("This is not open to you"), N_("If you need it, ask an admin of the workspace.")),
    404: (N_("There is nothing here"), N_("Check the address, or look for it from the start page.")),
    405: (N_("This cannot be opened like that"), N_("Go back and use the buttons of the page.")),
    409: (N_("This does not go together"), N_("Go back, load the page again and repeat.")),
    410: (N_("This is over"), N_("Ask for a new one.")),
    412: (N_("It has changed meanwhile"), N_("Go back, load the page again and repeat.")),
    413: (N_("This is too large"), N_("Send less at once.")),
    422: (N_("Something in it is wrong"), N_("Go back and look at what you entered.")),
    429: (N_("Too many tries"), N_("Wait a few minutes, then try again.")),
    503: (N_("Busy for the moment"), N_("Try again in a few seconds.")),
}
_OURS = (
    N_("Something went wrong on our side"),
    N_("Try again. If it happens again, tell an admin the number below."),
)


def _page(status: int, detail: str | None, headers: dict[str, str] | None = None) -> Response:
    title, advice = _PAGES.get(status, _OURS if status >= 500 else _PAGES[400])
    body = render_template(
        "errors/error.html",
        status=status,
        title=gettext(title),
        detail=gettext(detail) if detail else None,
        advice=gettext(advice),
        request_id=g.get("request_id"),
        actions=_ways_out(),
    )
    response = Response(body, status, content_type="text/html; charset=utf-8")
    response.headers.update(headers or {})
    return response


def _ways_out() -> list[dict[str, str]]:
    member = g.get("member")
    if member is None:
        return [{"url": "/", "label": gettext("Go to the start page")}]
    return [{"url": url_for("portal.home", slug=member.place.slug), "label": gettext("Go to the start page")}]


def _on_refusal(error: Refusal) -> Response:
    if wants_problem():
        return refusal_response(error)
    return _page(error.status, error.detail, error.headers)


def _on_http(error: HTTPException) -> Response:
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    title = error.name
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    if wants_problem():
        detail = _DETAILS.get(status) or str(error.description)
        return problem(status, _BY_STATUS.get(status, "http_error"), title, detail, (), headers)
    if isinstance(error, CSRFError):
        return _page(status, N_("The form was open for too long, or in another window you signed out."), headers)
    return _page(status, None, headers)


def _on_conflict(error: IntegrityError) -> Response:
    """A constraint that no service named. The change is undone; the caller may read and repeat."""
    log.warning("constraint", extra={"error": str(error.orig)[:300]})
    title = N_("Another change came first; read again and repeat.")
    if wants_problem():
        return problem(409, "conflict", title)
    return _page(409, title)


def _on_database(error: DBAPIError | NoConnectionFree) -> Response:
    if isinstance(error, DBAPIError) and error.statement and not error.connection_invalidated:
        log.exception("database")
    else:  # it is away, and everybody is told so: one line each will do
        log.warning("The database does not answer: %s.", type(error).__name__)
    title = N_("The database does not answer; try again shortly.")
    if wants_problem():
        return problem(503, "unavailable", title, headers={"Retry-After": "2"})
    return _page(503, title, {"Retry-After": "2"})


def _on_driver(error: DBAPIError) -> Response:
    """However the driver calls it: a connection that has ended is the database's absence, anything else our mistake."""
    return _on_database(error) if error.connection_invalidated else _on_crash(error)


def _on_crash(error: Exception) -> Response:
    log.exception("unhandled", extra={"path": request.path, "method": request.method})
    title = "Something went wrong on our side."
    detail = N_("It is in the server's log under this request number.")
    if wants_problem():
        return problem(500, "internal", title, detail)
    return _page(500, detail)


def register(app: Flask) -> None:
    app.register_error_handler(Refusal, _on_refusal)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(IntegrityError, _on_conflict)
    app.register_error_handler(OperationalError, _on_database)
    app.register_error_handler(NoConnectionFree, _on_database)
    app.register_error_handler(DBAPIError, _on_driver)
    app.register_error_handler(Exception, _on_crash)
