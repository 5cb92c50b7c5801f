"""What time does to days: they come, they are over, and what changed is computed anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import select, update

from portico.domains.attendance.models import AttendanceGroupVersion
from portico.domains.attendance.queries import workdays
from portico.domains.attendance.reckoning import local_date
from portico.domains.attendance.service import recomputing, settling, unseen
from portico.domains.attendance.unreadable import apart
from portico.kernel import clock
from portico.kernel.actor import system
from portico.kernel.unit_of_work import session, system_unit, unit

BATCH = 400
"""Days in one unit of work: it holds their rows, and whoever clocks meanwhile waits for it."""
_version = AttendanceGroupVersion.__table__.c
_day = workdays.DAY.c


def recompute_stale(most: int = 10 * BATCH) -> int:
    """Compute days that wait, a unit for each batch; one whose rules cannot be read says so and holds no other up.
    Answers how many there were."""
    with system_unit("sweep: days of attendance that wait to be computed"):
        waiting = workdays.stale_days(most)
    for workspace_id, days in waiting.items():
        for start in range(0, len(days), BATCH):
            apart(days[start : start + BATCH], partial(_recompute, workspace_id), partial(_give_up, workspace_id))
    return sum(map(len, waiting.values()))


def _recompute(workspace_id: str, days: Sequence[recomputing.Day]) -> None:
    with unit(workspace_id, write=True):
        recomputing.recompute(system(workspace_id), days)


def _give_up(workspace_id: str, day: recomputing.Day) -> None:
    with unit(workspace_id, write=True):
        recomputing.mark_unreadable(system(workspace_id), day)


def sweep() -> int:
    """Days that are over by now, and days that have come. Answers how many it marked."""
    now = clock.now()
    with system_unit("sweep: days of attendance that are over", write=True):
        done = session().execute(
            update(workdays.DAY)
            .where(_day.recheck_at <= now, _day.status != "locked")
            .values(stale=True, recheck_at=None, version=_day.version + 1)
        )
        zones = session().execute(select(_version.workspace_id, _version.timezone).distinct()).all()
    marked = int(done.rowcount)  # type: ignore[attr-defined]
    for workspace_id in sorted({row.workspace_id for row in zones}):
        dates = {local_date(row.timezone, now) for row in zones if row.workspace_id == workspace_id}
        with unit(workspace_id, write=True):
            actor = system(workspace_id)
            marked += unseen.complete(actor, min(dates) - timedelta(days=1), max(dates))
    return marked


def settle() -> int:
    """Find in every workspace who is in which group: rules that begin tomorrow, and conditions that time fulfils."""
    with system_unit("sweep: workspaces with attendance groups"):
        workspaces = sorted(session().scalars(select(_version.workspace_id).distinct()))
    changed = 0
    for workspace_id in workspaces:
        with unit(workspace_id, write=True):
            changed += settling.settle_everybody(system(workspace_id))
    return changed
