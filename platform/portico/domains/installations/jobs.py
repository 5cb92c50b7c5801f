"""Jobs of installations."""

from __future__ import annotations

from portico.domains.installations import queries, service
from portico.kernel.actor import Actor, system
from portico.kernel.jobs import job
from portico.kernel.unit_of_work import system_unit, unit


@job("installations.announce_upgrade", "Tell workspaces of a new version of an app", own_units=True)
def announce_upgrade(actor: Actor, app_id: str, version_id: str) -> None:
    with system_unit("upgrade: where an app is installed, over all workspaces"):
        live = queries.live_of_app(app_id)
    for row in live:
        with unit(row.workspace_id, write=True):
            service.announce_upgrade(system(row.workspace_id), row.id, version_id)


@job("installations.finish_uninstalling", "Finish uninstalling an app")
def finish_uninstalling(actor: Actor, installation_id: str) -> None:
    service.finish_uninstalling(actor, installation_id)
