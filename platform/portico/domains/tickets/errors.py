"""What tickets refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class TicketClosed(Refusal):
    code, status, title = "ticket_closed", 409, "The ticket is closed and cannot change any more; open a new one."


class AlreadyAssigned(Refusal):
    code, status, title = "already_assigned", 409, "Somebody else has taken this ticket."


class NewerCommentExists(Refusal):
    code, status, title = "newer_comment_exists", 409, "Somebody has written meanwhile; read it before you answer."


class StatusExists(Refusal):
    code, status, title = "status_exists", 409, "There is a status of this name already; take another."


class StatusInUse(Refusal):
    code, status, title = "status_in_use", 409, "Tickets have this status; name another that they shall get."


class LinkExists(Refusal):
    code, status, title = "link_exists", 409, "The tickets are linked like this already, or the other has a parent."


class LinkContradicts(Refusal):
    code, status, title = "link_contradicts", 409, "The other way round these tickets are linked already."


class MacroExists(Refusal):
    code, status, title = "macro_exists", 409, "There is a macro of this name already; take another."


class QueueExists(Refusal):
    code, status, title = "queue_exists", 409, "There is a queue of this name already; take another."


class QueueInUse(Refusal):
    code, status, title = "queue_in_use", 409, "The queue has unsolved tickets; name another that they shall go to."


class StatusIsDefault(Refusal):
    code, status, title = (
        "status_is_default",
        409,
        "Each category needs its default status; make another of the category the default first.",
    )
