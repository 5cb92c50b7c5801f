"""What time does to sessions: whose shift is over by UTC, and who did not clock out."""

from __future__ import annotations

from portico.domains.attendance.queries import punches as queries
from portico.domains.attendance.service import sessions
from portico.kernel import clock
from portico.kernel.unit_of_work import system_unit, unit

BATCH = 200


def sweep() -> int:
    """A unit for each session, so that one that fails holds no other back. Answers how many were closed here: of two
    workers, one closes each."""
    now = clock.now()
    with system_unit("sweep: sessions that nobody ended"):
        due = queries.due_to_close(now, BATCH)
    closed = 0
    for workspace_id, employee_id in due:
        with unit(workspace_id, write=True):
            queries.held(workspace_id, employee_id)
            closed += sessions.close_overdue(workspace_id, employee_id, now)
    return closed
