"""What announcements hold on a person who works here."""

from __future__ import annotations

from portico.domains.announcements import queries
from portico.kernel.actor import Actor
from portico.kernel.exporting import Rows, of_a_person


@of_a_person("announcement_receipts")
def receipts(actor: Actor) -> Rows:
    return queries.own_receipts(actor)
