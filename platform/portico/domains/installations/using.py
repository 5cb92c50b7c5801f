"""That people use apps: a row per person, app and day, written when they open a page of it or it calls in their name.

The apps are never asked. Opening a page writes at once, so that who has just used an app may say what they think of it;
calls in a person's name are many, so they are collected and written once a minute.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from portico.domains.directory.models import Employee
from portico.domains.installations.models import AppUse, Installation
from portico.kernel import clock, last_use
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

KIND = "app_use"
DAYS = 30
_use = AppUse.__table__.c
_installation = Installation.__table__.c
_employee = Employee.__table__.c


def note(workspace_id: str, installation_id: str, employee_id: str) -> None:
    """The app called in this person's name just now."""
    last_use.note(KIND, f"{workspace_id}|{installation_id}|{employee_id}")


def note_now(actor: Actor, installation_id: str) -> None:
    """The person looks at a page of the app. Runs in a writing unit."""
    if actor.employee_id is not None:
        _write([(actor.workspace_id, installation_id, actor.employee_id, clock.now().date())])


@last_use.writes(KIND)
def write_app_use(seen: dict[str, datetime]) -> None:
    split = {tuple(key.split("|")): at for key, at in seen.items()}
    known = _known(split)
    # In order, so that two processes which write at once never wait for each other in a ring.
    _write([(*key, at.date()) for key, at in sorted(split.items()) if key in known])


def _known(keys: Iterable[tuple[str, ...]]) -> set[tuple[str, ...]]:
    """Those whose installation and person are still there."""
    wanted = list(keys)
    rows = session().execute(
        select(_installation.workspace_id, _installation.id, _employee.id.label("employee_id"))
        .join(Employee.__table__, _employee.workspace_id == _installation.workspace_id)
        .where(_installation.workspace_id.in_({key[0] for key in wanted}))
        .where(_installation.id.in_({key[1] for key in wanted}), _employee.id.in_({key[2] for key in wanted}))
    )
    return {(row.workspace_id, row.id, row.employee_id) for row in rows}


def _write(rows: list[tuple[Any, ...]]) -> None:
    work = session()
    build: Any = postgresql.insert if work.get_bind().dialect.name == "postgresql" else sqlite.insert
    names = ("workspace_id", "installation_id", "employee_id", "used_on")
    for row in rows:
        work.execute(build(AppUse).values(**dict(zip(names, row, strict=True))).on_conflict_do_nothing())


def last_used_on(actor: Actor, app_id: str) -> date | None:
    """The last day on which the person used the app, in any of its installations here."""
    found: date | None = session().scalar(
        select(func.max(_use.used_on))
        .join(
            Installation.__table__,
            (_installation.workspace_id == _use.workspace_id) & (_installation.id == _use.installation_id),
        )
        .where(_use.workspace_id == actor.workspace_id, _use.employee_id == actor.employee_id)
        .where(_installation.app_id == app_id)
    )
    return found


def has_used(actor: Actor, app_id: str) -> bool:
    """Whether the person used the app in the last 30 days."""
    last = last_used_on(actor, app_id)
    return last is not None and last >= (clock.now() - timedelta(days=DAYS)).date()
