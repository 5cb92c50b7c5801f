"""Jobs of properties."""

from __future__ import annotations

from portico.domains.properties import service
from portico.kernel.actor import Actor
from portico.kernel.errors import Unavailable
from portico.kernel.jobs import job
from portico.kernel.unit_of_work import unit

_MOST = 2_000


@job("properties.erase", "Erase the values of an app's properties", own_units=True)
def erase(actor: Actor, app_id: str) -> None:
    """Batch by batch, a unit each: killed in the middle, the next try goes on where it stands."""
    for _ in range(_MOST):
        with unit(actor.workspace_id, write=True):
            if service.erase_some(actor, app_id):
                return
    raise Unavailable("Some of the objects were held by others; the rest is erased later.")
