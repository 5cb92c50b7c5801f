"""Reads of announcements; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from portico.domains.announcements import permissions
from portico.domains.announcements.models import (
    Announcement,
    AnnouncementApprover,
    AnnouncementRecipient,
    AnnouncementTally,
    AnnouncementVariant,
)
from portico.domains.announcements.schemas import IMPORTANCES
from portico.domains.announcements.statuses import OUT, STATUSES
from portico.domains.directory.ranges import within_range
from portico.domains.files import queries as files
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

KIND = "announcement"
SMALL = 5
"""Of fewer people a count would name somebody."""
_announcement = Announcement.__table__.c
_approver = AnnouncementApprover.__table__.c
_recipient = AnnouncementRecipient.__table__.c
_tally = AnnouncementTally.__table__.c
_variant = AnnouncementVariant.__table__.c
_COUNTERS = (
    _tally.audience.label("told"),
    _tally.read.label("have_read"),
    _tally.acknowledged.label("have_acknowledged"),
)
# The text may be 100 KiB: a list does without.
_ROW = tuple(column for column in _announcement if column.name not in ("workspace_id", "body"))
_HOLD: dict[str, Any] = {"of": Announcement.__table__, "key_share": True}
"""Held against other changes, and not against rows that point at it: who reads does not wait for who writes."""
MANAGED = (
    *("audience", "audience_mode", "ack_due_after_join_hours", "reminders", "publish_at", "publish_timezone"),
    *("counts", "reviewed_by", "review_note", "withdrawn_at", "withdraw_reason", "failure"),
)
"""What is not a reader's to see."""

ANNOUNCEMENTS = Listing(
    id_column=_announcement.id,
    filters={
        "status": Filter(column=_announcement.status, choices=STATUSES),
        "category_id": Filter(column=_announcement.category_id),
        "importance": Filter(column=_announcement.importance, choices=IMPORTANCES),
        "owner_employee_id": Filter(column=_announcement.owner_employee_id),
        "requires_ack": Filter(kind="bool", column=_announcement.requires_ack, operators=("eq",)),
        "publish_at": Filter(kind="instant", column=_announcement.publish_at, operators=ORDERED),
        "published_at": Filter(kind="instant", column=_announcement.published_at, operators=ORDERED),
        "created_at": Filter(kind="instant", column=_announcement.created_at, operators=ORDERED),
        "updated_at": Filter(kind="instant", column=_announcement.updated_at, operators=ORDERED),
    },
    sorts={
        "created_at": Sort(_announcement.id),
        "updated_at": Sort(_announcement.updated_at, instant=True),
        "published_at": Sort(_announcement.published_at, nullable=True, instant=True),
    },
    search_kind=KIND,
)


def _own(actor: Actor) -> ColumnElement[bool]:
    if actor.kind == "system":
        return _announcement.workspace_id == actor.workspace_id
    if actor.is_app:
        return _announcement.owner_installation_id == actor.installation_id
    return _announcement.owner_employee_id == actor.employee_id


def _to_review(actor: Actor) -> ColumnElement[bool]:
    """What waits for this person's yes or no; an admin's as well, so that none waits for somebody who is gone."""
    if actor.is_app or not actor.may("announcements:publish"):
        return false()
    mine = select(_approver.category_id).where(
        _approver.workspace_id == actor.workspace_id, _approver.employee_id == actor.employee_id
    )
    waiting = _announcement.status == "in_review"
    if permissions.may_step_in(actor):
        return waiting
    return and_(waiting, _announcement.category_id.in_(mine))


def _read_by_app(actor: Actor) -> ColumnElement[bool]:
    """An app as itself reads what is out, within its range of records."""
    if not actor.is_app or not actor.may("announcements:read"):
        return false()
    return and_(_announcement.status.in_(OUT), not_kept_from(actor))


def not_kept_from(actor: Actor) -> ColumnElement[bool]:
    """What is confidential needs its own scope, whoever it is for."""
    if actor.may("announcements.confidential:read"):
        return _announcement.workspace_id == actor.workspace_id
    return _announcement.confidentiality == "normal"


def _whole(*, text: bool) -> AnySelect:
    columns = (*_ROW, _announcement.body) if text else _ROW
    return select(*columns, *_COUNTERS).join_from(
        Announcement.__table__,
        AnnouncementTally.__table__,
        and_(_tally.workspace_id == _announcement.workspace_id, _tally.announcement_id == _announcement.id),
    )


def visible_to(actor: Actor, *, everyone: bool = False, text: bool = False) -> AnySelect:
    """What the actor manages, reviews or, as an app, reads; `everyone`: all, of an admin who steps in."""
    statement = _within(actor, _whole(text=text))
    if everyone and permissions.may_step_in(actor):
        return statement
    return statement.where(or_(_own(actor), _to_review(actor), _read_by_app(actor)))


def _within(actor: Actor, statement: AnySelect) -> AnySelect:
    """Of the workspace, and for an app of its range of records."""
    return statement.where(
        _announcement.workspace_id == actor.workspace_id, *within_range(actor, _announcement.owner_employee_id)
    )


@reaches("announcement")
def _reach(reader: Reader) -> AnySelect:
    return select(_announcement.id).where(
        _announcement.workspace_id == reader.workspace_id, *within_range(reader, _announcement.owner_employee_id)
    )


def whole(row: AnyRow) -> dict[str, Any]:
    """The row with its counters, and all that a manager sees."""
    found = dict(row._mapping)
    counts = {"audience": found.pop("told")}
    by_reading = {"read": found.pop("have_read"), "acknowledged": found.pop("have_acknowledged")}
    if found["receipts_visibility"] != "counts_only" or counts["audience"] >= SMALL:
        counts |= by_reading
    return {**found, "counts": counts, "reminders": {"offsets_hours": found["reminder_offsets_hours"]}}


def page_of_announcements(actor: Actor, query: ListQuery, *, everyone: bool = False) -> Page:
    found = page(visible_to(actor, everyone=everyone), ANNOUNCEMENTS, actor.workspace_id, query)
    return replace(found, rows=[_listed(actor, whole(row)) for row in found.rows])


def _listed(actor: Actor, one: dict[str, Any]) -> dict[str, Any]:
    return one if manages(actor, one) else read_only(actor, one)


def manages(actor: Actor, announcement: Mapping[str, Any]) -> bool:
    """Whether the manager's side is shown: to the owner, to who reviews it, to an admin who steps in."""
    return permissions.owns(actor, announcement) or not actor.is_app


def read_only(actor: Actor, one: dict[str, Any]) -> dict[str, Any]:
    """A reader's side. An app that may see receipts sees the counts."""
    kept = {"counts"} if actor.is_app and actor.may("announcements.receipts:read") else set()
    hidden = [name for name in MANAGED if name not in kept]
    return {name: value for name, value in one.items() if name not in hidden} | {"redacted": sorted(hidden)}


def managed(actor: Actor, announcement_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One that the actor manages or, as an admin, steps in on; `stepped_in` says so. Raises NotFound."""
    statement = _within(actor, _whole(text=True)).where(_announcement.id == announcement_id)
    if not permissions.may_step_in(actor):
        statement = statement.where(_own(actor))
    row = session().execute(statement.with_for_update(**_HOLD) if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    found = whole(row)
    return {**found, "stepped_in": not permissions.owns(actor, found)}


def to_review(actor: Actor, announcement_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One that waits for the actor's review. Raises NotFound."""
    statement = visible_to(actor, text=True).where(_announcement.id == announcement_id)
    row = session().execute(statement.with_for_update(**_HOLD) if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return whole(row)


def one(actor: Actor, announcement_id: str) -> dict[str, Any] | None:
    """One that the actor manages, reviews, or reads as an app, whole; None where they do not."""
    row = session().execute(visible_to(actor, text=True).where(_announcement.id == announcement_id)).one_or_none()
    return None if row is None else whole(row)


def titles_of(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """As `any_one`, of several."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    inside = (_announcement.workspace_id == actor.workspace_id, _announcement.id.in_(wanted))
    rows = session().execute(select(_announcement.id, _announcement.title).where(*inside))
    return {row.id: row.title for row in rows}


def any_one(actor: Actor, announcement_id: str) -> dict[str, Any] | None:
    """Whoever manages it, for who steps in, for recipients and for jobs; the caller asks whether the actor may."""
    statement = _within(actor, _whole(text=True)).where(_announcement.id == announcement_id)
    row = session().execute(statement).one_or_none()
    return None if row is None else whole(row)


def held(actor: Actor, announcement_id: str) -> dict[str, Any] | None:
    """As `any_one`, its row held."""
    statement = _within(actor, _whole(text=True)).where(_announcement.id == announcement_id)
    row = session().execute(statement.with_for_update(**_HOLD)).one_or_none()
    return None if row is None else whole(row)


def scheduled_by(actor: Actor, employee_id: str) -> list[str]:
    """What this person is about to publish."""
    mine = select(_announcement.id).where(
        _announcement.workspace_id == actor.workspace_id,
        _announcement.owner_employee_id == employee_id,
        _announcement.status == "scheduled",
    )
    return list(session().scalars(mine.order_by(_announcement.id)))


def variants_of(actor: Actor, announcement_id: str) -> list[dict[str, Any]]:
    rows = session().execute(
        select(_variant.language, _variant.title, _variant.summary, _variant.body)
        .where(_variant.workspace_id == actor.workspace_id, _variant.announcement_id == announcement_id)
        .order_by(_variant.language)
    )
    return [dict(row._mapping) for row in rows]


def attachments_of(actor: Actor, announcement: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = files.of_owners(actor, KIND, [announcement["id"]]).get(announcement["id"], [])
    return [{**one, "downloadable": one["id"] not in announcement["withheld"]} for one in found]


def with_parts(actor: Actor, announcement: dict[str, Any]) -> dict[str, Any]:
    """With what stands in tables of its own."""
    return {
        **announcement,
        "variants": variants_of(actor, announcement["id"]),
        "attachments": attachments_of(actor, announcement),
    }
