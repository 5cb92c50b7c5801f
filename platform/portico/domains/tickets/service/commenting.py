"""The conversation of a ticket. It only grows."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, insert, update

from portico.domains.tickets import attachments, events, queries, statuses
from portico.domains.tickets.errors import NewerCommentExists
from portico.domains.tickets.models import Ticket, TicketComment
from portico.domains.tickets.schemas import Comment
from portico.domains.tickets.service import changing, history
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.dump import dumper
from portico.kernel.errors import invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

MAX_COMMENTS = 5_000
_tickets = cast(Table, Ticket.__table__)
_comments = cast(Table, TicketComment.__table__)


def is_requester(actor: Actor, ticket: dict[str, Any]) -> bool:
    return actor.employee_id is not None and ticket["requester_employee_id"] == actor.employee_id


def write(actor: Actor, ticket: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """A comment on a ticket that the caller holds and that is not over. Raises NewerCommentExists and Invalid."""
    if "expected_last_comment_id" in values:
        _require_latest(actor, ticket["id"], values["expected_last_comment_id"])
    comment = append(actor, ticket, values)
    if values["visibility"] == "public":
        _touch(actor, ticket)
    return comment


def _require_latest(actor: Actor, ticket_id: str, comment_id: str | None) -> None:
    newer = queries.comments_after(actor, ticket_id, comment_id)
    if newer:
        # Who may write need not be allowed to read.
        shown = newer if actor.may("tickets:read") else []
        raise NewerCommentExists(extra={"comments": [dumper(Comment)(one) for one in attachments.shown(actor, shown)]})


def _touch(actor: Actor, ticket: dict[str, Any]) -> None:
    """A public comment makes the ticket newer. An internal one does not: the requester must not notice it."""
    status = ticket["status"]
    if is_requester(actor, ticket):
        answered = {"status": statuses.after_requester_reply(status), "snoozed_until": None}
        if any(ticket[name] != value for name, value in answered.items()):
            changing.apply(actor, ticket, answered)
            return
    now = clock.now()
    put_off = {"close_due_at": statuses.closes_at(now)} if status == "solved" else {}
    changing.write(actor, ticket, put_off, now)


def append(actor: Actor, ticket: dict[str, Any], values: dict[str, Any], pointer: str = "") -> dict[str, Any]:
    """Add a comment to a ticket that the caller has locked or just made, with its files, and tell. `pointer` is where
    the comment stands in what came in. Raises Invalid."""
    _count(actor, ticket["id"])
    comment = {
        "id": new_id("cmt"),
        "ticket_id": ticket["id"],
        "body": values["body"],
        "visibility": values["visibility"],
        "author": history.author(actor),
        "created_at": clock.now(),
        "redacted_at": None,
        "redacted_by": None,
    }
    session().execute(insert(_comments), [{**comment, "workspace_id": actor.workspace_id}])
    comment["attachments"] = attachments.link(actor, comment["id"], values, pointer)
    emit(actor, events.TICKET_COMMENT_CREATED, comment, resource_id=ticket["id"])
    return comment


def _count(actor: Actor, ticket_id: str) -> None:
    done = session().execute(
        update(_tickets)
        .where(_tickets.c.workspace_id == actor.workspace_id, _tickets.c.id == ticket_id)
        .where(_tickets.c.comment_count < MAX_COMMENTS)
        .values(comment_count=_tickets.c.comment_count + 1)
        .returning(_tickets.c.id)
    )
    if done.one_or_none() is None:
        raise invalid("", "too_many", f"A ticket holds at most {MAX_COMMENTS} comments; open a new one.")
