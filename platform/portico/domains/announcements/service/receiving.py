"""What readers do: read and acknowledge. However often and from however many devices, it counts once."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, case, func, insert, update

from portico.domains.announcements import events, queries
from portico.domains.announcements.errors import AckNotAsked, AckOfOldRevision
from portico.domains.announcements.models import AnnouncementAck, AnnouncementRecipient, AnnouncementTally
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

_recipients = cast(Table, AnnouncementRecipient.__table__)
_acks = cast(Table, AnnouncementAck.__table__)
_tallies = cast(Table, AnnouncementTally.__table__)


def read(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """Say that the person has read it. Raises NotFound and AnnouncementWithdrawn."""
    found, _ = queries.received(actor, announcement_id)
    _read(actor, found, clock.now())
    return _receipt(actor, found)


def _read(actor: Actor, found: dict[str, Any], now: datetime) -> None:
    """The first time stays; the row is held by whoever comes first, and the other finds it read."""
    latest = {"last_read_at": now, "read_revision": found["revision"]}
    first = _change(actor, found, _recipients.c.first_read_at.is_(None), {"first_read_at": now, **latest})
    if first:
        _count(actor, found, read=1)
        _tell(actor, found, "read", now, late=False)
        return
    seen = case((_recipients.c.read_revision > found["revision"], _recipients.c.read_revision), else_=found["revision"])
    _change(actor, found, _recipients.c.first_read_at.is_not(None), {"last_read_at": now, "read_revision": seen})


def acknowledge(actor: Actor, announcement_id: str, *, revision: int | None = None) -> dict[str, Any]:
    """Acknowledge the text as it stands, or the revision that the person saw, which is as good unless something
    material has changed since. Raises NotFound, AnnouncementWithdrawn, AckNotAsked, AckOfOldRevision and Invalid."""
    found, mine = queries.received(actor, announcement_id)
    if not found["requires_ack"]:
        raise AckNotAsked()
    seen = found["revision"] if revision is None else revision
    if seen > found["revision"]:
        raise invalid("/revision", "invalid", f"The present revision is {found['revision']}.")
    if seen < found["material_revision"]:
        raise AckOfOldRevision(extra={"revision": found["revision"]})
    now = clock.now()
    due = mine.ack_due_at or found["ack_due_at"]
    late = due is not None and due < now
    _read(actor, found, now)
    values = {"acked_at": now, "acked_revision": seen, "acked_late": late, "ack_method": _method(actor)}
    if _change(actor, found, _recipients.c.acked_revision < found["material_revision"], values):
        _keep(actor, found, seen, now, late)
        _count(actor, found, acknowledged=1)
        _tell(actor, found, "acknowledged", now, late=late)
    return _receipt(actor, found)


def _method(actor: Actor) -> str:
    return f"app:{actor.app_id}" if actor.through_app and actor.app_id else "person"


def _change(actor: Actor, found: dict[str, Any], when: Any, values: dict[str, Any]) -> bool:
    done = session().execute(
        update(_recipients)
        .where(
            _recipients.c.workspace_id == actor.workspace_id,
            _recipients.c.announcement_id == found["id"],
            _recipients.c.employee_id == actor.employee_id,
            _recipients.c.state == "delivered",
            when,
        )
        .values(values)
        .returning(_recipients.c.employee_id)
    )
    return done.one_or_none() is not None


def _keep(actor: Actor, found: dict[str, Any], revision: int, now: datetime, late: bool) -> None:
    row = {
        "workspace_id": actor.workspace_id,
        "announcement_id": found["id"],
        "employee_id": actor.employee_id,
        "revision": revision,
        "acked_at": now,
        "late": late,
        "method": _method(actor),
    }
    session().execute(insert(_acks), [row])


def _count(actor: Actor, found: dict[str, Any], *, read: int = 0, acknowledged: int = 0) -> None:
    """An acknowledgement of a text that has changed materially at this very moment is kept, and counted no more."""
    still = _tallies.c.material_revision == found["material_revision"]
    session().execute(
        update(_tallies)
        .where(_tallies.c.workspace_id == actor.workspace_id, _tallies.c.announcement_id == found["id"])
        .values(
            read=_tallies.c.read + read,
            acknowledged=_tallies.c.acknowledged + case((still, acknowledged), else_=0),
        )
    )


def _tell(actor: Actor, found: dict[str, Any], kind: str, now: datetime, *, late: bool) -> None:
    """Of an announcement that shows counts alone, no name leaves."""
    if found["receipts_visibility"] == "counts_only":
        return
    about = {name: found[name] for name in ("id", "confidentiality", "revision")}
    emit(actor, events.RECEIPTS, {**about, "employee_id": actor.employee_id, "kind": kind, "late": late, "at": now})


def _receipt(actor: Actor, found: dict[str, Any]) -> dict[str, Any]:
    mine = queries.received(actor, found["id"])[1]
    return queries.shown(found, mine._mapping, clock.now())


def recount(actor: Actor, announcement: dict[str, Any]) -> dict[str, int]:
    """Set the counters by the rows. The tally is held first: who reads meanwhile is counted after."""
    mine = (_tallies.c.workspace_id == actor.workspace_id, _tallies.c.announcement_id == announcement["id"])
    session().execute(_tallies.select().where(*mine).with_for_update()).one()
    exact = queries.counted(actor, announcement)
    exact.pop("late")
    session().execute(update(_tallies).where(*mine).values(exact))
    return exact


def number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many rows it holds of."""
    return func.sum(case((condition, 1), else_=0))
