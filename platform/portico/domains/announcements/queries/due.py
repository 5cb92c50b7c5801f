"""What is due, over all workspaces. In a system unit."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any, cast
from zoneinfo import ZoneInfo

from sqlalchemy import Table, and_, exists, select, tuple_

from portico.domains.announcements.models import Announcement, AnnouncementMark, AnnouncementRecipient, AnnouncementRun
from portico.domains.identity.models import Workspace
from portico.kernel.jobs import Job
from portico.kernel.unit_of_work import session

_announcement = Announcement.__table__.c
_mark = AnnouncementMark.__table__.c
_recipient = AnnouncementRecipient.__table__.c
_run = AnnouncementRun.__table__.c
_workspace = Workspace.__table__.c
_job = cast(Table, Job.__table__).c
Found = list[tuple[str, str]]


def _found(statement: Any) -> Found:
    return [(row.workspace_id, row.id) for row in session().execute(statement)]


def scheduled(now: datetime, most: int) -> Found:
    return _found(
        select(_announcement.workspace_id, _announcement.id)
        .where(_announcement.status == "scheduled", _announcement.publish_at <= now)
        .order_by(_announcement.publish_at)
        .limit(most)
    )


def over(now: datetime, most: int) -> Found:
    return _found(
        select(_announcement.workspace_id, _announcement.id)
        .where(
            _announcement.status == "published",
            _announcement.expires_at.is_not(None),
            _announcement.expires_at <= now,
        )
        .order_by(_announcement.expires_at)
        .limit(most)
    )


def lost(most: int) -> Found:
    """Those with a run that was tried in vain as often as a job is, or whose job is not there any more."""
    of_run = and_(_job.workspace_id == _run.workspace_id, _job.id == _run.job_id)
    return _found(
        select(_run.workspace_id, _run.announcement_id.label("id"))
        .outerjoin(Job.__table__, of_run)
        .where(_run.finished_at.is_(None), _job.id.is_(None) | _job.state.in_(("failed", "succeeded")))
        .limit(most)
    )


def to_remind(now: datetime, most: int) -> Found:
    return _found(
        select(_announcement.workspace_id, _announcement.id)
        .where(
            _announcement.status == "published",
            _announcement.remind_at.is_not(None),
            _announcement.remind_at <= now,
        )
        .order_by(_announcement.remind_at)
        .limit(most)
    )


def overdue(now: datetime, most: int) -> Found:
    """Those whose common deadline has passed, and not all who are late have been told of."""
    return _found(
        select(_announcement.workspace_id, _announcement.id)
        .where(
            _announcement.status == "published",
            _announcement.requires_ack,
            _announcement.overdue_told_revision < _announcement.material_revision,
            _announcement.ack_due_at <= now,
        )
        .order_by(_announcement.ack_due_at)
        .limit(most)
    )


def own_overdue(now: datetime, most: int) -> Found:
    """Those of which a late joiner's own deadline has passed."""
    return _found(
        select(_announcement.workspace_id, _announcement.id)
        .join(
            AnnouncementRecipient.__table__,
            and_(
                _recipient.workspace_id == _announcement.workspace_id,
                _recipient.announcement_id == _announcement.id,
            ),
        )
        .where(
            _recipient.ack_due_at.is_not(None),
            _recipient.ack_due_at <= now,
            _recipient.overdue_revision == 0,
            _recipient.state == "delivered",
            _announcement.status == "published",
            _announcement.requires_ack,
        )
        .distinct()
        .limit(most)
    )


def marks(most: int) -> list[tuple[str, str, datetime]]:
    """The oldest marks: workspace, person, since when."""
    rows = session().execute(
        select(_mark.workspace_id, _mark.employee_id, _mark.marked_at).order_by(_mark.marked_at).limit(most)
    )
    return [(row.workspace_id, row.employee_id, row.marked_at) for row in rows]


def live(workspace_id: str) -> list[str]:
    """The announcements of one workspace whose audience is live, in a unit of its own or a system unit."""
    found = select(_announcement.id).where(
        _announcement.workspace_id == workspace_id,
        _announcement.status == "published",
        _announcement.audience_mode == "live",
    )
    return list(session().scalars(found.order_by(_announcement.id)))


def live_of_the_day_before(now: datetime) -> Found:
    """Live audiences that no run has gone over since the day began in the zone of their workspace: what is asked about
    days is answered otherwise from then on."""
    alive = (_announcement.status == "published", _announcement.audience_mode == "live")
    here = _workspace.id == _announcement.workspace_id
    zones = session().scalars(select(_workspace.timezone).where(exists().where(here, *alive)).distinct())
    return [one for zone in sorted(zones) for one in _unseen_since(_midnight(zone, now), zone)]


def _midnight(zone: str, now: datetime) -> datetime:
    there = ZoneInfo(zone)
    return datetime.combine(now.astimezone(there).date(), time(), there).astimezone(UTC)


def _unseen_since(start: datetime, zone: str) -> Found:
    seen = exists().where(
        _run.workspace_id == _announcement.workspace_id,
        _run.announcement_id == _announcement.id,
        _run.created_at >= start,
    )
    return _found(
        select(_announcement.workspace_id, _announcement.id)
        .join(Workspace.__table__, _workspace.id == _announcement.workspace_id)
        .where(_announcement.status == "published", _announcement.audience_mode == "live")
        .where(_workspace.timezone == zone, ~seen)
        .order_by(_announcement.workspace_id, _announcement.id)
    )


def out(after: tuple[str, str], most: int) -> Found:
    """Those that are published, page by page, for the night."""
    key = tuple_(_announcement.workspace_id, _announcement.id)
    return _found(
        select(_announcement.workspace_id, _announcement.id)
        .where(_announcement.status == "published", key > after)
        .order_by(_announcement.workspace_id, _announcement.id)
        .limit(most)
    )
