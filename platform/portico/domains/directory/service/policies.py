"""When and how people want to be told: their working hours, and what is held outside of them."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.directory import policies
from portico.domains.directory.models import NotificationPolicy
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict, Forbidden, Stale
from portico.kernel.unit_of_work import savepoint, session

_table = cast(Table, NotificationPolicy.__table__)


def write_policy(actor: Actor, values: dict[str, Any], *, expected_version: int | None = None) -> dict[str, Any]:
    """The actor's own, whole. Raises Forbidden, Stale and Conflict."""
    if actor.employee_id is None:
        raise Forbidden("Only a person is told something.")
    before = policies.policy(actor, actor.employee_id)
    if expected_version not in (None, before["version"]):
        raise Stale()
    mine = {"workspace_id": actor.workspace_id, "employee_id": actor.employee_id}
    after = {**policies.WITHOUT, **values, "updated_at": clock.now(), "version": before["version"] + 1}
    if before["version"] == 0:
        try:
            with savepoint():
                session().execute(insert(_table).values(**mine, **after))
        except IntegrityError as error:
            raise Conflict() from error
        return after
    here = (_table.c.workspace_id == actor.workspace_id, _table.c.employee_id == actor.employee_id)
    done = session().execute(
        update(_table).where(*here, _table.c.version == before["version"]).values(after).returning(_table.c.version)
    )
    if done.one_or_none() is None:
        raise Conflict()
    return after
