"""`/oauth/logout`: an app asks that the person be signed out here too (OpenID Connect RP-Initiated Logout)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import g, make_response, redirect, render_template, request

from portico.account.blueprint import blueprint
from portico.account.identity import settings
from portico.domains.identity import doors
from portico.domains.oauth.service import LogoutRequest, read_logout_request
from portico.kernel.authn import Login
from portico.kernel.unit_of_work import system_unit
from portico.web.pages import end_session

PARAMETERS = ("id_token_hint", "client_id", "post_logout_redirect_uri", "state")


def origin_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@blueprint.door("/oauth/logout", methods=("GET", "POST"))
def logout(login: Login | None) -> Any:
    """At once for the sign-in that the app's id_token came from; whoever else is signed in is asked."""
    given = request.form if request.method == "POST" else request.args
    params = {name: given[name] for name in PARAMETERS if name in given}
    with system_unit("sign-out: what an app asks for"):
        asked = read_logout_request(params)
    if login is None:
        return _done(asked)
    if asked.location is not None:
        # Browsers hold the redirect after a form to the policy of the form's page.
        g.form_action = f"'self' {origin_of(asked.location)}"
    agreed = request.method == "POST" and request.form.get("decision") == "sign_out"
    if not agreed and asked.session_id != login.session_id:
        return render_template("account/oauth/logout.html", login=login, params=params, signed_out=False)
    doors.sign_out(login)
    return _done(asked)


def _done(asked: LogoutRequest) -> Any:
    if asked.location is not None:
        response: Any = redirect(asked.location, 303)
    else:
        response = make_response(render_template("account/oauth/logout.html", login=None, params={}, signed_out=True))
    end_session(response, settings())
    return response
