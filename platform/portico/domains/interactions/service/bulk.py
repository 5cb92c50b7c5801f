"""One action on several records at once: a run for each, called by a job, a few at a time.

An app that answers nobody is not asked for the rest: a bulk of fifty would hold a worker for minutes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from portico.domains.interactions import queries
from portico.domains.interactions.answers import Outcome
from portico.domains.interactions.errors import AppHasNoAddress
from portico.domains.interactions.models import Interaction
from portico.domains.interactions.service import answering, running
from portico.kernel import clock, jobs
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session, unit

MOST = 50
TOGETHER = 4
HOPELESS = 4
"""So many in a row without an answer, and the rest is not tried."""
PATIENCE = timedelta(minutes=10)
"""How long a run may wait to be called before the sweep gives it up."""
_run = Interaction.__table__.c


def run_on_several(
    actor: Actor,
    app_key: str,
    key: str,
    objects: Iterable[Mapping[str, str]],
    given: Mapping[str, Any],
    *,
    session_id: str | None = None,
    bulk_id: str | None = None,
) -> str:
    """Write a run for each record, all or none; a job calls the app. Answers the id that they have in common: the one
    that came with the form, so that a form which is sent twice runs once.

    Raises as `run_action`, and Invalid for more than fifty.
    """
    records = list(objects)
    if not 1 <= len(records) <= MOST:
        raise invalid("/objects", "invalid", N_("Choose 1 to 50 records."))
    bulk_id = bulk_id or new_id("blk")
    for record in records:
        about = running.about_of(actor, record)
        action = running.require_action(actor, app_key, key, about)
        values = running.checked(action, given)
        by_stream = running.is_stream(running.released_of(actor, action))
        if by_stream and action.identity == "user":
            raise AppHasNoAddress()
        new = running.intent(actor, action, about, values, by_stream=by_stream)
        waits = {} if by_stream else {"attempts": 0, "due_at": clock.now() + PATIENCE}
        running.write(actor, action, {**new, **waits, "bulk_id": bulk_id})
    jobs.enqueue(actor, "interactions.call_bulk", bulk_id=bulk_id, session_id=session_id or "")
    return bulk_id


def call_bulk(workspace_id: str, bulk_id: str, session_id: str | None) -> dict[str, int]:
    """Call the app for what was not called yet, each in units of its own. A job that died goes on here."""
    with unit(workspace_id, write=False):
        waiting = session().scalars(
            select(_run.id)
            .where(_run.workspace_id == workspace_id, _run.bulk_id == bulk_id)
            .where(_run.state == "running", _run.attempts == 0)
            .order_by(_run.id)
        )
        ids = list(waiting)
    called = silent = 0
    with ThreadPoolExecutor(TOGETHER, thread_name_prefix="bulk-call") as pool:
        for start in range(0, len(ids), TOGETHER):
            some = ids[start : start + TOGETHER]
            if silent >= HOPELESS:
                _leave(workspace_id, ids[start:])
                break
            answers = list(pool.map(lambda one: _call(workspace_id, one, session_id), some))
            called += len(some)
            silent = 0 if any(answers) else silent + len(some)
    return {"called": called, "runs": len(ids)}


def _call(workspace_id: str, interaction_id: str, session_id: str | None) -> bool:
    """Whether the app answered something. What cannot be run any more is left to the sweep."""
    with unit(workspace_id, write=True):
        claimed = session().execute(
            update(Interaction)
            .where(_run.workspace_id == workspace_id, _run.id == interaction_id, _run.attempts == 0)
            .values(attempts=1, due_at=clock.now() + running.LOST_AFTER)
            .returning(Interaction.__table__)
        )
        row = claimed.one_or_none()
        work = _work(row, session_id) if row is not None else None
    if work is None:
        return True
    work()
    with unit(workspace_id, write=False):
        mine = (_run.workspace_id == workspace_id, _run.id == interaction_id)
        status: int | None = session().scalar(select(_run.http_status).where(*mine))
    return status is not None


def _work(row: Any, session_id: str | None) -> Any:
    """The call, as whoever ran it; None when they may not any more."""
    actor = Actor(
        kind="employee" if row.by_installation_id is None else "app_for_employee",
        workspace_id=row.workspace_id,
        id=row.actor["id"],
        employee_id=row.employee_id,
        installation_id=row.by_installation_id,
        locale=row.locale,
        timezone=row.timezone,
    )
    action = queries.find_by_installation(actor, row.installation_id, row.action)
    if action is None:
        return None
    about = {"type": row.object_type, "id": row.object_id} if row.object_type else None
    shown = {**row._mapping, "object": about}
    return running.call_of(actor, action, running.released_of(actor, action), shown, session_id)


def _leave(workspace_id: str, ids: list[str]) -> None:
    for interaction_id in ids:
        with unit(workspace_id, write=True):
            answering.take(workspace_id, interaction_id, 0, Outcome("failed", failure="not_called"))
