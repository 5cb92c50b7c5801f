"""What time does to requests: they expire, and who was missing may be there now."""

from __future__ import annotations

from portico.domains.approvals import queries, service
from portico.kernel import clock
from portico.kernel.actor import system
from portico.kernel.unit_of_work import system_unit, unit

BATCH = 200


def sweep() -> int:
    """A unit for each request, so that one that fails holds no other back. Answers how many changed."""
    with system_unit("sweep: requests for approval that have expired"):
        due = queries.due_to_expire(clock.now(), BATCH)
    for workspace_id, approval_id in due:
        with unit(workspace_id, write=True):
            service.expire_when_due(system(workspace_id), approval_id)
    return len(due) + _look_for_people()


def _look_for_people() -> int:
    changed, after = 0, ("", "")
    while True:
        with system_unit("sweep: requests for approval that wait for somebody who cannot decide"):
            waiting = queries.orphaned(after, BATCH)
        for workspace_id, approval_id in waiting:
            with unit(workspace_id, write=True):
                changed += service.look_again(system(workspace_id), approval_id)
        if len(waiting) < BATCH:
            return changed
        after = waiting[-1]
