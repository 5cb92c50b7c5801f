"""Putting departments away, bringing them back, and deleting them for good."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete

from portico.domains.directory import queries
from portico.domains.directory.errors import DepartmentArchived, DepartmentNotEmpty
from portico.domains.directory.events import DEPARTMENT_ARCHIVED, DEPARTMENT_DELETED, DEPARTMENT_UNARCHIVED
from portico.domains.directory.models import Department
from portico.domains.directory.ranges import require_whole_company
from portico.domains.directory.service.departments import write_department
from portico.domains.directory.service.holding import hold_departments, hold_tree
from portico.domains.directory.service.places import move_people
from portico.kernel import clock, search
from portico.kernel.actor import Actor
from portico.kernel.errors import Stale, invalid
from portico.kernel.events import emit
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session


def archive_department(actor: Actor, department_id: str, *, move_members_to: str | None = None) -> dict[str, Any]:
    """Put a department away; it keeps its id and can come back. Raises NotFound, Invalid, DepartmentNotEmpty."""
    before = _emptied(actor, department_id, move_members_to, None, also_archived=False)
    write_department(actor, before, {"archived_at": clock.now()})
    search.index(actor.workspace_id, "department", department_id)
    row = queries.any_department(actor, department_id)
    emit(actor, DEPARTMENT_ARCHIVED, row, changes=["archived_at"], before=before)
    return row


def unarchive_department(actor: Actor, department_id: str) -> dict[str, Any]:
    """Bring a department back to where it stood, without people. Raises NotFound, DepartmentArchived, SiblingExists."""
    hold_tree(actor)
    before = queries.any_department(actor, department_id)
    if before["archived_at"] is None:
        return before
    if before["parent_id"] is not None:
        above = queries.any_department(actor, before["parent_id"])
        if above["archived_at"] is not None:
            raise DepartmentArchived(extra={"parent_id": above["id"]})
    write_department(actor, before, {"archived_at": None})
    search.index(actor.workspace_id, "department", department_id, before["name"], fresh=True)
    row = queries.department(actor, department_id)
    emit(actor, DEPARTMENT_UNARCHIVED, row, changes=["archived_at"], before=before)
    return row


def delete_department(
    actor: Actor, department_id: str, *, move_members_to: str | None = None, expected_version: int | None = None
) -> None:
    """Remove a department for good; what people's histories say of it stays. Raises as `archive_department`."""
    before = _emptied(actor, department_id, move_members_to, expected_version, also_archived=True)
    gone = Department.workspace_id == actor.workspace_id, Department.id == department_id
    session().execute(delete(Department).where(*gone))
    search.index(actor.workspace_id, "department", department_id)
    emit(actor, DEPARTMENT_DELETED, {**before, "version": before["version"] + 1, "updated_at": clock.now()})


def _emptied(
    actor: Actor, department_id: str, move_members_to: str | None, expected_version: int | None, *, also_archived: bool
) -> dict[str, Any]:
    """The department, held, with nobody in it and nothing below it. Raises NotFound, Stale, Invalid and
    DepartmentNotEmpty."""
    hold_tree(actor)
    find = queries.any_department if also_archived else queries.department
    before = find(actor, department_id)
    if expected_version not in (None, before["version"]):
        raise Stale()
    known = hold_departments(actor, [department_id, *([move_members_to] if move_members_to else [])])
    if move_members_to is not None and (move_members_to == department_id or move_members_to not in known):
        raise invalid("/move_members_to", "unknown", N_("There is no such department to move the people to."))
    below = [row for row in queries.children_of(actor, department_id) if also_archived or row.archived_at is None]
    people = len(queries.people_in(actor, department_id))
    if below or (people and move_members_to is None):
        raise _in_the_way(people, [row.name for row in below])
    if people and move_members_to is not None:
        require_whole_company(actor)
        move_people(actor, department_id, move_members_to)
    return before


def _in_the_way(people: int, below: list[str]) -> DepartmentNotEmpty:
    named = ", ".join(below[:5]) + (" …" if len(below) > 5 else "")
    said = [f"{people} people (name where they go in move_members_to)"] if people else []
    said += [f"{len(below)} departments: {named} (move or remove them first)"] if below else []
    return DepartmentNotEmpty(
        f"It still has {' and '.join(said)}.", extra={"people": people, "departments": len(below)}
    )
