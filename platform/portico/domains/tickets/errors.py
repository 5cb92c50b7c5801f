"""What tickets refuse."""

from __future__ import annotations

from portico.kernel.errors import Refusal


class TicketClosed(Refusal):
    code, status, title = "ticket_closed", 409, "The ticket is closed and cannot change any more; open a new one."


class AlreadyAssigned(Refusal):
    code, status, title = "already_assigned", 409, "Somebody else has taken this ticket."


class NewerCommentExists(Refusal):
    code, status, title = "newer_comment_exists", 409, "Somebody has written meanwhile; read it before you answer."
