"""Who is writing, and what they wrote before: the calls of the public API."""

from dataclasses import dataclass

from portico_sdk import NotFoundError, Portico
from portico_sdk.models import Contact, Ticket

OPEN = frozenset({"new", "open", "pending", "on_hold"})
_NEWEST = 50


@dataclass(frozen=True)
class History:
    """`earlier` is what the customer wrote before `ticket`, newest first."""

    ticket: Ticket
    contact: Contact | None
    earlier: tuple[Ticket, ...]

    @property
    def still_open(self) -> tuple[Ticket, ...]:
        return tuple(ticket for ticket in self.earlier if ticket.status in OPEN)


def read_history(workspace: Portico, ticket: Ticket) -> History:
    contact_id = ticket.requester.contact_id
    if contact_id is None:  # a colleague asks
        return History(ticket, contact=None, earlier=())
    try:
        contact = workspace.contacts.get(contact_id)
    except NotFoundError:  # deleted meanwhile, or outside of what this app may see
        contact = None
    newest = workspace.tickets.list(requester__contact_id=contact_id, sort="-created_at", limit=_NEWEST).page()
    # Ids sort by time, so "smaller" is "earlier".
    return History(ticket, contact, tuple(other for other in newest if other.id < ticket.id))
