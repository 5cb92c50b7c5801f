"""What time does to runs: calls whose process died, answers that never came, and rows that have had their time."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select

from portico.domains.interactions.models import CardCopy, Interaction
from portico.domains.interactions.service import answering
from portico.kernel import clock
from portico.kernel.unit_of_work import session, system_unit, unit

BATCH = 200
KEPT = timedelta(days=90)
_run = Interaction.__table__.c


def sweep() -> int:
    """Say of what is over that it has no answer; a unit for each. Answers how many were due."""
    with system_unit("sweep: runs of actions that nobody will end"):
        due = session().execute(
            select(_run.workspace_id, _run.id)
            .where(_run.state.in_(("running", "waiting")), _run.due_at <= clock.now())
            .order_by(_run.due_at)
            .limit(BATCH)
        )
        found = due.all()
    for row in found:
        with unit(row.workspace_id, write=True):
            answering.give_up(row.workspace_id, row.id)
    return len(found)


def forget() -> None:
    """Runs of 90 days ago, which the record keeps, and how cards looked 30 days ago; in the open system unit."""
    session().execute(delete(Interaction).where(_run.created_at < clock.now() - KEPT))
    session().execute(delete(CardCopy).where(CardCopy.called_at < clock.now() - KEPT / 3))
