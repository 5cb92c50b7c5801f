"""Changes of tickets: `opening` one, `changing` it, `assigning` it, `commenting` on it, `trashing` it."""

from portico.domains.tickets.service.assigning import assign_ticket, release_tickets, take_ticket
from portico.domains.tickets.service.changing import update_ticket
from portico.domains.tickets.service.commenting import MAX_COMMENTS, add_comment
from portico.domains.tickets.service.indexing import reindex_requester
from portico.domains.tickets.service.opening import create_ticket
from portico.domains.tickets.service.trashing import TRASH_DAYS, restore_ticket, trash_ticket

__all__ = [
    "MAX_COMMENTS",
    "TRASH_DAYS",
    "add_comment",
    "assign_ticket",
    "create_ticket",
    "reindex_requester",
    "release_tickets",
    "restore_ticket",
    "take_ticket",
    "trash_ticket",
    "update_ticket",
]
