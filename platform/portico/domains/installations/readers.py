"""What installations add to `GET /me`."""

from __future__ import annotations

from typing import Any

from portico.domains.installations import queries
from portico.domains.installations.visibility import visibility
from portico.kernel import authn
from portico.kernel.actor import Actor
from portico.kernel.exporting import Rows, of_a_person


@authn.contributes_to_me
def about_installation(actor: Actor) -> dict[str, Any]:
    if actor.installation_id is None:
        return {}
    row = queries.installation(actor, actor.installation_id)
    return {"installation": {"id": row["id"], "app_key": row["app_key"]}}


@of_a_person("seen_by")
def seen_by(actor: Actor) -> Rows:
    """Which roles and apps see what of the person."""
    found = visibility(actor)
    return [{"people": found["people"], "apps": found["apps"]}]
