"""Every error as `application/problem+json` (RFC 9457) under `/api`, as a page elsewhere."""

from __future__ import annotations

import logging
from typing import Any

import orjson
from flask import Flask, Response, g, render_template, request
from flask_babel import gettext
from sqlalchemy.exc import IntegrityError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from portico.kernel.authn import TokenMissing
from portico.kernel.errors import FieldError, Refusal

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


def wants_problem() -> bool:
    return request.path.startswith(("/api/", "/oauth/", "/.well-known/")) or request.path == "/api"


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
    body: dict[str, Any] = {
        "type": f"{request.host_url}docs/errors#{code}",
        "title": title,
        "status": status,
        "code": code,
        "detail": detail or title,
        "request_id": g.get("request_id"),
    }
    if errors:
        body["errors"] = [error.as_dict() for error in errors]
    body.update(extra or {})
    response = Response(orjson.dumps(body), status, content_type="application/problem+json")
    response.headers.update(headers or {})
    return response


def bearer_challenge(refusal: Refusal) -> str:
    """`WWW-Authenticate` (RFC 6750 section 3, RFC 9728 section 5.1); no `error` when no token came."""
    metadata = f'Bearer resource_metadata="{request.host_url}.well-known/oauth-protected-resource"'
    if isinstance(refusal, TokenMissing):
        return metadata
    if refusal.status == 403:
        scope = refusal.extra.get("required_scopes", [])
        return f'{metadata}, error="insufficient_scope", scope="{" ".join(scope)}"'
    return f'{metadata}, error="invalid_token"'


def refusal_response(refusal: Refusal) -> Response:
    headers = dict(refusal.headers)
    if refusal.status == 401 or refusal.code == "insufficient_scope":
        headers["WWW-Authenticate"] = bearer_challenge(refusal)
    return problem(refusal.status, refusal.code, refusal.title, refusal.detail, refusal.errors, headers, refusal.extra)


def _page(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = render_template("errors/error.html", status=status, title=title, detail=detail)
    response = Response(body, status, content_type="text/html; charset=utf-8")
    response.headers.update(headers or {})
    return response


def _on_refusal(error: Refusal) -> Response:
    if wants_problem():
        return refusal_response(error)
    return _page(error.status, gettext(error.title), gettext(error.detail), error.headers)


def _on_http(error: HTTPException) -> Response:
    if error.response is not None and isinstance(error.response, Response):
        return error.response
    status = error.code or 500
    title = error.name
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    if wants_problem():
        detail = "The body is larger than this path takes." if isinstance(error, RequestEntityTooLarge) else ""
        return problem(
            status, _BY_STATUS.get(status, "http_error"), title, detail or str(error.description), (), headers
        )
    return _page(status, gettext(title), gettext(str(error.description)), headers)


def _on_conflict(error: IntegrityError) -> Response:
    """A constraint that no service named. The change is undone; the caller may read and repeat."""
    log.warning("constraint", extra={"error": str(error.orig)[:300]})
    title = "Another change came first; read again and repeat."
    if wants_problem():
        return problem(409, "conflict", title)
    return _page(409, gettext(title), gettext(title))


def _on_database(error: OperationalError) -> Response:
    log.exception("database")
    title = "The database does not answer; try again shortly."
    if wants_problem():
        return problem(503, "unavailable", title, headers={"Retry-After": "2"})
    return _page(503, gettext(title), gettext(title), {"Retry-After": "2"})


def _on_crash(error: Exception) -> Response:
    log.exception("unhandled", extra={"path": request.path, "method": request.method})
    title = "Something went wrong on our side."
    detail = "It is in the server's log under this request id."
    if wants_problem():
        return problem(500, "internal", title, detail)
    return _page(500, gettext(title), gettext(detail))


def register(app: Flask) -> None:
    app.register_error_handler(Refusal, _on_refusal)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(IntegrityError, _on_conflict)
    app.register_error_handler(OperationalError, _on_database)
    app.register_error_handler(Exception, _on_crash)
