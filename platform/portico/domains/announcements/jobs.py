"""Work on announcements that nobody waits for."""

from __future__ import annotations

from portico.domains.announcements import service
from portico.kernel.actor import Actor
from portico.kernel.jobs import job
from portico.kernel.text import N_


@job(service.SPREAD, N_("Bring an announcement to its audience"), own_units=True)
def spread(actor: Actor, run_id: str) -> dict[str, int]:
    return service.spread(actor, run_id)
