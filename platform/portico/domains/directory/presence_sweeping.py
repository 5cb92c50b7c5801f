"""What time does to presence: breaks and statuses end, absences and shifts begin."""

from __future__ import annotations

from portico.domains.directory import presence, service
from portico.kernel import clock
from portico.kernel.actor import system
from portico.kernel.unit_of_work import system_unit, unit

BATCH = 500


def sweep() -> int:
    """Tell what has changed, a unit for each. Answers how many were due."""
    with system_unit("sweep: presences that time has changed"):
        due = presence.due(clock.now(), BATCH)
    for workspace_id, employee_id in due:
        with unit(workspace_id, write=True):
            service.tell_when_due(system(workspace_id), employee_id)
    return len(due)
