"""Deciding who is handed a session token for a surface."""

from __future__ import annotations

from portico.domains.installations import using
from portico.domains.interactions import queries
from portico.domains.interactions.errors import SurfaceGone
from portico.domains.oauth.service import SessionToken, mint_session_token
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.slots import SLOTS


def mint_panel_token(
    actor: Actor,
    installation_id: str,
    surface_key: str,
    object_type: str | None = None,
    object_id: str | None = None,
    *,
    session_id: str | None = None,
) -> SessionToken:
    """A session token for a surface that this person may open now, beside the object that the page showed them.

    Whether they may see the object is the page's question. Runs in a writing unit. Raises SurfaceGone, Forbidden for
    anyone but a person, and Invalid for an object that does not belong to the place.
    """
    if actor.kind != "employee" or actor.employee_id is None:
        raise Forbidden("Only a person looks at a surface.")
    about = (object_type, object_id) if object_type and object_id else None
    surface = queries.surface(actor, installation_id, surface_key, about)
    if surface is None:
        raise SurfaceGone()
    slot = SLOTS.get(surface.place)
    if slot is None or slot.object_type != object_type or (object_id is None) != (object_type is None):
        raise invalid("/object", "object", "This surface does not stand beside such an object.")
    using.note_now(actor, installation_id)
    return mint_session_token(
        actor,
        client_id=surface.app_id,
        installation_id=installation_id,
        surface=surface_key,
        object_=about,
        session_id=session_id,
    )
