"""Taking out of a comment what should never have been written: its text is gone from the comment, and from the event
that told it, for good; that something was there stays."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from sqlalchemy import Table, update

from portico.domains.tickets import attachments, detail_queries, events, permissions, queries
from portico.domains.tickets.models import TicketComment
from portico.domains.tickets.service import history
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.events import emit, rewriting
from portico.kernel.unit_of_work import session

BLACKENED = "█"
_comments = cast(Table, TicketComment.__table__)


def redact_comment(
    actor: Actor, ticket_id: str, comment_id: str, *, start: int | None = None, end: int | None = None
) -> dict[str, Any]:
    """Blacken a range of a comment, or remove its whole text and its files; of a closed ticket too.

    Raises NotFound, Forbidden and Invalid.
    """
    ticket = queries.whole_ticket(actor, ticket_id, lock=True)
    permissions.require_may_redact(actor)
    comment = detail_queries.comment(actor, ticket["id"], comment_id)
    body = _without(comment["body"], start, end)
    stamps = {"body": body, "redacted_at": clock.now(), "redacted_by": history.author(actor)}
    session().execute(
        update(_comments)
        .where(_comments.c.workspace_id == actor.workspace_id, _comments.c.id == comment_id)
        .values(stamps)
    )
    if start is None:
        attachments.remove(actor, comment_id)
    _forget(actor, comment, {"body": body} | ({"attachments": []} if start is None else {}))
    after = {**comment, **stamps}
    history.note(actor, "redacted", ticket_id, {"comment": {"id": comment_id}})
    emit(actor, events.TICKET_REDACTED, {**after, "whole": start is None}, resource_id=ticket_id)
    return attachments.shown(actor, [after])[0]


def _without(body: str, start: int | None, end: int | None) -> str:
    """As long as before, so that a range means the same to who read it before another redaction."""
    if start is None or end is None:
        return ""
    if end > len(body):
        raise invalid("/end", "invalid", f"The comment has {len(body)} characters.")
    return body[:start] + BLACKENED * (end - start) + body[end:]


def _forget(actor: Actor, comment: dict[str, Any], said: dict[str, Any]) -> None:
    """The news of the comment says from now on what the comment says, whoever asks for it or is sent it again."""

    def change(data: dict[str, Any]) -> dict[str, Any] | None:
        return {**data, **said} if data["id"] == comment["id"] else None

    second = timedelta(seconds=1)
    told = (comment["created_at"] - second, comment["created_at"] + 60 * second)
    rewriting.rewrite(actor.workspace_id, events.TICKET_COMMENT_CREATED.name, comment["ticket_id"], told, change)
