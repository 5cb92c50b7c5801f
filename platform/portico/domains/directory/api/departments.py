"""The tree of departments."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import queries, schemas, service
from portico.domains.directory.api.blueprint import READ, WRITE, blp
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.ids import is_id
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import Nothing
from portico.web.api import Created

DEPARTMENT = '/departments/<id("dep"):department_id>'


@blp.get(
    "/departments",
    scope=READ,
    listing=queries.DEPARTMENTS,
    answer=schemas.Department,
    summary="List departments",
)
def list_departments(actor: Actor, query: ListQuery) -> Any:
    """Archived ones stand here only with `filter[archived]=true`."""
    return queries.page_of_departments(actor, query)


@blp.post(
    "/departments",
    scope=WRITE,
    body=schemas.DepartmentCreate,
    answer=schemas.Department,
    status=201,
    summary="Make a department",
    refusals=("sibling_exists", "external_id_taken"),
)
def create_department(actor: Actor, body: dict[str, Any]) -> Created:
    row = queries.with_leads(actor, service.create_department(actor, **body))
    return Created(row, f"/api/v1/departments/{row['id']}")


@blp.get(
    "/departments/tree",
    scope=READ,
    parameters={"depth": False},
    answer=schemas.Tree,
    summary="Read all departments as a tree",
)
def get_department_tree(actor: Actor, depth: str | None = None) -> Any:
    """`depth` cuts the tree off after so many levels; `descendants` says how many departments are below each node."""
    return {"data": queries.tree(actor, _levels(depth))}


def _levels(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 100:
        raise invalid("/query/depth", "invalid", "depth is a whole number from 1 to 100.")
    return int(text)


@blp.get(DEPARTMENT, scope=READ, answer=schemas.Department, summary="Read a department")
def get_department(actor: Actor, department_id: str) -> Any:
    """Also one that is archived: then `archived_at` says since when."""
    return queries.with_leads(actor, queries.any_department(actor, department_id))


@blp.patch(
    DEPARTMENT,
    scope=WRITE,
    body=schemas.DepartmentUpdate,
    answer=schemas.Department,
    versioned=True,
    summary="Rename, reorder or move a department",
    refusals=("sibling_exists", "external_id_taken", "department_cycle", "stale"),
)
def update_department(actor: Actor, department_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return queries.with_leads(actor, service.update_department(actor, department_id, body, expected_version))


@blp.post(
    f"{DEPARTMENT}/move",
    scope=WRITE,
    body=schemas.DepartmentMove,
    answer=schemas.Department,
    summary="Move a department, with all below it, to another place in the tree",
    refusals=("sibling_exists", "department_cycle", "out_of_range"),
)
def move_department(actor: Actor, department_id: str, body: dict[str, Any]) -> Any:
    """Of two moves that would make a ring together, one is refused with `department_cycle`."""
    return queries.with_leads(actor, service.move_department(actor, department_id, **body))


@blp.post(
    f"{DEPARTMENT}/archive",
    scope=WRITE,
    body=schemas.DepartmentArchive,
    optional_body=True,
    answer=schemas.Department,
    summary="Archive a department: it leaves the tree and can come back",
    refusals=("department_not_empty",),
)
def archive_department(actor: Actor, department_id: str, body: dict[str, Any]) -> Any:
    """Departments below it must go first; its people too, or `move_members_to` says into which department they go."""
    return queries.with_leads(actor, service.archive_department(actor, department_id, **body))


@blp.post(
    f"{DEPARTMENT}/unarchive",
    scope=WRITE,
    body=Nothing,
    optional_body=True,
    answer=schemas.Department,
    summary="Bring an archived department back to where it stood",
    refusals=("sibling_exists", "department_archived"),
)
def unarchive_department(actor: Actor, department_id: str, body: dict[str, Any]) -> Any:
    return queries.with_leads(actor, service.unarchive_department(actor, department_id))


@blp.delete(
    DEPARTMENT,
    scope=WRITE,
    status=204,
    versioned=True,
    parameters={"move_members_to": False},
    summary="Delete a department for good",
    refusals=("department_not_empty", "stale"),
)
def delete_department(
    actor: Actor, department_id: str, expected_version: int | None, move_members_to: str | None = None
) -> None:
    """As archiving, but it does not come back; archived departments below it must go first, too."""
    if move_members_to is not None and not is_id(move_members_to, "dep"):
        raise invalid("/query/move_members_to", "invalid", "This is not an id; it must begin with dep_.")
    service.delete_department(actor, department_id, move_members_to=move_members_to, expected_version=expected_version)
