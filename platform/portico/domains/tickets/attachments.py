"""Files of comments. Whoever reads a comment reads them, and nobody else."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from portico.domains.files import queries as files
from portico.domains.files import service
from portico.domains.files.owners import owner
from portico.domains.tickets import permissions, queries
from portico.domains.tickets.models import Ticket, TicketComment
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page
from portico.kernel.unit_of_work import session

KIND = "ticket_comment"
_comment = TicketComment.__table__.c
_ticket = Ticket.__table__.c


@owner(KIND)
def readable(actor: Actor, comment_ids: Collection[str]) -> set[str]:
    if not actor.may("tickets:read"):
        return set()
    statement = select(_comment.id).where(
        _comment.workspace_id == actor.workspace_id,
        _comment.id.in_(comment_ids),
        _comment.ticket_id.in_(queries.visible_to(actor).with_only_columns(_ticket.id)),
    )
    if not permissions.reads_internal(actor):
        statement = statement.where(_comment.visibility == "public")
    return set(session().scalars(statement))


def link(actor: Actor, comment_id: str, values: dict[str, Any], pointer: str = "") -> list[dict[str, Any]]:
    """Attach the uploads that come with a comment. Raises Invalid for what is not the actor's to attach."""
    ids = values.get("attachment_ids", ())
    return service.link(actor, KIND, comment_id, ids, f"{pointer}/attachment_ids")


def remove(actor: Actor, comment_id: str) -> None:
    """With the whole text of a comment its files go too, for good."""
    service.remove_of(actor, KIND, [comment_id])


def shown(actor: Actor, comments: Iterable[Any]) -> list[dict[str, Any]]:
    """Comments that the actor reads, each with its files."""
    rows = [dict(one) for one in comments]
    found = files.of_owners(actor, KIND, [row["id"] for row in rows])
    return [{**row, "attachments": found.get(row["id"], [])} for row in rows]


def page_of_comments(actor: Actor, ticket_id: str, query: ListQuery) -> Page:
    """A page of a ticket's conversation, oldest first, with the files. Raises NotFound."""
    found = queries.page_of_comments(actor, ticket_id, query)
    return replace(found, rows=shown(actor, [row._mapping for row in found.rows]))
