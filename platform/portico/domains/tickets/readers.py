"""What tickets hold on a person who works here."""

from __future__ import annotations

from portico.domains.tickets import queries
from portico.kernel.actor import Actor
from portico.kernel.exporting import Rows, of_a_person


@of_a_person("tickets")
def tickets(actor: Actor) -> Rows:
    return queries.requested_by(actor)
