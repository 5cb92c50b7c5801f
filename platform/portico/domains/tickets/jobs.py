"""Work on tickets that nobody has to wait for."""

from __future__ import annotations

from portico.domains.tickets import service
from portico.kernel.actor import Actor
from portico.kernel.jobs import job
from portico.kernel.text import N_


@job("tickets.reindex_requester", N_("Find tickets by the new name of their requester"))
def reindex_requester(actor: Actor, contact_id: str | None = None, employee_id: str | None = None) -> dict[str, int]:
    return {"tickets": service.reindex_requester(actor, contact_id=contact_id, employee_id=employee_id)}
