"""How far an app reaches, over all workspaces: who would be hit when it stops."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import distinct, func, select

from portico.domains.installations.models import AppUse, Installation
from portico.domains.installations.schemas import LIVE
from portico.kernel import clock
from portico.kernel.unit_of_work import session, system_unit

ACTIVE_DAYS = 30
_installation = Installation.__table__.c
_use = AppUse.__table__.c


def reach(app_id: str) -> dict[str, int]:
    """As `reach_of`, in a unit of its own."""
    with system_unit("reach: where an app is installed and used, over all workspaces"):
        return reach_of(app_id)


def reach_of(app_id: str) -> dict[str, int]:
    """Workspaces, installations and the people who used it within 30 days. Runs in a system unit."""
    live = select(
        func.count(distinct(_installation.workspace_id)).label("workspaces"), func.count().label("installations")
    ).where(_installation.app_id == app_id, _installation.status.in_(LIVE))
    row: Any = session().execute(live).one()
    return {
        "workspaces": row.workspaces,
        "installations": row.installations,
        "active_users": int(session().scalar(_active(app_id)) or 0),
    }


def _active(app_id: str) -> Any:
    since = (clock.now() - timedelta(days=ACTIVE_DAYS)).date()
    people = (
        select(_use.workspace_id, _use.employee_id)
        .join(
            Installation.__table__,
            (_installation.workspace_id == _use.workspace_id) & (_installation.id == _use.installation_id),
        )
        .where(_installation.app_id == app_id, _use.used_on >= since)
        .distinct()
        .subquery()
    )
    return select(func.count()).select_from(people)


def of_instance() -> dict[str, int]:
    """Installations that live and those that stand still, over all workspaces. Runs in a system unit."""
    found = select(_installation.status, func.count()).where(_installation.status.in_(LIVE))
    rows = session().execute(found.group_by(_installation.status))
    counts: dict[str, int] = {status: count for status, count in rows}  # noqa: C416 - rows, not pairs, to the checker
    return {"installations": sum(counts.values()), "suspended_installations": counts.get("suspended", 0)}
