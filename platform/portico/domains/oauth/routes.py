"""`/oauth` and `/.well-known`: where the standards want them, in the form that they want."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from portico import settings
from portico.domains.oauth import documents, metadata, queries, registration, userinfo
from portico.domains.oauth.client_authentication import ClientRefused
from portico.domains.oauth.registered import finds_clients
from portico.domains.oauth.resources import API_PATH
from portico.domains.oauth.server import Answer, FormRequest, server
from portico.kernel import secrets
from portico.kernel.errors import RateLimited
from portico.kernel.unit_of_work import system_unit

blueprint = Blueprint("oauth", __name__)
userinfo.register(blueprint)
registration.register(blueprint)
finds_clients(documents.find_unlisted)
_FORM = "application/x-www-form-urlencoded"


@blueprint.after_request
def open_to_browsers(response: Response) -> Response:
    """Public clients may live in a browser. No cookie is read here, so any page may ask (Fetch, section 3.2.5)."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if request.method == "OPTIONS":
        response.headers.setdefault("Access-Control-Allow-Methods", "GET, POST")
        response.headers.setdefault("Access-Control-Allow-Headers", "*, Authorization")
        response.headers.setdefault("Access-Control-Max-Age", "3600")
    return response


@blueprint.post("/oauth/token")
def token() -> Response:
    """Tokens for a grant (RFC 6749 section 3.2)."""
    return _answer(server.create_token_response)


@blueprint.post("/oauth/revoke")
def revoke() -> Response:
    """End a token (RFC 7009)."""
    return _answer(lambda form: server.create_endpoint_response("revocation", form))


@blueprint.post("/oauth/introspect")
def introspect() -> Response:
    """What is true of a token now (RFC 7662)."""
    return _answer(lambda form: server.create_endpoint_response("introspection", form))


@blueprint.post("/oauth/device")
def device_authorization() -> Response:
    """Codes for a device without a browser (RFC 8628). Asking is counted as failing is, since anybody may ask."""
    return _answer(lambda form: server.create_endpoint_response("device_authorization", form), count_all=True)


@blueprint.get("/oauth/jwks")
def jwks() -> Response:
    """The public keys that session tokens are signed with (RFC 7517 section 5)."""
    with system_unit("oauth: the public keys"):
        keys = queries.public_keys()
    return _public({"keys": keys}, seconds=300)


@blueprint.get("/.well-known/oauth-authorization-server")
def authorization_server() -> Response:
    return _public(metadata.authorization_server(settings.current().public_url))


@blueprint.get("/.well-known/openid-configuration")
def openid_configuration() -> Response:
    return _public(metadata.openid_configuration(settings.current().public_url))


@blueprint.get("/.well-known/oauth-protected-resource")
def protected_resource() -> Response:
    return _public(metadata.protected_resource(settings.current().public_url))


@blueprint.get(f"/.well-known/oauth-protected-resource/{API_PATH}")
def protected_api() -> Response:
    """The same, where clients look that were given the address of the API (RFC 9728 section 3.1)."""
    return _public(metadata.protected_resource(settings.current().public_url, API_PATH))


def _public(document: dict[str, Any], seconds: int = 3600) -> Response:
    """A document that any page in any browser may read and keep."""
    response = Response(orjson.dumps(document), content_type="application/json")
    response.headers["Cache-Control"] = f"public, max-age={seconds}"
    return response


def _answer(endpoint: Callable[[FormRequest], Answer], *, count_all: bool = False) -> Response:
    """Parse, guard against guessing, let the endpoint answer, and word errors as RFC 6749 section 5.2 does."""
    limits = current_app.extensions["portico_limits"]
    told: dict[str, str] = {}
    try:
        form = _form()
        who = ("oauth", secrets.digest(form.presented.client_id)[:16], request.remote_addr or "")
        limits.refuse_guessing(*who)
        told = limits.spend_as_client(*who)
        status, body, headers = endpoint(form)
        if status == ClientRefused.status_code or count_all:
            limits.note_failure(*who)
    except OAuth2Error as error:
        status, body, headers = error()
    except RateLimited as refusal:
        status, headers = refusal.status, list(refusal.headers.items())
        body = {"error": "temporarily_unavailable", "error_description": "Too many requests; wait and try again."}
    response = Response(orjson.dumps(body), status, content_type="application/json")
    response.headers.update({**told, **dict(headers)})
    response.headers["Cache-Control"] = "no-store"
    return response


def _form() -> FormRequest:
    if request.mimetype != _FORM:
        raise InvalidRequestError(f"Send a form: Content-Type {_FORM}.")
    try:
        pairs = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        # No credential is this long, and one answer is kept for all that are wrong.
        raise ClientRefused() from None
    return FormRequest(dict(request.headers), pairs)
