"""What listeners of the event stream read: a page of the outbox for all who stand at the same place, and of it for
each what it may see at this moment.

The database is the only source: a listener is a position, whoever lags reads the same rows a little later. The pages
of those who stand together are read once. Ids of the stream are the cursors of `GET /events`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import select

from portico.domains.webhooks import projection, queries
from portico.domains.webhooks.cursor import LATEST, cursor_at, head_of, parse_types, position_of
from portico.kernel import authn, clock, scope_use
from portico.kernel.actor import Actor, DataRange
from portico.kernel.authn import Credential
from portico.kernel.data_range import Receiver, within
from portico.kernel.db import AnyRow
from portico.kernel.errors import Refusal
from portico.kernel.events import Event, EventCounter
from portico.kernel.events.types import NOBODY
from portico.kernel.unit_of_work import session, system_unit, unit

OLDEST = "oldest"
MOST_ROWS = 100
MOST_BYTES = 64 * 1024
"""What a listener is given at once, unless one event alone is larger. It bounds what a slow reader costs."""

_event = Event.__table__.c
_COLUMNS = tuple(column for column in _event if column.name not in ("before", "origin", "fanned_out"))


@dataclass(frozen=True, slots=True)
class Wish:
    """What a listener asked for."""

    workspace_id: str
    credential: Credential
    types: frozenset[str] | None = None
    resource_ids: frozenset[str] | None = None
    also: frozenset[str] = frozenset()
    """Types that are wanted whatever the record."""
    brief: bool = False
    """For pages: what changed, and nothing of what it says."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one listener gets of a page, and where it stands then; or why it gets nothing any more."""

    frames: tuple[bytes, ...] = ()
    position: int = 0
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Sight:
    """All that decides what of a row somebody sees: listeners who have it in common share the work."""

    scopes: frozenset[str]
    installation_id: str | None
    data_range: DataRange | None
    brief: bool


def wanted_types(text: str | None) -> frozenset[str] | None:
    """As `?types=` of `GET /events`. Raises Invalid."""
    found = parse_types(text)
    return None if found is None else frozenset(found)


def place(workspace_id: str, after: str | None) -> int:
    """Where a listener begins: behind a cursor, at the `oldest` that is kept, or (without one, or `latest`) with what
    happens from now on. Raises CursorInvalid and CursorMismatch."""
    if after == OLDEST:
        return 0
    if after and after != LATEST:
        return position_of(workspace_id, after)
    with unit(workspace_id, write=False):
        return head_of(workspace_id)


def heads(workspace_ids: Iterable[str]) -> dict[str, int]:
    """How far each of these workspaces is, in one statement."""
    wanted = list(workspace_ids)
    with system_unit("streams: which workspaces have news") as work:
        rows = work.execute(
            select(EventCounter.workspace_id, EventCounter.seq).where(EventCounter.workspace_id.in_(wanted))
        ).all()
    return {row.workspace_id: row.seq for row in rows}


def position_frame(workspace_id: str, seq: int) -> bytes:
    """An id without data: clients remember it and show nothing (HTML, 9.2.6). Who waits for rare events resumes from
    here instead of reading all in between again."""
    return f"id: {cursor_at(workspace_id, seq)}\n\n".encode()


def read(after: int, head: int, wishes: Sequence[Wish]) -> list[Share]:
    """For each of these listeners of one workspace, who all have read up to `after`: what comes next, up to `head`.

    Whoever calls read `head` before: a cut of somebody's power that came before one of these events is seen here.
    """
    workspace_id = wishes[0].workspace_id
    with unit(workspace_id, write=False):
        rows = _rows(workspace_id, after, head, wishes)
    end = rows[-1].seq if len(rows) == MOST_ROWS else head
    asked = [wish for wish in wishes if any(_wants(wish, row) for row in rows)]
    if not asked:
        return [Share(position=end) for _ in wishes]
    actors = authn.look_again(wish.credential for wish in asked)
    with unit(workspace_id, write=False):
        page = _Page(rows, end)
        return [
            page.share(wish, actors[wish.credential]) if wish.credential in actors else Share(position=end)
            for wish in wishes
        ]


def _rows(workspace_id: str, after: int, head: int, wishes: Sequence[Wish]) -> Sequence[AnyRow]:
    statement = (
        select(*_COLUMNS)
        .where(_event.workspace_id == workspace_id, _event.seq > after, _event.seq <= head, _event.scopes != NOBODY)
        .order_by(_event.seq)
        .limit(MOST_ROWS)
    )
    types: set[str] = set()
    for wish in wishes:
        if wish.types is None and wish.resource_ids != frozenset():
            return session().execute(statement).all()
        types |= (wish.types or frozenset()) | wish.also
    return session().execute(statement.where(_event.type.in_(sorted(types)))).all()


def _wants(wish: Wish, row: Any) -> bool:
    if row.type in wish.also:
        return True
    if wish.types is not None and row.type not in wish.types:
        return False
    return wish.resource_ids is None or row.resource_id in wish.resource_ids


@dataclass(slots=True)
class _Page:
    """Rows, and what they look like to those who asked so far."""

    rows: Sequence[AnyRow]
    end: int
    _seen: dict[Sight, Mapping[int, bytes]] = field(default_factory=dict)
    _scopes: dict[Any, frozenset[str]] = field(default_factory=dict)

    def share(self, wish: Wish, actor: Actor | Refusal) -> Share:
        if isinstance(actor, Refusal):
            return Share(refusal=actor)
        if actor.workspace_id != wish.workspace_id:  # the slug of a page's workspace went to another one
            return Share(refusal=authn.TokenInvalid())
        sight = Sight(self._event_scopes(actor), actor.installation_id, actor.data_range, wish.brief)
        if sight not in self._seen:
            self._seen[sight] = _looks(self.rows, sight)
        seen = self._seen[sight]
        mine = [row for row in self.rows if row.seq in seen and _wants(wish, row)]
        frames, size = list[bytes](), 0
        for place, row in enumerate(mine):
            if frames and size + len(seen[row.seq]) > MOST_BYTES:
                return self._given(actor, mine[:place], frames, mine[place - 1].seq)
            frames.append(seen[row.seq])
            size += len(frames[-1])
        return self._given(actor, mine, frames, self.end)

    def _event_scopes(self, actor: Actor) -> frozenset[str]:
        """Worked out once for all who have kind, role and scopes in common."""
        about = (actor.kind, actor.role, actor.scopes)
        if about not in self._scopes:
            self._scopes[about] = queries.event_scopes(actor)
        return self._scopes[about]

    @staticmethod
    def _given(actor: Actor, rows: Sequence[AnyRow], frames: list[bytes], position: int) -> Share:
        opened = {scope for row in rows if row.installation_id is None for scope in row.scopes.split()}
        scope_use.note_call(actor, opened)
        return Share(tuple(frames), position)


def _looks(rows: Sequence[AnyRow], sight: Sight) -> dict[int, bytes]:
    """The frames of those rows that can be seen so, by their seq."""
    resources = {(row.resource_type, row.resource_id) for row in rows}
    if sight.data_range is not None:
        resources = within(Receiver(rows[0].workspace_id, sight.data_range), resources)
    return {row.seq: _frame(row, sight) for row in rows if _can_see(row, sight, resources)}


def _can_see(row: Any, sight: Sight, within_range: set[tuple[str, str]]) -> bool:
    """As the cursor decides: of events about one installation an app hears its own, without any scope."""
    if sight.installation_id is not None and row.installation_id is not None:
        return bool(row.installation_id == sight.installation_id)
    return sight.scopes.issuperset(row.scopes.split()) and (row.resource_type, row.resource_id) in within_range


def _frame(row: Any, sight: Sight) -> bytes:
    """One event of the stream (HTML, 9.2.5): JSON has no line breaks of its own."""
    about = _brief(row) if sight.brief else projection.envelope(row, sight.scopes, sight.installation_id)
    head = f"id: {cursor_at(row.workspace_id, row.seq)}\nevent: {'change' if sight.brief else row.type}\ndata: "
    return head.encode() + orjson.dumps(about) + b"\n\n"


def _brief(row: Any) -> dict[str, Any]:
    return {
        "type": row.type,
        "resource": {"type": row.resource_type, "id": row.resource_id, "version": row.resource_version},
        "actor": {"kind": row.actor["kind"], "id": row.actor["id"]},
        "occurred_at": clock.rfc3339(row.occurred_at),
    }
