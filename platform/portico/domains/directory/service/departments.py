"""The tree of departments. Whoever changes its shape holds the workspace's tree row until the commit."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portico.domains.directory import queries
from portico.domains.directory.errors import DepartmentCycle, ExternalIdTaken, SiblingExists
from portico.domains.directory.events import DEPARTMENT_CREATED, DEPARTMENT_MOVED, DEPARTMENT_UPDATED
from portico.domains.directory.models import Department
from portico.domains.directory.ranges import require_whole_company
from portico.domains.directory.service.holding import hold_tree
from portico.kernel import clock, search, text
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, Stale, invalid
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

DEEPEST = 15
# An index row holds 2,704 bytes on PostgreSQL, and one character can fold to eighteen.
_KEY_LENGTH = 200
_LAST = chr(0x10FFFF)


def _parent_path(actor: Actor, parent_id: str | None) -> str:
    if parent_id is None:
        return "/"
    try:
        parent = queries.department(actor, parent_id)
    except NotFound:
        raise invalid("/parent_id", "unknown", N_("There is no such department.")) from None
    if len(parent["path"]) >= DEEPEST:
        raise invalid("/parent_id", "too_deep", N_("Departments go 15 levels deep."))
    return "/" + "/".join(parent["path"]) + "/"


def _refused(error: IntegrityError) -> Exception:
    """Which rule of the table stood in the way, as the caller is told."""
    said = str(error.orig)
    if "fk_" in said or "FOREIGN KEY" in said:
        return invalid("/parent_id", "unknown", N_("There is no such department."))
    return ExternalIdTaken() if "external" in said else SiblingExists()


def create_department(
    actor: Actor, *, name: str, parent_id: str | None = None, sort_order: int = 0, external_id: str | None = None
) -> dict[str, Any]:
    """A new department. Raises SiblingExists, ExternalIdTaken and Invalid."""
    hold_tree(actor)
    department_id = new_id("dep")
    work = session()
    try:
        with work.begin_nested():
            work.add(
                Department(
                    workspace_id=actor.workspace_id,
                    id=department_id,
                    name=name,
                    name_key=text.search_key(name)[:_KEY_LENGTH],
                    parent_id=parent_id,
                    parent_key=parent_id or "",
                    path=f"{_parent_path(actor, parent_id)}{department_id}/",
                    sort_order=sort_order,
                    external_id=external_id,
                )
            )
    except IntegrityError as error:
        raise _refused(error) from error
    search.index(actor.workspace_id, "department", department_id, name, fresh=True)
    row = queries.department(actor, department_id)
    emit(actor, DEPARTMENT_CREATED, row)
    return row


def update_department(
    actor: Actor, department_id: str, changes: dict[str, Any], expected_version: int | None = None
) -> dict[str, Any]:
    """Rename, reorder or move. Raises NotFound, Stale, SiblingExists, ExternalIdTaken, DepartmentCycle, Invalid."""
    hold_tree(actor)
    before = queries.department(actor, department_id)
    changed = {key: value for key, value in changes.items() if before[key] != value}
    if not changed and expected_version in (None, before["version"]):
        return before
    values = dict(changed)
    if "name" in changed:
        values["name_key"] = text.search_key(changed["name"])[:_KEY_LENGTH]
    if "parent_id" in changed:
        require_whole_company(actor)
        values["parent_key"] = changed["parent_id"] or ""
    write_department(actor, before, values, expected_version)
    if "parent_id" in changed:
        _move(actor, before, changed["parent_id"])
    search.index(actor.workspace_id, "department", department_id, changed.get("name", before["name"]))
    row = queries.department(actor, department_id)
    kind = DEPARTMENT_MOVED if "parent_id" in changed else DEPARTMENT_UPDATED
    emit(actor, kind, row, changes=list(changed), before=before)
    return row


def write_department(
    actor: Actor, before: dict[str, Any], values: dict[str, Any], expected_version: int | None = None
) -> None:
    """One conditional UPDATE. Raises Stale, SiblingExists, ExternalIdTaken and Invalid."""
    statement = (
        update(Department)
        .where(Department.workspace_id == actor.workspace_id, Department.id == before["id"])
        .where(Department.version == (before["version"] if expected_version is None else expected_version))
        .values(**values, version=Department.version + 1, updated_at=clock.now())
        .returning(Department.id)
    )
    try:
        with session().begin_nested():
            if session().execute(statement).one_or_none() is None:
                raise Stale()
    except IntegrityError as error:
        raise _refused(error) from error


def move_department(
    actor: Actor, department_id: str, *, parent_id: str | None, sort_order: int | None = None
) -> dict[str, Any]:
    """Below another one, or to the top with None; everything below comes along. Raises as `update_department`."""
    order = {} if sort_order is None else {"sort_order": sort_order}
    return update_department(actor, department_id, {"parent_id": parent_id, **order})


def _move(actor: Actor, before: dict[str, Any], parent_id: str | None) -> None:
    """Rewrite the paths of the whole subtree in one statement, those of archived departments too."""
    old = "/" + "/".join(before["path"]) + "/"
    above = _parent_path(actor, parent_id)
    if above.startswith(old):
        raise DepartmentCycle()
    new = f"{above}{before['id']}/"
    work = session()
    subtree = (
        Department.workspace_id == actor.workspace_id,
        Department.path >= old,
        Department.path < old + _LAST,
    )
    deepest = max(path.count("/") - 1 for path in work.scalars(select(Department.path).where(*subtree)))
    if deepest - len(before["path"]) + new.count("/") - 1 > DEEPEST:
        raise invalid("/parent_id", "too_deep", N_("Departments go 15 levels deep."))
    work.execute(
        update(Department)
        .where(*subtree)
        .values(path=new + func.substr(Department.path, len(old) + 1))
        .execution_options(synchronize_session=False)
    )
