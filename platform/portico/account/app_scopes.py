"""The address that an app is told when it lacks a scope: on to the page in the workspace where the app is installed."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for

from portico.account.blueprint import blueprint
from portico.domains.installations import queries
from portico.kernel import authn
from portico.kernel.authn import Login
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import unit


@blueprint.door('/installations/<id("ins"):installation_id>/scopes', signed_in=True)
def ask_for_scopes(login: Login, installation_id: str) -> Any:
    slug = next(
        (place.slug for place in authn.door().places(login) if _is_in(place.workspace_id, installation_id)), None
    )
    if slug is None:
        raise NotFound()
    ask = request.args.get("ask") or None
    return redirect(url_for("portal.app_scopes", slug=slug, installation_id=installation_id, ask=ask))


def _is_in(workspace_id: str, installation_id: str) -> bool:
    with unit(workspace_id, write=False):
        return queries.is_here(workspace_id, installation_id)
