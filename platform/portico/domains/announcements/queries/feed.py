"""What is announced to the acting person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select

from portico.domains.announcements import languages, permissions
from portico.domains.announcements.errors import AnnouncementWithdrawn
from portico.domains.announcements.models import Announcement, AnnouncementRecipient, AnnouncementVariant
from portico.domains.announcements.queries import receipts
from portico.domains.announcements.queries.announcements import (
    KIND,
    managed,
    not_kept_from,
    one,
    read_only,
    with_parts,
)
from portico.domains.announcements.queries.announcements import any_one as any_announcement
from portico.domains.announcements.schemas import IMPORTANCES
from portico.domains.announcements.statuses import OUT
from portico.domains.directory.ranges import within_range
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import Forbidden, NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_announcement = Announcement.__table__.c
_recipient = AnnouncementRecipient.__table__.c
_variant = AnnouncementVariant.__table__.c
_OF_ANNOUNCEMENT = (
    *(_announcement.title, _announcement.summary, _announcement.language, _announcement.languages),
    *(_announcement.category_id, _announcement.author, _announcement.importance, _announcement.confidentiality),
    *(_announcement.department_id, _announcement.status, _announcement.requires_ack),
    *(_announcement.ack_due_at.label("common_due_at"), _announcement.cover_id, _announcement.comment_count),
    *(_announcement.material_revision, _announcement.revision, _announcement.published_at),
    *(_announcement.receipts_visibility, _announcement.expires_at, _announcement.pinned_until, _announcement.pin_order),
)


def _yes_or_no(condition: ColumnElement[bool]) -> Any:
    return lambda _, wanted: condition if wanted else ~condition


def _over(now: datetime) -> ColumnElement[bool]:
    """Past its time, whether or not the sweep has come by."""
    passed = and_(_announcement.expires_at.is_not(None), _announcement.expires_at <= now)
    return or_(_announcement.status == "expired", passed)


def _open(now: datetime) -> dict[str, ColumnElement[bool]]:
    unread = _recipient.first_read_at.is_(None)
    unacked = and_(_announcement.requires_ack, _recipient.acked_revision < _announcement.material_revision)
    return {
        "unread": unread,
        "pending": or_(unread, unacked),
        # With the state, so that the index of what is pinned applies.
        "pinned": and_(
            _announcement.status == "published",
            _announcement.pinned_until.is_not(None),
            _announcement.pinned_until > now,
            ~_over(now),
        ),
    }


_LISTED = Sort(_recipient.listed_at, instant=True)
_COLUMN_FILTERS = {
    "category_id": Filter(column=_announcement.category_id),
    "importance": Filter(column=_announcement.importance, choices=IMPORTANCES),
    "requires_ack": Filter(kind="bool", column=_announcement.requires_ack, operators=("eq",)),
}


def _listing(now: datetime) -> Listing:
    moving = {
        name: Filter(kind="bool", clause=_yes_or_no(condition), operators=("eq",))
        for name, condition in {**_open(now), "expired": _over(now)}.items()
    }
    return Listing(
        id_column=_recipient.announcement_id,
        filters={**_COLUMN_FILTERS, **moving},
        sorts={"listed_at": _LISTED},
        default_sort="-listed_at",
        search_kind=KIND,
    )


FEED = _listing(datetime.fromisoformat("2026-01-01T00:00:00Z"))
"""As it is documented; each question is read with the present time in it."""


def require_person(actor: Actor) -> str:
    """The employee whose list it is. Raises Forbidden."""
    if actor.employee_id is None:
        raise Forbidden("An app as itself is nobody: it has no announcements to read, and acknowledges none.")
    return actor.employee_id


def visible_to(actor: Actor) -> AnySelect:
    """What was delivered to the person and is out."""
    return (
        select(*_OF_ANNOUNCEMENT, AnnouncementRecipient.__table__, _recipient.announcement_id.label("id"))
        .join_from(
            AnnouncementRecipient.__table__,
            Announcement.__table__,
            and_(
                _announcement.workspace_id == _recipient.workspace_id,
                _announcement.id == _recipient.announcement_id,
            ),
        )
        .where(
            _recipient.workspace_id == actor.workspace_id,
            _recipient.employee_id == require_person(actor),
            _recipient.state == "delivered",
            _announcement.status.in_(OUT),
            not_kept_from(actor),
            *within_range(actor, _announcement.owner_employee_id),
        )
    )


def page_of_feed(actor: Actor, query: ListQuery) -> Page:
    """Newest first, without what is over unless that is asked for; titles in the person's language where they are
    there. Raises Forbidden."""
    now = clock.now()
    statement = visible_to(actor)
    if not any(one.field == "expired" for one in query.conditions):
        statement = statement.where(~_over(now))
    found = page(statement, _listing(now), actor.workspace_id, query)
    return replace(found, rows=_shown(actor, found.rows, now))


def _shown(actor: Actor, rows: Sequence[AnyRow], now: datetime) -> list[dict[str, Any]]:
    titles = _titles(actor, rows)
    return [{**_item(row._mapping, now), **titles.get(row.id, {})} for row in rows]


def _item(row: Mapping[Any, Any], now: datetime) -> dict[str, Any]:
    asked = {**row, "ack_due_at": row["common_due_at"]}
    receipt = receipts.shown(asked, row, now)
    pinned = row["pinned_until"] is not None and row["pinned_until"] > now
    over = row["status"] == "expired" or (row["expires_at"] is not None and row["expires_at"] <= now)
    changed = receipt["state"] != "unread" and row["read_revision"] < row["material_revision"]
    pending = receipt["state"] == "unread" or (row["requires_ack"] and receipt["state"] != "acknowledged")
    return {
        **row,
        "pinned": pinned and not over,
        "expired": over,
        "pending": pending,
        "changed_since_read": changed,
        "author_sees_reading": row["receipts_visibility"] != "counts_only",
        "receipt": receipt,
    }


def _titles(actor: Actor, rows: Sequence[AnyRow]) -> dict[str, dict[str, Any]]:
    """Title and summary in the person's language, of those that have it."""
    wanted = {row.id: languages.best(actor.locale, row.languages) for row in rows if row.languages}
    chosen = {one: language for one, language in wanted.items() if language is not None}
    if not chosen:
        return {}
    found = session().execute(
        select(_variant.announcement_id, _variant.language, _variant.title, _variant.summary).where(
            _variant.workspace_id == actor.workspace_id,
            _variant.announcement_id.in_(chosen),
            _variant.language.in_(set(chosen.values())),
        )
    )
    return {
        row.announcement_id: {"title": row.title, "summary": row.summary, "language": row.language}
        for row in found
        if chosen[row.announcement_id] == row.language
    }


def received(actor: Actor, announcement_id: str) -> tuple[dict[str, Any], AnyRow]:
    """An announcement that is for the person, with their receipt. Raises NotFound, and AnnouncementWithdrawn to who
    had it before."""
    if actor.employee_id is None:
        raise NotFound()
    mine = receipts.recipient(actor, announcement_id, actor.employee_id)
    found = None if mine is None or mine.state != "delivered" else any_announcement(actor, announcement_id)
    if found is None or mine is None:
        raise NotFound()
    if found["confidentiality"] == "confidential" and not actor.may("announcements.confidential:read"):
        raise NotFound()
    if found["status"] == "withdrawn":
        raise AnnouncementWithdrawn()
    if found["status"] not in OUT:
        raise NotFound()
    return found, mine


def announcement_for_reader(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """Raises NotFound and AnnouncementWithdrawn."""
    found, mine = received(actor, announcement_id)
    receipt = receipts.shown(found, mine._mapping, clock.now())
    return {**read_only(actor, with_parts(actor, found)), "receipt": receipt}


def announcement(actor: Actor, announcement_id: str) -> dict[str, Any]:
    """One announcement as the actor sees it: its managers' side, its readers', or, with `stepped_in`, an admin's who is
    neither. Raises NotFound and AnnouncementWithdrawn."""
    found = one(actor, announcement_id)
    if found is not None:
        whole = with_parts(actor, found)
        if permissions.owns(actor, found):
            return {**whole, "receipt": _own_receipt(actor, found)}
        return read_only(actor, whole) if actor.is_app else whole
    try:
        return announcement_for_reader(actor, announcement_id)
    except (NotFound, AnnouncementWithdrawn):
        if not permissions.may_step_in(actor):
            raise
    return {**with_parts(actor, managed(actor, announcement_id)), "stepped_in": True}


def _own_receipt(actor: Actor, found: dict[str, Any]) -> dict[str, Any] | None:
    """Who writes to everybody writes to themselves."""
    if actor.employee_id is None or actor.is_app or found["status"] not in OUT:
        return None
    mine = receipts.recipient(actor, found["id"], actor.employee_id)
    return None if mine is None or mine.state != "delivered" else receipts.shown(found, mine._mapping, clock.now())
