"""Jobs of the catalogue."""

from __future__ import annotations

from portico.domains.catalogue.service import proving
from portico.kernel.actor import Actor
from portico.kernel.jobs import job


@job("catalogue.check_domain", "Look whether a publisher controls its domain", own_units=True)
def check_domain(actor: Actor, publisher_id: str) -> dict[str, str | None]:
    return {"problem": proving.check_domain(publisher_id)}
