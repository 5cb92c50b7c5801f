"""Who is in which attendance group, after many have moved."""

from __future__ import annotations

from portico.domains.attendance.service import settling
from portico.kernel.actor import Actor
from portico.kernel.jobs import job
from portico.kernel.text import N_

SETTLE = "attendance.settle"


@job(SETTLE, N_("Find who is in which attendance group"))
def settle(actor: Actor) -> dict[str, int]:
    return {"people": settling.settle_everybody(actor)}
