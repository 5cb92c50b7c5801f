"""Reads of what became of announcements with people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select

from portico.domains.announcements.models import AnnouncementRecipient
from portico.domains.announcements.schemas import RECEIPT_STATES
from portico.domains.directory.models import Department, DepartmentMember
from portico.domains.directory.ranges import within_range
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.listing import Condition, Filter, Listing, ListQuery, Page, Sort, page, parse_condition
from portico.kernel.unit_of_work import session

_recipient = AnnouncementRecipient.__table__.c
_place = DepartmentMember.__table__.c
_LAST = chr(0x10FFFF)
STATES = (*RECEIPT_STATES, "late")
Row = Mapping[str, Any]


def receipts_of(actor: Actor, announcement: Row) -> AnySelect:
    """Who it was delivered to and is for still; an app sees the people of its range."""
    return select(AnnouncementRecipient.__table__, _recipient.employee_id.label("id")).where(
        _recipient.workspace_id == actor.workspace_id,
        _recipient.announcement_id == announcement["id"],
        _recipient.state == "delivered",
        *within_range(actor, _recipient.employee_id),
    )


def acknowledged(announcement: Row) -> ColumnElement[bool]:
    """Of the present text: an acknowledgement of what stood there before the last material change is none."""
    if not announcement["requires_ack"]:
        return _recipient.acked_revision < 0
    material: int = announcement["material_revision"]
    return _recipient.acked_revision >= material


def late(announcement: Row, now: datetime) -> ColumnElement[bool]:
    """Acknowledged after the deadline, or not at all and it has passed."""
    if not announcement["requires_ack"]:
        return _recipient.acked_revision < 0
    done, common = acknowledged(announcement), announcement["ack_due_at"]
    own = _recipient.ack_due_at < now
    if common is not None and common < now:
        passed = or_(own, _recipient.ack_due_at.is_(None))
        return or_(and_(done, _recipient.acked_late), and_(not_(done), passed))
    # Said so that the index of the few applies.
    few = or_(_recipient.acked_late, _recipient.ack_due_at.is_not(None))
    return and_(few, or_(and_(done, _recipient.acked_late), and_(not_(done), own)))


def _in_state(announcement: Row, now: datetime) -> Any:
    done = acknowledged(announcement)
    found = {
        # To acknowledge is to read: who has not read has not acknowledged either, and an index serves this alone.
        "unread": _recipient.first_read_at.is_(None),
        "read": and_(_recipient.first_read_at.is_not(None), not_(done)),
        "acknowledged": done,
        "late": late(announcement, now),
    }
    return lambda _, wanted: found[wanted]


def within_department(workspace_id: str, *department_ids: str) -> AnySelect:
    """The people of these departments and of all below them."""
    above, below = Department.__table__.alias("above"), Department.__table__.alias("below")
    inside = select(below.c.id).where(
        below.c.workspace_id == workspace_id,
        above.c.workspace_id == workspace_id,
        above.c.id.in_(department_ids),
        below.c.path >= above.c.path,
        below.c.path < above.c.path + _LAST,
    )
    return select(_place.employee_id).where(_place.workspace_id == workspace_id, _place.department_id.in_(inside))


def _of_department(workspace_id: str) -> Any:
    return lambda _, wanted: _recipient.employee_id.in_(within_department(workspace_id, wanted))


RECEIPTS = Listing(
    id_column=_recipient.employee_id,
    filters={},
    sorts={"employee_id": Sort(_recipient.employee_id)},
    default_sort="employee_id",
)


def page_of_receipts(
    actor: Actor,
    announcement: Row,
    query: ListQuery,
    *,
    state: str | None = None,
    department: str | None = None,
    only: AnySelect | None = None,
) -> Page:
    """By employee; `only` narrows to people that the actor leads. Raises Invalid."""
    now = clock.now()
    listing = replace(
        RECEIPTS,
        filters={
            "state": Filter(clause=_in_state(announcement, now), operators=("eq",), choices=STATES),
            "department": Filter(clause=_of_department(actor.workspace_id), operators=("eq",)),
        },
    )
    asked: tuple[Condition, ...] = tuple(
        parse_condition(listing, name, "eq", value)
        for name, value in (("state", state), ("department", department))
        if value is not None
    )
    statement = receipts_of(actor, announcement)
    if only is not None:
        statement = statement.where(_recipient.employee_id.in_(only))
    found = page(statement, listing, actor.workspace_id, replace(query, conditions=asked))
    return replace(found, rows=[shown(announcement, row._mapping, now) for row in found.rows])


def shown(announcement: Row, row: Mapping[Any, Any], now: datetime) -> dict[str, Any]:
    """One receipt as it is answered."""
    asked = announcement["requires_ack"]
    done = asked and row["acked_revision"] >= announcement["material_revision"]
    due = (row["ack_due_at"] or announcement["ack_due_at"]) if asked else None
    read = row["first_read_at"] is not None
    return {
        "employee_id": row["employee_id"],
        "state": "acknowledged" if done else "read" if read else "unread",
        "late": row["acked_late"] if done else due is not None and due < now,
        "late_joiner": row["late_joiner"],
        "delivered_at": row["added_at"],
        "first_read_at": row["first_read_at"],
        "last_read_at": row["last_read_at"],
        "read_revision": row["read_revision"] or None,
        "acknowledged_at": row["acked_at"],
        "acknowledged_revision": row["acked_revision"] or None,
        "ack_due_at": due,
        "reminded_count": row["reminded_count"],
        "last_reminded_at": row["last_reminded_at"],
    }


def recipient(actor: Actor, announcement_id: str, employee_id: str) -> AnyRow | None:
    """The row of one person, also of one who was removed."""
    return (
        session()
        .execute(
            select(AnnouncementRecipient.__table__).where(
                _recipient.workspace_id == actor.workspace_id,
                _recipient.announcement_id == announcement_id,
                _recipient.employee_id == employee_id,
            )
        )
        .one_or_none()
    )


def counted(actor: Actor, announcement: Row, *more: Any) -> dict[str, int]:
    """The exact figures, of the rows as they stand."""
    done = acknowledged(announcement)
    row = (
        session()
        .execute(
            select(
                func.count().label("audience"),
                func.count(_recipient.first_read_at).label("read"),
                _number(done).label("acknowledged"),
                _number(late(announcement, clock.now())).label("late"),
            )
            .select_from(AnnouncementRecipient.__table__)
            .where(
                _recipient.workspace_id == actor.workspace_id,
                _recipient.announcement_id == announcement["id"],
                _recipient.state == "delivered",
                *more,
            )
        )
        .one()
    )
    return {name: int(value or 0) for name, value in row._mapping.items()}


def _number(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def counted_by_department(actor: Actor, announcement: Row) -> list[dict[str, Any]]:
    """The exact figures by primary department, of people without one under null, in one pass over the rows. `removed`
    counts who was in the audience once, and what they did is kept."""
    primary = and_(
        _place.workspace_id == _recipient.workspace_id,
        _place.employee_id == _recipient.employee_id,
        _place.is_primary,
    )
    here = _recipient.state == "delivered"
    figures = {
        "audience": here,
        "read": and_(here, _recipient.first_read_at.is_not(None)),
        "acknowledged": and_(here, acknowledged(announcement)),
        "late": and_(here, late(announcement, clock.now())),
        "removed": ~here,
    }
    rows = session().execute(
        select(_place.department_id, *(_number(condition).label(name) for name, condition in figures.items()))
        .select_from(AnnouncementRecipient.__table__)
        .outerjoin(DepartmentMember.__table__, primary)
        .where(_recipient.workspace_id == actor.workspace_id, _recipient.announcement_id == announcement["id"])
        .group_by(_place.department_id)
        .order_by(_place.department_id)
    )
    return [dict(row._mapping) for row in rows]
