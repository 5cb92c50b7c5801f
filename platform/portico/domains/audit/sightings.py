"""Who looked: the tallies of reads, added to, asked and swept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.audit.models import ReadTally
from portico.domains.identity.memories import shorter_memories
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.sightings import Sighting
from portico.kernel.unit_of_work import session
from portico.settings import current as settings

DAYS = 30
_table = cast(Table, ReadTally.__table__)
_tally = _table.c


def write(counts: Mapping[Sighting, tuple[int, datetime]]) -> None:
    """Add the counts of some seconds, in the open system unit."""
    work = session()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    # In order, so that two processes which write at once never wait for each other in a ring.
    for key, (times, at) in sorted(counts.items()):
        statement = build(ReadTally).values(**key._asdict(), times=times, last_at=at)
        later = statement.excluded.last_at
        work.execute(
            statement.on_conflict_do_update(
                index_elements=[column.name for column in _table.primary_key],
                set_={
                    "times": _tally.times + statement.excluded.times,
                    "last_at": case((later > _tally.last_at, later), else_=_tally.last_at),
                },
            )
        )


def who_looked(actor: Actor, object_type: str, object_id: str) -> list[dict[str, Any]]:
    """Each reader of this object in the last 30 days: how often, when last; the latest first. The empty id is about
    lists, searches and exports of many."""
    since = (clock.now() - timedelta(days=DAYS)).date()
    rows = session().execute(
        select(
            _tally.reader_kind,
            _tally.reader_id,
            _tally.on_behalf_of,
            func.sum(_tally.times).label("times"),
            func.max(_tally.last_at).label("last_at"),
        )
        .where(_tally.workspace_id == actor.workspace_id, _tally.object_type == object_type)
        .where(_tally.object_id == object_id, _tally.read_on >= since)
        .group_by(_tally.reader_kind, _tally.reader_id, _tally.on_behalf_of)
        .order_by(func.max(_tally.last_at).desc())
    )
    return [{**row._mapping, "times": int(row.times)} for row in rows]


def sweep() -> int:
    """Forget tallies that had their time, in the open system unit."""
    today = clock.now()
    had = _tally.read_on < (today - timedelta(days=settings().reads_kept_days)).date()
    gone = _forget(had)
    for workspace_id, days in shorter_memories().items():
        gone += _forget(_tally.workspace_id == workspace_id, _tally.read_on < (today - timedelta(days=days)).date())
    return gone


def _forget(*which: Any) -> int:
    return len(session().execute(delete(_table).where(*which).returning(_tally.read_on)).all())
