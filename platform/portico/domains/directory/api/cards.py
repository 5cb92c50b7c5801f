"""An employee as a card for address books."""

from __future__ import annotations

from portico.domains.directory import cards
from portico.domains.directory.api.blueprint import READ, blp
from portico.domains.directory.api.employees import EMPLOYEE
from portico.kernel import sightings
from portico.kernel.actor import Actor
from portico.web.downloads import Download


@blp.get(
    f"{EMPLOYEE}/card.vcf",
    scope=READ,
    file=("text/vcard",),
    summary="Download an employee's vCard",
)
def get_employee_card(actor: Actor, employee_id: str) -> Download:
    """vCard 3.0, which every address book reads. It holds what the caller may see, and never a number that the person
    keeps for themselves."""
    card = cards.card(actor, employee_id)
    sightings.note(actor, "employee", employee_id)
    return Download(iter([card.body]), card.name, "text/vcard; charset=utf-8", len(card.body))
