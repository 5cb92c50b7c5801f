"""Live audiences follow the directory: who comes gets what is still out, who leaves is let go and keeps what they did.

What happens in the directory only leaves a mark, in the same transaction; the sweep takes marks and looks. A mark that
comes while the sweep works is newer than what it saw, and stays. When a day begins where the workspace is, every live
audience is gone over as a whole, for what time alone changes, such as conditions on days.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, exists, func, select, update

from portico.domains.announcements import events, queries
from portico.domains.announcements.errors import AudienceBusy
from portico.domains.announcements.models import (
    Announcement,
    AnnouncementMark,
    AnnouncementRecipient,
    AnnouncementTally,
)
from portico.domains.announcements.service import receiving, spreading, telling
from portico.domains.announcements.upserting import insert_into
from portico.domains.directory import audiences
from portico.domains.directory import queries as directory
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import savepoint, session

EVERYBODY = ""
_marks = cast(Table, AnnouncementMark.__table__)
_recipients = cast(Table, AnnouncementRecipient.__table__)
_tallies = cast(Table, AnnouncementTally.__table__)
_announcement = Announcement.__table__.c


@dataclass(frozen=True, slots=True)
class Passing:
    """What `spreading.add` needs of a run, for a few people."""

    id: str = field(default_factory=lambda: new_id("anr"))
    kind: str = "reconcile"
    cursor: str = ""
    created_at: datetime = field(default_factory=clock.now)


def mark(actor: Actor, employee_id: str = EVERYBODY) -> None:
    """Look at this person, or at everybody, again. Costs one look where no audience is live."""
    live = exists().where(
        _announcement.workspace_id == actor.workspace_id,
        _announcement.status == "published",
        _announcement.audience_mode == "live",
    )
    if session().scalar(select(live)):
        put_mark(actor, employee_id)


def put_mark(actor: Actor, employee_id: str) -> None:
    """Also where the mark is there: its row is held until this commits, so that nobody takes it without seeing us."""
    row = {"workspace_id": actor.workspace_id, "employee_id": employee_id, "marked_at": clock.now()}
    session().execute(
        insert_into(_marks)
        .values(row)
        .on_conflict_do_update(index_elements=["workspace_id", "employee_id"], set_={"marked_at": row["marked_at"]})
    )


def take_mark(actor: Actor, employee_id: str, seen: datetime) -> None:
    """Unless it was set again since it was seen."""
    session().execute(
        delete(_marks).where(
            _marks.c.workspace_id == actor.workspace_id,
            _marks.c.employee_id == employee_id,
            _marks.c.marked_at == seen,
        )
    )


def reconcile(actor: Actor, announcement_id: str) -> bool:
    """Begin to bring a live audience up to date; answers whether it could. An audience with rules that are wrong stays
    as it is: nobody is let go because a group was deleted."""
    found = queries.held(actor, announcement_id)
    if found is None or not _follows(actor, found):
        return True
    try:
        with savepoint():
            spreading.begin(actor, found, "reconcile")
    except AudienceBusy:
        return False
    return True


def _follows(actor: Actor, found: dict[str, Any]) -> bool:
    over = found["expires_at"] is not None and found["expires_at"] <= clock.now()
    if found["status"] != "published" or found["audience_mode"] != "live" or over:
        return False
    return not audiences.faults(actor.workspace_id, found["audience"])


def follow_people(actor: Actor, announcement_id: str, employee_ids: list[str]) -> None:
    """Bring a few people in or out of one live audience."""
    found = queries.any_one(actor, announcement_id)
    if found is None or not _follows(actor, found):
        return
    passing = Passing()
    added, _ = spreading.add(actor, found, passing, only=employee_ids)
    if added:
        _count_added(actor, found, passing.id)
        telling.tell_later(actor, found, run_id=passing.id)
    gone = spreading.remove(actor, found, only=employee_ids)
    _count_gone(actor, gone)
    if added or gone:
        counts = queries.counted(actor, found)
        told = {**found, "counts": spreading.told_counts(found, counts)}
        emit(actor, events.AUDIENCE_CHANGED, {**told, "added": added, "removed": len(gone)})


def _count_added(actor: Actor, found: dict[str, Any], run_id: str) -> None:
    """Who is back brings along what they had read."""
    mine = _recipients.c
    row = (
        session()
        .execute(
            select(
                func.count().label("audience"),
                func.count(mine.first_read_at).label("read"),
                receiving.number(mine.acked_revision >= found["material_revision"]).label("acknowledged"),
            ).where(mine.workspace_id == actor.workspace_id, mine.announcement_id == found["id"], mine.run_id == run_id)
        )
        .one()
    )
    acknowledged = row.acknowledged if found["requires_ack"] else 0
    _shift(actor, found["id"], row.audience, row.read, acknowledged or 0)


def _count_gone(actor: Actor, rows: Iterable[Any]) -> None:
    """In the order of the announcements, so that two sweeps wait for each other and do not lock each other out."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.announcement_id].append(row)
    for announcement_id, gone in sorted(found.items()):
        read = sum(row.first_read_at is not None for row in gone)
        _shift(actor, announcement_id, -len(gone), -read, 0)
        for row in gone:
            _uncount_ack(actor, announcement_id, row.acked_revision)


def _uncount_ack(actor: Actor, announcement_id: str, revision: int) -> None:
    if not revision:
        return
    session().execute(
        update(_tallies)
        .where(_tallies.c.workspace_id == actor.workspace_id, _tallies.c.announcement_id == announcement_id)
        .where(_tallies.c.material_revision <= revision)
        .values(acknowledged=_tallies.c.acknowledged - 1)
    )


def _shift(actor: Actor, announcement_id: str, audience: int, read: int, acknowledged: int) -> None:
    session().execute(
        update(_tallies)
        .where(_tallies.c.workspace_id == actor.workspace_id, _tallies.c.announcement_id == announcement_id)
        .values(
            audience=_tallies.c.audience + audience,
            read=_tallies.c.read + read,
            acknowledged=_tallies.c.acknowledged + acknowledged,
        )
    )


def let_go(actor: Actor, employee_ids: list[str]) -> None:
    """Who has left the company has left every audience, of whichever mode."""
    people = directory.lookup(actor, employee_ids, [])
    departed = [one["id"] for one in people if one["status"] == "departed"]
    if not departed:
        return
    rows = (
        session()
        .execute(
            update(_recipients)
            .where(
                _recipients.c.workspace_id == actor.workspace_id,
                _recipients.c.employee_id.in_(departed),
                _recipients.c.state == "delivered",
            )
            .values(state="removed", removed_at=clock.now())
            .returning(_recipients.c.announcement_id, _recipients.c.first_read_at, _recipients.c.acked_revision)
        )
        .all()
    )
    _count_gone(actor, rows)
