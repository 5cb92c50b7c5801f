"""UserInfo, in the form that the standard wants (OpenID Connect Core section 5.3)."""

from __future__ import annotations

import orjson
from flask import Blueprint, Response, current_app, request

from portico.domains.oauth import openid
from portico.kernel import authn
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import system_unit
from portico.web.problems import refusal_response


def register(blueprint: Blueprint) -> None:
    """Into the blueprint of `/oauth`."""
    blueprint.add_url_rule(
        "/oauth/userinfo",
        view_func=userinfo,
        methods=("GET", "POST", "OPTIONS"),
        provide_automatic_options=False,
    )


def userinfo() -> Response:
    """Open to pages of any origin: it reads no cookie."""
    response = _preflight() if request.method == "OPTIONS" else _answer()
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Access-Control-Expose-Headers"] = "WWW-Authenticate"
    response.headers["Cache-Control"] = "no-store"
    return response


def _preflight() -> Response:
    response = Response(status=204)
    response.headers["Access-Control-Allow-Headers"] = "Authorization"
    response.headers["Access-Control-Allow-Methods"] = "GET, POST"
    response.headers["Access-Control-Max-Age"] = "3600"
    return response


def _answer() -> Response:
    try:
        actor = authn.authenticate(request.headers.get("Authorization"))
        headers = current_app.extensions["portico_limits"].spend(actor, "read")
        with system_unit("oauth: who let the app act for them"):
            claims = openid.claims_about(actor)
    except Refusal as refusal:
        return refusal_response(refusal)
    response = Response(orjson.dumps(claims), content_type="application/json")
    response.headers.update(headers)
    return response
