"""What time does to installations: those that slept for 30 days are erased, old requests expire."""

from __future__ import annotations

from portico.domains.installations import queries, requests
from portico.domains.installations.errors import InstallationState
from portico.domains.installations.service import developing, erasing, requesting
from portico.kernel import clock
from portico.kernel.actor import system
from portico.kernel.unit_of_work import system_unit, unit

BATCH = 200


def sweep() -> int:
    """A unit for each, so that one that fails holds no other back. Answers how many were over."""
    with system_unit("sweep: installations that have slept their time"):
        over = queries.dormant_since(clock.now() - queries.DORMANCY, BATCH)
    for row in over:
        with unit(row.workspace_id, write=True):
            _erase(row.workspace_id, row.id)
    with system_unit("sweep: requests for apps that nobody decided about"):
        late = requests.over_since(clock.now(), BATCH)
    for row in late:
        with unit(row.workspace_id, write=True):
            requesting.expire_request(system(row.workspace_id), row.id)
    with system_unit("sweep: dev sessions that ran out", write=True):
        developing.sweep_dev_sessions()
    return len(over) + len(late)


def _erase(workspace_id: str, installation_id: str) -> None:
    try:
        erasing.erase_when_over(system(workspace_id), installation_id)
    except InstallationState:
        return  # installed anew, or erased by an admin, between the two units
