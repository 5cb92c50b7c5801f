"""Apps in the portal: their panels beside a record, their own pages, and the tokens that their frames ask for."""

from __future__ import annotations

from typing import Any

from flask import jsonify, render_template

from portico.domains.interactions import objects, queries, service
from portico.domains.interactions.queries import Surface
from portico.kernel.actor import Actor
from portico.kernel.clock import rfc3339
from portico.kernel.errors import NotFound, invalid
from portico.portal.blueprint import blueprint
from portico.web.app_frames import allow_frames, frame
from portico.web.local_apps import marked
from portico.web.pages import current_login
from portico.web.requests import json_body


def shown_title(surface: Surface, title: str | None = None) -> str:
    return marked(title or surface.title, surface.local)


def panels(actor: Actor, place: str, object_type: str, object_id: str) -> list[dict[str, Any]]:
    """The frames beside a record that this person sees now."""
    surfaces = queries.surfaces_for(actor, place, (object_type, object_id))
    allow_frames(surfaces)
    return [frame(surface, (object_type, object_id)) for surface in surfaces]


def _require_visible(actor: Actor, about: dict[str, Any] | None) -> tuple[str, str] | None:
    """The object that a frame names, if this person may see it. Raises NotFound and Invalid."""
    if about is None:
        return None
    kind, object_id = about.get("type"), about.get("id")
    if not isinstance(kind, str) or not isinstance(object_id, str):
        raise invalid("/object", "object", "An object has a type and an id.")
    return objects.require_visible(actor, (kind, object_id))


@blueprint.page('/surfaces/<id("ins"):installation_id>/<surface>/token', methods=("POST",))
def surface_token(actor: Actor, installation_id: str, surface: str) -> Any:
    """A session token of at most a minute, for the frame that the person looks at."""
    body = json_body()
    about = body.get("object")
    if about is not None and not isinstance(about, dict):
        raise invalid("/object", "object", "An object has a type and an id.")
    kind, object_id = _require_visible(actor, about) or (None, None)
    login = current_login()
    minted = service.mint_panel_token(
        actor, installation_id, surface, kind, object_id, session_id=login.session_id if login else None
    )
    return jsonify(token=minted.value, expires_at=rfc3339(minted.expires_at))


@blueprint.page('/apps/<id("ins"):installation_id>/<surface>')
def app_page(actor: Actor, installation_id: str, surface: str) -> str:
    """An app's own page in the portal."""
    found = queries.surface(actor, installation_id, surface)
    if found is None or found.place != "portal.page":
        raise NotFound()
    allow_frames([found])
    return render_template("portal/interactions/app.html", frame=frame(found))
