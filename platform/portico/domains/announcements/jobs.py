"""Work on announcements that nobody waits for."""

from __future__ import annotations

from datetime import datetime

from portico.domains.announcements import service
from portico.kernel.actor import Actor
from portico.kernel.jobs import job
from portico.kernel.text import N_


@job(service.SPREAD, N_("Bring an announcement to its audience"), own_units=True)
def spread(actor: Actor, run_id: str) -> dict[str, int]:
    return service.spread(actor, run_id)


@job(service.TELL, N_("Tell people of an announcement"))
def tell(actor: Actor, announcement_id: str, run_id: str | None, revision: int | None) -> None:
    service.tell(actor, announcement_id, run_id, revision)


@job(service.REMIND, N_("Remind people of an announcement"), own_units=True)
def remind(
    actor: Actor, announcement_id: str, number: int, at: str, only: list[str], most: int | None
) -> dict[str, int]:
    moment = datetime.fromisoformat(at)
    return {"reminded": service.remind_pending(actor, announcement_id, number, moment, only, most)}
