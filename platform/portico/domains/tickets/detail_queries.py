"""Reads of what stands beside a ticket; each begins at a ticket that the actor sees and works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, or_, select

from portico.domains.properties import queries as properties
from portico.domains.tickets import permissions, queries
from portico.domains.tickets.detail_schemas import LINKS
from portico.domains.tickets.models import Ticket, TicketChange, TicketComment, TicketFollower, TicketLink
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_ticket = Ticket.__table__.c
_change = TicketChange.__table__.c
_comment = TicketComment.__table__.c
_follower = TicketFollower.__table__.c
_link = TicketLink.__table__.c
_SENSITIVE = "tickets.sensitive:read"

HISTORY = Listing(
    id_column=_change.id,
    filters={"action": Filter(column=_change.action)},
    sorts={"created_at": Sort(_change.id)},
    default_sort="created_at",
)
FOLLOWERS = Listing(
    id_column=_follower.employee_id,
    filters={},
    sorts={"created_at": Sort(_follower.created_at, instant=True)},
    default_sort="created_at",
)
LINKED = Listing(
    id_column=_link.id,
    filters={"kind": Filter(column=_link.kind, choices=LINKS)},
    sorts={"created_at": Sort(_link.id)},
    default_sort="created_at",
)


def _worked_on(actor: Actor, ticket_id: str) -> None:
    """Raises NotFound and Forbidden."""
    queries.whole_ticket(actor, ticket_id)
    permissions.require_works_on_tickets(actor)


def page_of_history(actor: Actor, ticket_id: str, query: ListQuery) -> Page:
    """Who changed what, oldest first. Raises NotFound and Forbidden."""
    _worked_on(actor, ticket_id)
    statement = select(TicketChange.__table__).where(
        _change.workspace_id == actor.workspace_id, _change.ticket_id == ticket_id
    )
    found = page(statement, HISTORY, actor.workspace_id, query)
    return Page(_guarded(actor, found.rows), found.next_cursor, found.total, found.fields)


def _guarded(actor: Actor, rows: Sequence[AnyRow]) -> list[dict[str, Any]]:
    """Of a sensitive property, who may not see it learns that it changed, and nothing more."""
    shown = [dict(row._mapping) for row in rows]
    if actor.may(_SENSITIVE) or not any(name.startswith(properties.PREFIX) for row in shown for name in row["changes"]):
        return shown
    known = properties.active(actor.workspace_id, "ticket")

    def is_open(name: str) -> bool:
        row = known.get(name.removeprefix(properties.PREFIX))
        return not name.startswith(properties.PREFIX) or (row is not None and not row.sensitive)

    return [
        {**row, "changes": {name: value if is_open(name) else {} for name, value in row["changes"].items()}}
        for row in shown
    ]


def page_of_followers(actor: Actor, ticket_id: str, query: ListQuery) -> Page:
    """Raises NotFound and Forbidden."""
    _worked_on(actor, ticket_id)
    return page(followers(actor, ticket_id), FOLLOWERS, actor.workspace_id, query)


def followers(actor: Actor, ticket_id: str) -> AnySelect:
    return select(TicketFollower.__table__).where(
        _follower.workspace_id == actor.workspace_id, _follower.ticket_id == ticket_id
    )


def follower_ids(actor: Actor, ticket_id: str) -> list[str]:
    """Who follows a ticket, whoever asks: for the service."""
    return list(session().scalars(followers(actor, ticket_id).with_only_columns(_follower.employee_id)))


def follower(actor: Actor, ticket_id: str, employee_id: str) -> dict[str, Any] | None:
    row = session().execute(followers(actor, ticket_id).where(_follower.employee_id == employee_id)).one_or_none()
    return None if row is None else {name: row._mapping[name] for name in ("ticket_id", "employee_id", "created_at")}


def follower_count(actor: Actor, ticket_id: str) -> int:
    mine = (_follower.workspace_id == actor.workspace_id, _follower.ticket_id == ticket_id)
    return session().scalar(select(func.count()).where(*mine)) or 0


def _links(actor: Actor, ticket_id: str) -> AnySelect:
    return select(TicketLink.__table__).where(
        _link.workspace_id == actor.workspace_id, or_(_link.ticket_id == ticket_id, _link.other_id == ticket_id)
    )


def page_of_links(actor: Actor, ticket_id: str, query: ListQuery) -> Page:
    """The links of a ticket in both directions, to tickets that the actor sees. Raises NotFound and Forbidden."""
    _worked_on(actor, ticket_id)
    found = page(_links(actor, ticket_id), LINKED, actor.workspace_id, query)
    return Page(links_shown(actor, ticket_id, found.rows), found.next_cursor, found.total, found.fields)


def links_shown(actor: Actor, ticket_id: str, rows: Sequence[Any]) -> list[dict[str, Any]]:
    ends = {row.id: row.other_id if row.ticket_id == ticket_id else row.ticket_id for row in rows}
    others = session().execute(queries.visible_to(actor).where(_ticket.id.in_(list(ends.values()))))
    known = {row.id: dict(row._mapping) for row in others}
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "direction": "outgoing" if row.ticket_id == ticket_id else "incoming",
            "ticket": known[ends[row.id]],
            "created_at": row.created_at,
        }
        for row in rows
        if ends[row.id] in known
    ]


def link(actor: Actor, ticket_id: str, link_id: str) -> AnyRow:
    """One link of a ticket, in either direction. Raises NotFound."""
    row = session().execute(_links(actor, ticket_id).where(_link.id == link_id)).one_or_none()
    if row is None:
        raise NotFound()
    return row


def is_linked(actor: Actor, ticket_id: str, other_id: str, kind: str) -> bool:
    mine = (_link.workspace_id == actor.workspace_id, _link.ticket_id == ticket_id, _link.other_id == other_id)
    return session().scalar(select(_link.id).where(*mine, _link.kind == kind)) is not None


def parent_of(actor: Actor, ticket_id: str) -> str | None:
    mine = (_link.workspace_id == actor.workspace_id, _link.other_id == ticket_id, _link.kind == "parent")
    found: str | None = session().scalar(select(_link.ticket_id).where(*mine))
    return found


def comment(actor: Actor, ticket_id: str, comment_id: str) -> dict[str, Any]:
    """One comment that the actor sees, held. Raises NotFound."""
    statement = queries.comments_visible_to(actor, ticket_id).where(_comment.id == comment_id)
    row = session().execute(statement.with_for_update()).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)
