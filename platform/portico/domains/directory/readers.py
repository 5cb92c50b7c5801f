"""What the directory adds to `GET /me`."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import queries
from portico.kernel import authn
from portico.kernel.actor import Actor


@authn.contributes_to_me
def about_employee(actor: Actor) -> dict[str, Any]:
    if actor.employee_id is None:
        return {}
    row = queries.employee(actor, actor.employee_id)
    return {"employee": {name: row[name] for name in ("id", "display_name", "title", "departments")}}
