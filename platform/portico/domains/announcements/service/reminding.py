"""Reminders: at the hours that the author planned, or when they ask for one; and who is overdue, once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, select, update

from portico.domains.announcements import events, queries
from portico.domains.announcements.errors import RemindedRecently
from portico.domains.announcements.models import AnnouncementRecipient
from portico.domains.announcements.schemas import MOST_REMINDERS
from portico.domains.announcements.service import holding, telling
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

APART = timedelta(hours=4)
OVERDUE_AT_ONCE = 500
_recipients = cast(Table, AnnouncementRecipient.__table__)


def remind(actor: Actor, announcement_id: str, employee_ids: list[str]) -> dict[str, Any]:
    """Remind who has not read, or not acknowledged, or those of them that are named; answers the job. Raises NotFound,
    InvalidTransition and RemindedRecently."""
    before = holding.hold(actor, announcement_id, "remind")
    holding.require_published(before)
    now = clock.now()
    last = before["reminded_at"]
    if last is not None and last + APART > now:
        wait = int((last + APART - now).total_seconds()) + 1
        raise RemindedRecently(headers={"Retry-After": str(wait)})
    after = holding.write(actor, before, {"reminded_at": now, "reminder_count": before["reminder_count"] + 1})
    holding.record(actor, events.REMINDED, after)
    job_id = _enqueue(actor, after, now, only=employee_ids, most=None)
    return queries.job_of(actor.workspace_id, job_id)


def _enqueue(actor: Actor, after: dict[str, Any], at: datetime, *, only: list[str], most: int | None) -> str:
    about = {"announcement_id": after["id"], "number": after["reminder_count"], "at": clock.rfc3339(at)}
    job_id = jobs.enqueue(actor, telling.REMIND, asked_by=actor.caller_key or None, only=only, most=most, **about)
    session().flush()
    return job_id


def remind_when_due(actor: Actor, announcement_id: str) -> None:
    """The planned reminder, once; of several that are past, because nothing ran meanwhile, one is sent."""
    before = queries.held(actor, announcement_id)
    now = clock.now()
    if before is None or before["status"] != "published" or before["remind_at"] is None or before["remind_at"] > now:
        return
    offsets: list[int] = before["reminder_offsets_hours"]
    began = before["remind_at"] - timedelta(hours=offsets[before["reminders_sent"]])
    sent = max(sum(began + timedelta(hours=hours) <= now for hours in offsets), before["reminders_sent"] + 1)
    upcoming = began + timedelta(hours=offsets[sent]) if sent < len(offsets) else None
    count = before["reminder_count"] + 1
    values = {"reminders_sent": sent, "remind_at": upcoming, "reminder_count": count}
    after = holding.write_quietly(actor, before, values)
    _enqueue(actor, after, now, only=[], most=MOST_REMINDERS)


def tell_overdue(actor: Actor, announcement_id: str) -> bool:
    """Tell of some who have passed the common deadline; answers whether there may be more."""
    found = queries.held(actor, announcement_id)
    if found is None or not _asks(found) or found["ack_due_at"] is None or found["ack_due_at"] > clock.now():
        return False
    late = _late(actor, found, _recipients.c.ack_due_at.is_(None))
    if len(late) == OVERDUE_AT_ONCE:
        return True
    holding.write_quietly(actor, found, {"overdue_told_revision": found["material_revision"]})
    return False


def _asks(found: dict[str, Any]) -> bool:
    return found["status"] == "published" and bool(found["requires_ack"])


def tell_own_overdue(actor: Actor, announcement_id: str) -> bool:
    """Tell of some who have passed a deadline of their own; answers whether there may be more."""
    found = queries.held(actor, announcement_id)
    if found is None or not _asks(found):
        return False
    own = (_recipients.c.ack_due_at.is_not(None), _recipients.c.ack_due_at <= clock.now())
    more = len(_late(actor, found, *own)) == OVERDUE_AT_ONCE
    if not more:
        _settle(actor, found, *own)
    return more


def _mine(actor: Actor, found: dict[str, Any]) -> tuple[Any, ...]:
    return (
        _recipients.c.workspace_id == actor.workspace_id,
        _recipients.c.announcement_id == found["id"],
        _recipients.c.state == "delivered",
    )


def _late(actor: Actor, found: dict[str, Any], *which: Any) -> list[str]:
    """Those who are late and of whom it was not told, noted as told. Where counts alone are shown, no name leaves."""
    material = found["material_revision"]
    mine = (*_mine(actor, found), *which, _recipients.c.acked_revision < material)
    fresh = _recipients.c.overdue_revision < material
    some = select(_recipients.c.employee_id).where(*mine, fresh).order_by(_recipients.c.employee_id)
    rows = (
        session()
        .execute(
            update(_recipients)
            .where(*mine, fresh, _recipients.c.employee_id.in_(some.limit(OVERDUE_AT_ONCE)))
            .values(overdue_revision=material)
            .returning(_recipients.c.employee_id, _recipients.c.ack_due_at)
        )
        .all()
    )
    if found["receipts_visibility"] != "counts_only":
        for row in sorted(rows):
            about = {"id": found["id"], "confidentiality": found["confidentiality"]}
            due = row.ack_due_at or found["ack_due_at"]
            emit(actor, events.ACK_OVERDUE, {**about, "employee_id": row.employee_id, "ack_due_at": due})
    return [row.employee_id for row in rows]


def _settle(actor: Actor, found: dict[str, Any], *which: Any) -> None:
    """Who acknowledged in time is not looked at again."""
    session().execute(
        update(_recipients)
        .where(*_mine(actor, found), *which, _recipients.c.overdue_revision == 0)
        .values(overdue_revision=found["material_revision"])
    )
