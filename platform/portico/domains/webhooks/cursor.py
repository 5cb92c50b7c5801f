"""`GET /events`: the outbox as a cursor, kept for 30 days.

A position is a `seq` of one workspace. Seqs become visible in order (they are taken last, under a lock that is held to
the commit), so whoever has read up to the counter's value has seen all that is below it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from portico.domains.webhooks import projection, queries
from portico.kernel import scope_use
from portico.kernel.actor import Actor
from portico.kernel.cursors import sign, unsign
from portico.kernel.data_range import condition
from portico.kernel.errors import CursorInvalid, CursorMismatch, FieldError, Invalid, invalid
from portico.kernel.events import Event, EventCounter
from portico.kernel.events.types import PATTERN, expand, readable_with
from portico.kernel.listing import DEFAULT_LIMIT, MAX_LIMIT
from portico.kernel.unit_of_work import session

LATEST = "latest"
_MARK = "events"


def page_of_events(
    actor: Actor, after: str | None = None, limit: str | None = None, types: str | None = None
) -> dict[str, Any]:
    """The events behind `after` that the actor may read, oldest first; `next_cursor` is never None.

    Raises Invalid, CursorInvalid and CursorMismatch.
    """
    wanted = parse_types(types)
    count = _limit(limit)
    # The counter first: what commits between the two statements has a higher seq.
    head = head_of(actor.workspace_id)
    if after == LATEST:
        return _page(actor, [], head, more=False)
    rows = _read(actor, position_of(actor.workspace_id, after), head, wanted, count + 1)
    more = len(rows) > count
    rows = rows[:count]
    scopes = queries.event_scopes(actor)
    opened = {scope for row in rows if row.installation_id is None for scope in row.scopes.split()}
    scope_use.note_call(actor, opened)
    data = [projection.envelope(row, scopes, actor.installation_id) for row in rows]
    return _page(actor, data, rows[-1].seq if more else head, more=more)


def _page(actor: Actor, data: list[dict[str, Any]], seq: int, *, more: bool) -> dict[str, Any]:
    return {"data": data, "page": {"next_cursor": cursor_at(actor.workspace_id, seq), "has_more": more}}


def head_of(workspace_id: str) -> int:
    """The seq up to which everything of the workspace has happened and can be read."""
    return session().scalar(select(EventCounter.seq).where(EventCounter.workspace_id == workspace_id)) or 0


def cursor_at(workspace_id: str, seq: int) -> str:
    """The position behind this seq, as clients keep it."""
    return sign([_MARK, workspace_id, seq])


def _read(actor: Actor, after: int, head: int, wanted: list[str] | None, count: int) -> list[Any]:
    event = Event.__table__.c
    statement = (
        select(Event.__table__)
        .where(event.workspace_id == actor.workspace_id, event.seq > after, event.seq <= head)
        .order_by(event.seq)
        .limit(count)
    )
    readable: ColumnElement[bool] = event.scopes.in_(readable_with(queries.event_scopes(actor)))
    if actor.installation_id is not None:
        # Of events about one installation, its own; and those need no scope.
        own = event.installation_id == actor.installation_id
        if actor.data_range is not None:
            readable = and_(readable, condition(actor, event.resource_type, event.resource_id))
        statement = statement.where(or_(own, and_(event.installation_id.is_(None), readable)))
    else:
        statement = statement.where(readable)
    if wanted is not None:
        statement = statement.where(event.type.in_(wanted))
    return list(session().execute(statement))


def position_of(workspace_id: str, after: str | None) -> int:
    """The seq that a client has read up to; 0 without one. Raises CursorInvalid and CursorMismatch."""
    if not after:
        return 0
    content = unsign(after)
    if not isinstance(content, list) or len(content) != 3 or content[0] != _MARK:
        raise CursorInvalid()
    if content[1] != workspace_id:
        raise CursorMismatch("This cursor belongs to another workspace; begin without one.")
    return int(content[2])


def parse_types(text: str | None) -> list[str] | None:
    """The event types that `?types=` names, by patterns; None is all. Raises Invalid."""
    if not text:
        return None
    patterns = [part.strip() for part in text.split(",") if part.strip()]
    wrong = [part for part in patterns if not PATTERN.fullmatch(part)]
    if wrong:
        message = f"{wrong[0][:100]!r} is no event type; use ticket.solved, ticket.* or *."
        raise Invalid(message, errors=[FieldError("/query/types", "invalid", message)])
    return expand(patterns)


def _limit(text: str | None) -> int:
    if not text:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 1 <= int(text) <= MAX_LIMIT:
        raise invalid("/query/limit", "invalid", f"limit is a whole number from 1 to {MAX_LIMIT}.")
    return int(text)
