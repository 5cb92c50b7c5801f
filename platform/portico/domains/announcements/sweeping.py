"""What time does to announcements: what is due is published, and what has had its time ends."""

from __future__ import annotations

from portico.domains.announcements import service
from portico.domains.announcements.queries import due
from portico.kernel import clock
from portico.kernel.actor import system
from portico.kernel.unit_of_work import system_unit, unit

BATCH = 200


def sweep() -> int:
    """A unit for each announcement, so that one that fails holds no other back. Answers how many were due."""
    with system_unit("sweep: announcements that are due"):
        scheduled = due.scheduled(clock.now(), BATCH)
        over = due.over(clock.now(), BATCH)
        lost = due.lost(BATCH)
    for workspace_id, announcement_id in scheduled:
        with unit(workspace_id, write=True):
            service.publish_when_due(system(workspace_id), announcement_id)
    for workspace_id, announcement_id in over:
        with unit(workspace_id, write=True):
            service.expire_when_due(system(workspace_id), announcement_id)
    for workspace_id, announcement_id in lost:
        with unit(workspace_id, write=True):
            service.give_up(system(workspace_id), announcement_id)
    return len(scheduled) + len(over) + len(lost)
