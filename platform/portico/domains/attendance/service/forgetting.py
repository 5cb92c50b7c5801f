"""Where a punch was made is kept for 90 days; whether it was inside stays."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from sqlalchemy import Table, select, tuple_, update

from portico.domains.attendance.models import Punch
from portico.kernel import clock
from portico.kernel.unit_of_work import session

KEPT = timedelta(days=90)
BATCH = 1_000
_table = cast(Table, Punch.__table__)
_punch = _table.c


def forget_positions() -> int:
    """In the open system unit: the coordinates and networks of a batch of punches whose time is over. Their version
    stays, since nothing has happened to them. Answers how many."""
    old = select(_punch.workspace_id, _punch.id).where(
        _punch.occurred_at < clock.now() - KEPT, (_punch.lat.is_not(None)) | (_punch.bssid.is_not(None))
    )
    empty = {"lat": None, "lng": None, "accuracy_m": None, "bssid": None}
    keys = [tuple(row) for row in session().execute(old.order_by(_punch.occurred_at).limit(BATCH))]
    if keys:
        session().execute(update(_table).where(tuple_(_punch.workspace_id, _punch.id).in_(keys)).values(empty))
    return len(keys)
