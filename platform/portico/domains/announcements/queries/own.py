"""What became of announcements with the acting person, as it is kept: for themselves."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, select

from portico.domains.announcements.models import Announcement, AnnouncementRecipient
from portico.domains.announcements.queries.announcements import not_kept_from
from portico.domains.announcements.statuses import OUT
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.unit_of_work import session

_announcement = Announcement.__table__.c
_recipient = AnnouncementRecipient.__table__.c
_KEPT = (
    *("announcement_id", "state", "late_joiner", "added_at", "removed_at", "first_read_at", "last_read_at"),
    *("read_revision", "acked_at", "acked_revision", "acked_late", "ack_due_at", "reminded_count", "last_reminded_at"),
)


def _mine(actor: Actor) -> AnySelect:
    whole = and_(_announcement.workspace_id == _recipient.workspace_id, _announcement.id == _recipient.announcement_id)
    return (
        select(*(_recipient[name] for name in _KEPT), _announcement.title, _announcement.receipts_visibility)
        .add_columns(and_(_announcement.status.in_(OUT), not_kept_from(actor)).label("open"))
        .join_from(AnnouncementRecipient.__table__, Announcement.__table__, whole)
        .where(_recipient.workspace_id == actor.workspace_id, _recipient.employee_id == (actor.employee_id or ""))
    )


def own_receipts(actor: Actor) -> list[dict[str, Any]]:
    """All of them, the oldest first; of what was withdrawn the receipt stays and the title does not. `seen_by`
    says who sees it: `author`, `author_and_managers`, or `counts_only`."""
    rows = session().execute(_mine(actor).order_by(_recipient.added_at, _recipient.announcement_id)).mappings()
    return [
        {
            **{name: row[name] for name in _KEPT},
            "title": row["title"] if row["open"] else None,
            "seen_by": row["receipts_visibility"],
        }
        for row in rows
    ]


def lately_read(actor: Actor, most: int) -> list[AnyRow]:
    """What the person read last, of what is still out."""
    mine = _mine(actor).where(
        _recipient.first_read_at.is_not(None), _recipient.state == "delivered", _announcement.status.in_(OUT)
    )
    found = mine.where(not_kept_from(actor)).order_by(_recipient.first_read_at.desc(), _recipient.announcement_id)
    return list(session().execute(found.limit(most)))
