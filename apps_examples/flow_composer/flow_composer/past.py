"""The newest events of a kind. The API lists from a cursor on, oldest first; so places in the past are kept, an hour or
more apart, from which it is not far."""

from collections import deque
from collections.abc import Mapping
from typing import Any

from flow_composer.store import Store
from portico_sdk import Portico

_APART_S = 3600.0
_A_PAGE = 100
_MOST_PAGES = 50
_AGES_S = (3600.0, 24 * 3600.0, 7 * 24 * 3600.0)
Event = Mapping[str, Any]


class Past:
    def __init__(self, store: Store) -> None:
        self._store = store

    def keep(self, installation_id: str, cursor: str, now: float) -> None:
        """A place behind which all is newer than now."""
        self._store.change(
            "INSERT INTO place (installation_id, at, cursor) SELECT ?, ?, ? WHERE NOT EXISTS"
            " (SELECT 1 FROM place WHERE installation_id = ? AND at > ?)",
            *(installation_id, now, cursor, installation_id, now - _APART_S),
        )

    def newest(self, client: Portico, installation_id: str, event_type: str, limit: int, now: float) -> list[Event]:
        """At most `limit`, newest first, of what the client may see."""
        found: deque[Event] = deque(maxlen=limit)
        for start in self._starts(installation_id, now):
            found.clear()
            last = self._read(client, start, event_type, found)
            if last is not None:
                self.keep(installation_id, last, now)
            if len(found) == limit:
                break
        return list(reversed(found))

    def find(self, client: Portico, installation_id: str, event_type: str, event_id: str, now: float) -> Event | None:
        for start in self._starts(installation_id, now):
            found: deque[Event] = deque()
            self._read(client, start, event_type, found)
            event = next((one for one in found if one["id"] == event_id), None)
            if event is not None:
                return event
        return None

    def _starts(self, installation_id: str, now: float) -> list[str | None]:
        """Places an hour, a day and a week ago, and the oldest event that is kept."""
        starts: list[str | None] = []
        for age in _AGES_S:
            row = self._store.row(
                "SELECT cursor FROM place WHERE installation_id = ? AND at <= ? ORDER BY at DESC LIMIT 1",
                *(installation_id, now - age),
            )
            if row is not None and row["cursor"] not in starts:
                starts.append(row["cursor"])
        return [*starts, None]

    def _read(self, client: Portico, start: str | None, event_type: str, into: deque[Event]) -> str | None:
        """The cursor at the end; None when there was more than can be read while somebody waits."""
        pages = client.events.list(after=start, types=[event_type], limit=_A_PAGE).pages()
        for _, page in zip(range(_MOST_PAGES), pages, strict=False):
            into.extend(event.raw for event in page.data)
            if not page.has_more:
                return page.next_cursor
        return None
