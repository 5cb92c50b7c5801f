"""Whispers: said now to whoever has a page open, and kept nowhere. That somebody is writing is one, and that a number
on a page is not true any more.

The bell carries them. One that is lost is repeated soon by whoever said it, or made up for by the next page. They hold
ids alone: what is shown is asked of the server, by each viewer for themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import orjson

from portico.kernel import bell

KINDS = frozenset(("here", "told"))
MOST_NAMED = 50
"""Employees in one whisper, since a NOTIFY of PostgreSQL takes 8,000 bytes; with more, everybody is told to ask."""


@dataclass(frozen=True, slots=True)
class Whisper:
    workspace_id: str
    kind: str
    employees: tuple[str, ...] | None = None
    """For these alone."""
    resource: tuple[str, str] | None = None
    """For those who have this record (type and id) open and may read it: who hears `scope`."""
    scope: str | None = None
    by: str | None = None
    state: str | None = None


def to_people(workspace_id: str, kind: str, employees: Sequence[str]) -> None:
    """Something of theirs changed; said after the commit by `after_commit(partial(…))`."""
    if employees:
        some = tuple(employees) if len(employees) <= MOST_NAMED else None
        say(Whisper(workspace_id, kind, employees=some))


def say(whisper: Whisper) -> None:
    """Never fails the caller."""
    bell.carry(orjson.dumps(asdict(whisper)))


def read(payload: bytes) -> Whisper | None:
    """None for what is no whisper: anybody on the machine can send a datagram."""
    try:
        whisper = Whisper(**orjson.loads(payload))
        if whisper.kind not in KINDS:
            return None
        several, record = whisper.employees, whisper.resource
        return replace(
            whisper,
            employees=None if several is None else tuple(several),
            resource=None if record is None else (record[0], record[1]),
        )
    except (ValueError, TypeError, LookupError):
        return None
