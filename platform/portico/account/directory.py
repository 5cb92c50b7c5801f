"""Taking up an invitation."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext

from portico.account import forms
from portico.account.blueprint import blueprint
from portico.account.identity import confidential, enter_by, origin
from portico.domains.directory import doors
from portico.domains.identity.queries import email_key
from portico.kernel.authn import Login
from portico.web import roles


@blueprint.door("/account/invitation/<token>", methods=("GET", "POST"))
def invitation(login: Login | None, token: str) -> Any:
    """Join a workspace: with a new password, with that of the login, or at once when signed in with the address."""
    to = doors.invited(token)
    mine = login is not None and email_key(login.email) == email_key(to.email)
    form = forms.AcceptInvitation()
    if login is not None and mine:
        del form.password
    if form.validate_on_submit():
        with form.attempt():
            home = url_for("portal.home", slug=to.workspace_slug)
            done = gettext("Welcome to %(workspace)s.", workspace=to.workspace_name)
            if login is None or not mine:
                door = partial(doors.accept, token, form.password.data, origin())
                return enter_by(door, home, back=request.path, done=done)
            doors.accept_as(login, token)
            flash(done, "success")
            return redirect(home)
    return confidential(
        form.page("account/directory/invitation.html", to=to, mine=mine, login=login, role=roles.label(to.role))
    )
