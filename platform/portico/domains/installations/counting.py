"""How widely each app is used, counted over all workspaces by the housekeeping and never by asking the app."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, distinct, func, select
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.catalogue.models import AppFigures
from portico.domains.installations.models import AppUse, Installation
from portico.domains.installations.schemas import LIVE
from portico.domains.installations.using import DAYS
from portico.kernel import clock
from portico.kernel.unit_of_work import session, system_unit

KEPT_DAYS = 90
_installation = Installation.__table__.c
_use = AppUse.__table__.c


def count_apps() -> int:
    """Count anew; answers how many apps have a figure. Days of use that nobody asks about any more are forgotten."""
    now = clock.now()
    with system_unit("figures: installations and active users of each app", write=True):
        session().execute(delete(AppUse).where(_use.used_on < (now - timedelta(days=KEPT_DAYS)).date()))
        installs, people = _installs(), _people()
        known = set(session().scalars(select(AppFigures.app_id)))
        rows = sorted({*installs, *people, *known})
        for app_id in rows:
            _keep(app_id, installs.get(app_id, 0), people.get(app_id, 0))
    return len(rows)


def _installs() -> dict[str, int]:
    found = select(_installation.app_id, func.count(distinct(_installation.workspace_id)).label("found"))
    rows = session().execute(found.where(_installation.status.in_(LIVE)).group_by(_installation.app_id))
    return {row.app_id: row.found for row in rows}


def _people() -> dict[str, int]:
    since = (clock.now() - timedelta(days=DAYS)).date()
    each = (
        select(_installation.app_id, _use.workspace_id, _use.employee_id)
        .join(
            Installation.__table__,
            (_installation.workspace_id == _use.workspace_id) & (_installation.id == _use.installation_id),
        )
        .where(_use.used_on >= since)
        .distinct()
        .subquery()
    )
    rows = session().execute(select(each.c.app_id, func.count().label("found")).group_by(each.c.app_id))
    return {row.app_id: row.found for row in rows}


def _keep(app_id: str, installs: int, active_users: int) -> None:
    work = session()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    figures = {"installs": installs, "active_users": active_users, "counted_at": clock.now()}
    statement = build(AppFigures).values(app_id=app_id, **figures)
    work.execute(statement.on_conflict_do_update(index_elements=["app_id"], set_=figures))
