"""Long work that people asked for."""

from __future__ import annotations

from typing import Any

from portico.domains.tasks import service
from portico.kernel.actor import Actor
from portico.kernel.jobs import job
from portico.kernel.text import N_


@job(service.KIND, N_("Export"), own_units=True)
def run_export(actor: Actor, **args: Any) -> dict[str, Any]:
    return service.write_export(actor, **args)
