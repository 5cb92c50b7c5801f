"""Where the error of an app's call leads: to the call in the log of the workspace where whoever follows it sees it."""

from __future__ import annotations

from typing import Any

from flask import redirect, url_for

from portico.account.blueprint import blueprint
from portico.domains.api_log import queries
from portico.kernel import authn
from portico.kernel.authn import Login
from portico.kernel.errors import NotFound
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit


@blueprint.door("/requests/<request_id>", signed_in=True)
def logged_request(login: Login, request_id: str) -> Any:
    for place in authn.door().places(login):
        member = authn.door().membership(login, place.slug)
        if member is None:
            continue
        with unit(place.workspace_id, write=False):
            found = queries.find(member.actor, request_id)
        if found is not None:
            return redirect(_page(place.slug, found))
    raise NotFound(
        N_(
            "No call that you may see goes by this id. A call of an app can be found two seconds after its answer, by "
            "the app’s developer and by who manages the apps of the workspace."
        )
    )


def _page(slug: str, found: queries.Found) -> str:
    if found.own:
        return url_for("console.apps_request", slug=slug, app_id=found.app_id, logged_id=found.id)
    return url_for("admin.installations_request", slug=slug, installation_id=found.installation_id, logged_id=found.id)
