"""What is due to leave, and to whom it goes: for the job that sends and for the sweep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal_column, or_, select, union

from portico.domains.directory.models import Employee
from portico.domains.identity.models import Membership, User
from portico.domains.notifications.channels import Receiver
from portico.domains.notifications.models import Notification, NotificationSending
from portico.domains.notifications.queries.browsers import browsers_of
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.jobs import Job
from portico.kernel.unit_of_work import session

_note = Notification.__table__.c
_sending = NotificationSending.__table__.c
_employee = Employee.__table__.c
_member = Membership.__table__.c
_user = User.__table__.c

# As the partial indexes have it.
WAITS: ColumnElement[bool] = literal_column("notification.state <> 'out'")
LEAVES: ColumnElement[bool] = literal_column("notification_sending.state IN ('waiting', 'sending')")


def due_notifications(actor: Actor, at: datetime, most: int) -> Sequence[AnyRow]:
    """What waits and is due, held until the commit; what another transaction holds is passed over."""
    return (
        session()
        .execute(
            select(Notification.__table__)
            .where(_note.workspace_id == actor.workspace_id, WAITS, _note.due_at <= at)
            .order_by(_note.due_at, _note.id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        .all()
    )


def held_of(actor: Actor, employee_id: str) -> Sequence[AnyRow]:
    """All that is held for somebody, the oldest first, but for what another transaction has in hand."""
    return (
        session()
        .execute(
            select(Notification.__table__)
            .where(_note.workspace_id == actor.workspace_id, _note.employee_id == employee_id)
            .where(WAITS, _note.state == "held")
            .order_by(_note.id)
            .with_for_update(skip_locked=True)
        )
        .all()
    )


def next_sending(actor: Actor, at: datetime) -> AnyRow | None:
    """The next that is due to leave, with what it says."""
    both = and_(_note.workspace_id == _sending.workspace_id, _note.id == _sending.notification_id)
    own = ("id", "workspace_id", "state", "due_at")
    shared = [column for column in Notification.__table__.columns if column.name not in own]
    return (
        session()
        .execute(
            select(
                _sending.id,
                _sending.notification_id,
                _sending.channel,
                _sending.attempts,
                _note.due_at.label("told_due_at"),
                *shared,
            )
            .join(Notification.__table__, both)
            .where(_sending.workspace_id == actor.workspace_id, LEAVES, _sending.due_at <= at)
            .order_by(_sending.due_at, _sending.id)
            .limit(1)
            .with_for_update(skip_locked=True, of=NotificationSending.__table__)
        )
        .one_or_none()
    )


def covered_by(actor: Actor, digest_id: str) -> Sequence[AnyRow]:
    """What came in a digest, the oldest first."""
    return (
        session()
        .execute(
            select(Notification.__table__)
            .where(_note.workspace_id == actor.workspace_id, _note.digest_id == digest_id)
            .order_by(_note.id)
        )
        .all()
    )


def receiver(actor: Actor, employee_id: str) -> Receiver:
    """To whom it goes; the address at work before that of the login."""
    row = (
        session()
        .execute(
            select(
                _employee.status,
                func.coalesce(_employee.primary_email, _user.email).label("email"),
                func.coalesce(_user.locale, _employee.locale).label("locale"),
            )
            .outerjoin(
                Membership.__table__,
                and_(_member.workspace_id == _employee.workspace_id, _member.employee_id == _employee.id),
            )
            .outerjoin(User.__table__, _user.id == _member.user_id)
            .where(_employee.workspace_id == actor.workspace_id, _employee.id == employee_id)
        )
        .one()
    )
    here = browsers_of(actor.workspace_id, employee_id)
    return Receiver(actor.workspace_id, employee_id, row.status == "active", row.email, row.locale, here)


def workspaces_with_due(at: datetime, most: int) -> list[str]:
    """Where something is due, and no job that sends it waits or runs. Over all workspaces."""
    waiting = union(
        select(_note.workspace_id).where(WAITS, _note.due_at <= at),
        select(_sending.workspace_id).where(LEAVES, _sending.due_at <= at),
    ).subquery()
    busy = select(Job.id).where(
        Job.workspace_id == waiting.c.workspace_id,
        Job.kind == "notifications.send",
        or_(Job.state == "queued", Job.state == "running"),
    )
    return list(session().scalars(select(waiting.c.workspace_id).where(~busy.exists()).limit(most)))


def holds_any(workspace_id: str, employee_id: str) -> bool:
    """Whether anything is held for somebody."""
    held: Any = (
        select(_note.id)
        .where(_note.workspace_id == workspace_id, _note.employee_id == employee_id, WAITS, _note.state == "held")
        .limit(1)
    )
    return session().scalar(held) is not None
