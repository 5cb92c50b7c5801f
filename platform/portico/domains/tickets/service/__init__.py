"""Changes of tickets: `opening` one, `changing` it, `assigning` it, `commenting` on it, `following` one that is over
with another, `updating`, `snoozing`, `linking` and `trashing` it; `redacting` what was
said; the `history` of it all; `handing_out` what waits; and of `queueing`, `custom_statuses` and `macros`."""

from portico.domains.tickets.service.assigning import assign_ticket, release_tickets, take_ticket
from portico.domains.tickets.service.commenting import MAX_COMMENTS
from portico.domains.tickets.service.custom_statuses import (
    create_status,
    delete_status,
    seed_statuses,
    update_status,
)
from portico.domains.tickets.service.following import add_comment
from portico.domains.tickets.service.handing_out import hand_out_waiting
from portico.domains.tickets.service.indexing import reindex_requester
from portico.domains.tickets.service.linking import follow_ticket, link_ticket, unfollow_ticket, unlink_ticket
from portico.domains.tickets.service.macros import (
    apply_macro,
    create_macro,
    delete_macro,
    preview_macro,
    update_macro,
)
from portico.domains.tickets.service.opening import create_ticket
from portico.domains.tickets.service.queueing import create_queue, delete_queue, leave_queues, update_queue
from portico.domains.tickets.service.redacting import redact_comment
from portico.domains.tickets.service.snoozing import snooze_ticket, wake_when_due
from portico.domains.tickets.service.trashing import TRASH_DAYS, restore_ticket, trash_ticket
from portico.domains.tickets.service.updating import close_when_due, update_ticket

__all__ = [
    "MAX_COMMENTS",
    "TRASH_DAYS",
    "add_comment",
    "apply_macro",
    "assign_ticket",
    "close_when_due",
    "create_macro",
    "create_queue",
    "create_status",
    "create_ticket",
    "delete_macro",
    "delete_queue",
    "delete_status",
    "follow_ticket",
    "hand_out_waiting",
    "leave_queues",
    "link_ticket",
    "preview_macro",
    "redact_comment",
    "reindex_requester",
    "release_tickets",
    "restore_ticket",
    "seed_statuses",
    "snooze_ticket",
    "take_ticket",
    "trash_ticket",
    "unfollow_ticket",
    "unlink_ticket",
    "update_macro",
    "update_queue",
    "update_status",
    "update_ticket",
    "wake_when_due",
]
