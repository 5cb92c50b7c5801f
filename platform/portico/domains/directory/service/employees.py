"""People of the workspace: adding them and changing what is said of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.directory import queries
from portico.domains.directory.errors import EmailTaken, ManagerCycle
from portico.domains.directory.events import EMPLOYEE_CREATED, EMPLOYEE_UPDATED
from portico.domains.directory.models import DepartmentMember, Employee
from portico.domains.directory.ranges import require_within
from portico.domains.properties import service as properties
from portico.kernel import clock, search, text
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, NotFound, Stale, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

# What a person may say of themselves without being in charge of the directory.
OWN_FIELDS = frozenset({"mobile", "timezone", "locale"})
_CHAIN = 100
# An index row holds 2,704 bytes on PostgreSQL, and one character can fold to eighteen.
NAME_KEY_LENGTH = 200


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the search keys that belong to them."""
    columns = {key: value for key, value in values.items() if key != "departments"}
    if "display_name" in columns:
        columns["name_key"] = text.search_key(columns["display_name"])[:NAME_KEY_LENGTH]
    if "primary_email" in columns:
        email = columns["primary_email"]
        columns["email_key"] = text.email_key(email) if email else None
    return columns


def _index(actor: Actor, row: dict[str, Any], *, fresh: bool = False) -> None:
    search.index(
        actor.workspace_id,
        "employee",
        row["id"],
        row["display_name"],
        row["primary_email"],
        row["title"],
        fresh=fresh,
    )


def set_places(actor: Actor, employee_id: str, places: list[dict[str, Any]]) -> None:
    """Put an employee into exactly these departments. Raises Invalid for one that is not there."""
    work = session()
    for place, wanted in enumerate(places):
        try:
            queries.department(actor, wanted["id"])
        except NotFound:
            raise invalid(f"/departments/{place}/id", "unknown", "There is no such department.") from None
    work.execute(
        delete(DepartmentMember).where(
            DepartmentMember.workspace_id == actor.workspace_id, DepartmentMember.employee_id == employee_id
        )
    )
    if places:
        work.execute(
            insert(DepartmentMember),
            [
                {
                    "workspace_id": actor.workspace_id,
                    "department_id": wanted["id"],
                    "employee_id": employee_id,
                    "is_primary": wanted["primary"],
                    "lead": wanted["lead"],
                }
                for wanted in places
            ],
        )


def _check_manager(actor: Actor, employee_id: str, manager_id: str | None) -> None:
    """The chain of managers must end, and not come back to the employee."""
    above = manager_id
    for _ in range(_CHAIN):
        if above is None:
            return
        if above == employee_id:
            raise ManagerCycle()
        try:
            above = queries.employee(actor, above)["manager_id"]
        except NotFound:
            raise invalid("/manager_id", "unknown", "There is no such employee.") from None
    raise ManagerCycle()


def create_employee(
    actor: Actor,
    values: dict[str, Any],
    *,
    status: str = "active",
    employee_id: str | None = None,
    event: EventType = EMPLOYEE_CREATED,
) -> dict[str, Any]:
    """A new employee. Raises EmailTaken and Invalid."""
    employee_id = employee_id or new_id("emp")
    _check_manager(actor, employee_id, values.get("manager_id"))
    own = properties.merge(actor, "employee", {}, values.get("properties") or {})
    values = {**values, "properties": own}
    work = session()
    try:
        with work.begin_nested():
            work.add(Employee(workspace_id=actor.workspace_id, id=employee_id, status=status, **_columns(values)))
    except IntegrityError as error:
        raise EmailTaken() from error
    set_places(actor, employee_id, values.get("departments", []))
    require_within(actor, employee_id)
    properties.index(actor, "employee", employee_id, {}, own)
    row = queries.whole_employee(actor, employee_id)
    _index(actor, row, fresh=True)
    emit(actor, event, row)
    return queries.employee(actor, employee_id)


def update_employee(
    actor: Actor, employee_id: str, changes: dict[str, Any], expected_version: int | None = None
) -> dict[str, Any]:
    """Change an employee; people may change some fields of their own. Raises NotFound, Stale, EmailTaken, Invalid."""
    if not actor.may("directory:write") and not (employee_id == actor.employee_id and OWN_FIELDS.issuperset(changes)):
        raise Forbidden("Only your own number, zone and language can be changed without directory:write.")
    before = queries.whole_employee(actor, employee_id, lock="properties" in changes)
    if "properties" in changes:
        merged = properties.merge(actor, "employee", before["properties"], changes["properties"])
        changes = {**changes, "properties": merged}
    changed = [key for key, value in changes.items() if before[key] != value]
    if not changed and expected_version in (None, before["version"]):
        return queries.employee(actor, employee_id)
    if "manager_id" in changed:
        _check_manager(actor, employee_id, changes["manager_id"])
    write_employee(actor, before, changes, expected_version)
    if "departments" in changed:
        set_places(actor, employee_id, changes["departments"])
        require_within(actor, employee_id)
    row = queries.whole_employee(actor, employee_id)
    moved = properties.index(actor, "employee", employee_id, before["properties"], row["properties"])
    _index(actor, row)
    told = [*(name for name in changed if name != "properties"), *moved]
    emit(actor, EMPLOYEE_UPDATED, row, changes=told, before=before)
    return queries.employee(actor, employee_id)


def write_employee(
    actor: Actor, before: dict[str, Any], values: dict[str, Any], expected_version: int | None = None
) -> None:
    """One conditional UPDATE. Raises Stale and EmailTaken."""
    version = before["version"] if expected_version is None else expected_version
    statement = (
        update(Employee)
        .where(
            Employee.workspace_id == actor.workspace_id,
            Employee.id == before["id"],
            Employee.version == version,
        )
        .values(**_columns(values), version=Employee.version + 1, updated_at=clock.now())
        .returning(Employee.id)
    )
    try:
        with session().begin_nested():
            written = session().execute(statement).one_or_none()
    except IntegrityError as error:
        raise EmailTaken() from error
    if written is None:
        raise Stale()
