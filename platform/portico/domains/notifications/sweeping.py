"""What time does to notifications: what was held is due, and what is old is forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from sqlalchemy import Table, delete, select, tuple_

from portico.domains.notifications.models import Notification, NotificationQuota
from portico.domains.notifications.queries import leaving
from portico.domains.notifications.service.leaving import SEND
from portico.kernel import clock
from portico.kernel.actor import system
from portico.kernel.jobs import enqueue
from portico.kernel.unit_of_work import system_unit, unit

KEPT = timedelta(days=90)
QUOTAS_KEPT = timedelta(days=2)
BATCH = 5_000
WORKSPACES = 500
_notes, _quotas = cast(Table, Notification.__table__), cast(Table, NotificationQuota.__table__)


def sweep() -> int:
    """Wake the job where something is due and nobody works on it. Answers in how many workspaces."""
    with system_unit("sweep: notifications that are due"):
        found = leaving.workspaces_with_due(clock.now(), WORKSPACES)
    for workspace_id in found:
        with unit(workspace_id, write=True):
            enqueue(system(workspace_id), SEND)
    return len(found)


def forget() -> int:
    """Delete what is older than 90 days, batch by batch. Answers how many notifications."""
    now, total = clock.now(), 0
    with system_unit("sweep: counts of what was told", write=True) as work:
        work.execute(delete(_quotas).where(_quotas.c.since < now - QUOTAS_KEPT))
    key = tuple_(_notes.c.workspace_id, _notes.c.id)
    old = select(_notes.c.workspace_id, _notes.c.id).where(_notes.c.created_at < now - KEPT).limit(BATCH)
    while True:
        with system_unit("sweep: notifications that had their time", write=True) as work:
            statement = delete(_notes).where(key.in_(old)).execution_options(preserve_rowcount=True)
            gone: int = work.connection().execute(statement).rowcount
        total += gone
        if gone < BATCH:
            return total
