"""`POST /oauth/register` (RFC 7591 section 3): a client registers itself, where the operator lets it."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request

from portico import settings
from portico.domains.oauth import client_metadata, service
from portico.domains.oauth.client_metadata import MetadataRefused
from portico.domains.oauth.power import allowed_to_unlisted
from portico.kernel import clock
from portico.kernel.errors import NotFound, RateLimited
from portico.kernel.unit_of_work import system_unit

LARGEST = 5 * 1024


def register(blueprint: Blueprint) -> None:
    """Into the blueprint of `/oauth`."""
    blueprint.add_url_rule("/oauth/register", view_func=register_client, methods=("POST",))


def register_client() -> Response:
    """Anybody may ask, so it is counted by where they come from."""
    if settings.current().unlisted_clients != "documents+registration":
        raise NotFound()
    limits, who = current_app.extensions["portico_limits"], ("registration", request.remote_addr or "")
    try:
        limits.refuse_guessing(*who)
        limits.note_failure(*who)
        return _answer(201, _made(_metadata()))
    except RateLimited as refusal:
        error = {"error": "temporarily_unavailable", "error_description": "Too many registrations; wait."}
        return _answer(refusal.status, error, refusal.headers)
    except MetadataRefused as refused:
        return _answer(400, {"error": refused.error, "error_description": refused.description})


def _metadata() -> dict[str, Any]:
    try:
        given = orjson.loads(request.get_data()) if (request.content_length or 0) <= LARGEST else None
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise MetadataRefused("invalid_client_metadata", f"Send a JSON object of at most {LARGEST} bytes.")
    return given


def _made(given: dict[str, Any]) -> dict[str, Any]:
    about = client_metadata.read(given)
    with system_unit("oauth: a client registers itself", write=True):
        client_id = service.register_client(about.name, about.redirect_uris, about.seen)
    return {
        "client_id": client_id,
        "client_id_issued_at": int(clock.now().timestamp()),
        "client_name": about.name,
        "redirect_uris": list(about.redirect_uris),
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "scope": " ".join(sorted(allowed_to_unlisted())),
    }


def _answer(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> Response:
    response = Response(orjson.dumps(body), status, content_type="application/json")
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
