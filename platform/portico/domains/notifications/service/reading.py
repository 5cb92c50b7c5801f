"""Marking as read."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, update

from portico.domains.notifications import queries
from portico.domains.notifications.models import Notification
from portico.domains.notifications.service.telling import bells_changed
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.db import AnyRow
from portico.kernel.unit_of_work import session

_notes = cast(Table, Notification.__table__)
_note = _notes.c


def mark_read(actor: Actor, notification_id: str) -> AnyRow:
    """The first time counts. Raises NotFound."""
    queries.notification(actor, notification_id)
    _mark(actor, _note.id == notification_id)
    return queries.notification(actor, notification_id)


def mark_all_read(actor: Actor, *, until_id: str | None = None, kind: str | None = None) -> int:
    """All that came until this one, or until now. Answers how many were unread."""
    narrowed = [_note.id <= until_id] if until_id is not None else []
    if kind is not None:
        narrowed.append(_note.kind == kind)
    return _mark(actor, *narrowed)


def _mark(actor: Actor, *which: Any) -> int:
    mine = (_note.workspace_id == actor.workspace_id, _note.employee_id == (actor.employee_id or ""))
    statement = update(_notes).where(*mine, _note.read_at.is_(None), *which).values(read_at=clock.now())
    marked = len(session().execute(statement.returning(_note.id)).all())
    if marked and actor.employee_id:
        bells_changed(actor.workspace_id, [actor.employee_id])
    return marked
