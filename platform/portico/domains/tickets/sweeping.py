"""What time does to tickets: what was solved long ago closes, and what waits in a queue goes to who can take it."""

from __future__ import annotations

from portico.domains.tickets import queries, queue_queries, service
from portico.kernel import clock
from portico.kernel.actor import system
from portico.kernel.unit_of_work import system_unit, unit

BATCH = 200


def sweep() -> int:
    """A unit for each ticket, so that one that fails holds no other back. Answers how many were due."""
    with system_unit("sweep: tickets that are due to close"):
        closing = queries.due_to_close(clock.now(), BATCH)
    for workspace_id, ticket_id in closing:
        with unit(workspace_id, write=True):
            service.close_when_due(system(workspace_id), ticket_id)
    with system_unit("sweep: tickets that have slept long enough"):
        waking = queries.due_to_wake(clock.now(), BATCH)
    for workspace_id, ticket_id in waking:
        with unit(workspace_id, write=True):
            service.wake_when_due(system(workspace_id), ticket_id)
    with system_unit("sweep: tickets that wait in a queue that gives out by turns"):
        waiting = queue_queries.with_waiting(BATCH)
    given = 0
    for workspace_id, queue_id in waiting:
        with unit(workspace_id, write=True):
            given += service.hand_out_waiting(system(workspace_id), queue_id, BATCH)
    return len(closing) + len(waking) + given
