"""What the directory adds to `GET /me`."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import groups, queries, schemas
from portico.kernel import authn
from portico.kernel.actor import Actor
from portico.kernel.dump import dumper
from portico.kernel.exporting import Rows, of_a_person


@authn.contributes_to_me
def about_employee(actor: Actor) -> dict[str, Any]:
    if actor.employee_id is None:
        return {}
    row = queries.employee(actor, actor.employee_id)
    return {"employee": {name: row[name] for name in ("id", "display_name", "title", "departments")}}


@of_a_person("profile")
def profile(actor: Actor) -> Rows:
    """The person's own row of the directory, with every field, and the groups that they are in."""
    row = queries.whole_employee(actor, actor.employee_id or "")
    return [{**dumper(schemas.Employee)(row), "groups": groups.names_of_member(actor, actor.employee_id or "")}]
