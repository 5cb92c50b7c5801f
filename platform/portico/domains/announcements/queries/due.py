"""What is due, over all workspaces. In a system unit."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, and_, select

from portico.domains.announcements.models import Announcement, AnnouncementRun
from portico.kernel.jobs import Job
from portico.kernel.unit_of_work import session

_announcement = Announcement.__table__.c
_run = AnnouncementRun.__table__.c
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
    """Those whose publishing was tried in vain as often as a job is, or whose job is not there any more."""
    unfinished = and_(
        _run.workspace_id == _announcement.workspace_id,
        _run.announcement_id == _announcement.id,
        _run.finished_at.is_(None),
    )
    done = and_(_job.workspace_id == _run.workspace_id, _job.id == _run.job_id)
    return _found(
        select(_announcement.workspace_id, _announcement.id)
        .join(AnnouncementRun.__table__, unfinished)
        .outerjoin(Job.__table__, done)
        .where(_announcement.status == "publishing")
        .where(_job.id.is_(None) | _job.state.in_(("failed", "succeeded")))
        .limit(most)
    )
