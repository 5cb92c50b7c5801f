"""Changes of tickets: `opening` one, `changing` it, `assigning` it, `commenting` on it, `following` one that is over
with another, `trashing` it; and of `custom_statuses`."""

from portico.domains.tickets.service.assigning import assign_ticket, release_tickets, take_ticket
from portico.domains.tickets.service.changing import close_when_due, update_ticket
from portico.domains.tickets.service.commenting import MAX_COMMENTS
from portico.domains.tickets.service.custom_statuses import (
    create_status,
    delete_status,
    seed_statuses,
    update_status,
)
from portico.domains.tickets.service.following import add_comment
from portico.domains.tickets.service.indexing import reindex_requester
from portico.domains.tickets.service.opening import create_ticket
from portico.domains.tickets.service.trashing import TRASH_DAYS, restore_ticket, trash_ticket

__all__ = [
    "MAX_COMMENTS",
    "TRASH_DAYS",
    "add_comment",
    "assign_ticket",
    "close_when_due",
    "create_status",
    "create_ticket",
    "delete_status",
    "reindex_requester",
    "release_tickets",
    "restore_ticket",
    "seed_statuses",
    "take_ticket",
    "trash_ticket",
    "update_status",
    "update_ticket",
]
