"""Reads of what stands beside announcements: categories, revisions, comments and runs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import Table, exists, select

from portico.domains.announcements.models import (
    Announcement,
    AnnouncementApprover,
    AnnouncementCategory,
    AnnouncementComment,
    AnnouncementRevision,
    AnnouncementRun,
)
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.jobs import Job
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_category = AnnouncementCategory.__table__.c
_approver = AnnouncementApprover.__table__.c
_announcement = Announcement.__table__.c
_revision = AnnouncementRevision.__table__.c
_comment = AnnouncementComment.__table__.c
_run = AnnouncementRun.__table__.c
_job = cast(Table, Job.__table__).c

CATEGORIES = Listing(
    id_column=_category.id,
    filters={
        "name": Filter(column=_category.name),
        "requires_review": Filter(kind="bool", column=_category.requires_review, operators=("eq",)),
    },
    sorts={
        "created_at": Sort(_category.id),
        "name": Sort(_category.name_key),
        "sort_order": Sort(_category.sort_order),
    },
    default_sort="sort_order",
)
REVISIONS = Listing(
    id_column=_revision.number,
    filters={"material": Filter(kind="bool", column=_revision.material, operators=("eq",))},
    sorts={"number": Sort(_revision.number)},
    default_sort="-number",
)
COMMENTS = Listing(
    id_column=_comment.id, filters={}, sorts={"created_at": Sort(_comment.id)}, default_sort="created_at"
)


def categories_visible_to(actor: Actor) -> AnySelect:
    return select(AnnouncementCategory.__table__).where(_category.workspace_id == actor.workspace_id)


@reaches("announcement_category")
def _reach(reader: Reader) -> None:
    """What announcements are about is about no single person."""


def page_of_categories(actor: Actor, query: ListQuery) -> Page:
    found = page(categories_visible_to(actor), CATEGORIES, actor.workspace_id, query)
    approvers = approvers_of(actor, [row.id for row in found.rows])
    return replace(found, rows=[{**row._mapping, "approver_ids": approvers[row.id]} for row in found.rows])


def category(actor: Actor, category_id: str, *, lock: bool = False) -> dict[str, Any]:
    """Raises NotFound."""
    statement = categories_visible_to(actor).where(_category.id == category_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return {**row._mapping, "approver_ids": approvers_of(actor, [category_id])[category_id]}


def approvers_of(actor: Actor, category_ids: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {one: [] for one in category_ids}
    rows = session().execute(
        select(_approver.category_id, _approver.employee_id)
        .where(_approver.workspace_id == actor.workspace_id, _approver.category_id.in_(found))
        .order_by(_approver.employee_id)
    )
    for row in rows:
        found[row.category_id].append(row.employee_id)
    return found


def category_is_used(actor: Actor, category_id: str) -> bool:
    used = exists().where(_announcement.workspace_id == actor.workspace_id, _announcement.category_id == category_id)
    return bool(session().scalar(select(used)))


def page_of_revisions(actor: Actor, announcement_id: str, query: ListQuery) -> Page:
    """The caller asks whether the actor may read the announcement."""
    statement = select(AnnouncementRevision.__table__, _revision.number.label("id")).where(
        _revision.workspace_id == actor.workspace_id, _revision.announcement_id == announcement_id
    )
    return page(statement, REVISIONS, actor.workspace_id, query)


def comments_of(actor: Actor, announcement_id: str) -> AnySelect:
    return select(AnnouncementComment.__table__).where(
        _comment.workspace_id == actor.workspace_id,
        _comment.announcement_id == announcement_id,
        *within_range(actor, _comment.author_key),
    )


def page_of_comments(actor: Actor, announcement_id: str, query: ListQuery) -> Page:
    """Oldest first. The caller asks whether the actor may read the announcement."""
    found = page(comments_of(actor, announcement_id), COMMENTS, actor.workspace_id, query)
    return replace(found, rows=[shown_comment(actor, row._mapping) for row in found.rows])


def comment(actor: Actor, announcement_id: str, comment_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    row = session().execute(comments_of(actor, announcement_id).where(_comment.id == comment_id)).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def comment_key(actor: Actor) -> str | None:
    """By what one's own comments are known."""
    return actor.installation_id if actor.is_app else actor.employee_id


def shown_comment(actor: Actor, row: Any) -> dict[str, Any]:
    key = comment_key(actor)
    return {**row, "mine": key is not None and row["author_key"] == key}


def run(workspace_id: str, run_id: str, *, lock: bool = False) -> AnyRow | None:
    statement = select(AnnouncementRun.__table__).where(_run.workspace_id == workspace_id, _run.id == run_id)
    return session().execute(statement.with_for_update() if lock else statement).one_or_none()


def last_run(workspace_id: str, announcement_id: str) -> AnyRow | None:
    return (
        session()
        .execute(
            select(AnnouncementRun.__table__)
            .where(_run.workspace_id == workspace_id, _run.announcement_id == announcement_id)
            .order_by(_run.id.desc())
            .limit(1)
        )
        .one_or_none()
    )


def job_of(workspace_id: str, job_id: str) -> dict[str, Any]:
    """The kernel's row of a run, as it is answered."""
    row = (
        session()
        .execute(
            select(_job.id, _job.kind, _job.state, _job.done, _job.total).where(
                _job.workspace_id == workspace_id, _job.id == job_id
            )
        )
        .one()
    )
    return {**row._mapping, "progress": {"done": row.done, "total": row.total}}
