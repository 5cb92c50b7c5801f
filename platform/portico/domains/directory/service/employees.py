"""People of the workspace: adding them and changing what is said of them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from portico.domains.directory import queries
from portico.domains.directory.errors import EmailTaken, EmployeeNoTaken, ExternalIdTaken, ManagerCycle
from portico.domains.directory.events import EMPLOYEE_CREATED, EMPLOYEE_UPDATED
from portico.domains.directory.models import Employee
from portico.domains.directory.predicates import short_key
from portico.domains.directory.queries.reporting import LONGEST_CHAIN
from portico.domains.directory.ranges import require_within
from portico.domains.directory.service.holding import hold_tree
from portico.domains.directory.service.places import completed, require_departments, write_places
from portico.domains.properties import service as properties
from portico.kernel import clock, search, text
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, NotFound, Refusal, Stale, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.text import N_
from portico.kernel.unit_of_work import session

# What a person may say of themselves without being in charge of the directory.
OWN_FIELDS = frozenset({"mobile", "hide_mobile", "private_email", "timezone", "locale"})


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """The values with the search keys that belong to them."""
    columns = {key: value for key, value in values.items() if key != "departments"}
    if "display_name" in columns:
        columns["name_key"] = short_key(columns["display_name"])
    if "title" in columns:
        columns["title_key"] = short_key(columns["title"]) if columns["title"] else None
    if "primary_email" in columns:
        email = columns["primary_email"]
        columns["email_key"] = text.email_key(email) if email else None
    if "employee_no" in columns:
        number = columns["employee_no"]
        columns["employee_no_key"] = short_key(number) if number else None
    return columns


def _index(actor: Actor, row: dict[str, Any], *, fresh: bool = False) -> None:
    search.index(
        actor.workspace_id,
        "employee",
        row["id"],
        row["display_name"],
        row["primary_email"],
        row["title"],
        row["phonetic_name"],
        row["employee_no"],
        fresh=fresh,
    )


def _refused(error: IntegrityError) -> Refusal:
    """Which of the unique fields somebody else has."""
    said = str(error.orig)
    if "employee_no" in said:
        return EmployeeNoTaken()
    return ExternalIdTaken() if "external" in said else EmailTaken()


def require_manager(actor: Actor, manager_id: str, pointer: str) -> None:
    """Raises Invalid for somebody who is not there, or has left."""
    try:
        manager = queries.whole_employee(actor, manager_id)
    except NotFound:
        raise invalid(pointer, "unknown", N_("There is no such employee.")) from None
    if manager["status"] == "departed":
        raise invalid(pointer, "departed", N_("This person has left."))


def _check_manager(actor: Actor, employee_id: str, manager_id: str | None) -> None:
    """The chain of managers must end, and not come back to the employee. Two who would become each other's managers
    at once come one after the other. Raises ManagerCycle and Invalid."""
    if manager_id is None:
        return
    hold_tree(actor)
    require_manager(actor, manager_id, "/manager_id")
    chain = queries.managers_above(actor, manager_id)
    if employee_id in chain:
        raise ManagerCycle()
    if len(chain) > LONGEST_CHAIN:
        raise invalid("/manager_id", "too_deep", N_("A chain of managers has at most 100 links."))


def create_employee(
    actor: Actor,
    values: dict[str, Any],
    *,
    status: str = "active",
    employee_id: str | None = None,
    event: EventType = EMPLOYEE_CREATED,
) -> dict[str, Any]:
    """A new employee. Raises EmailTaken, EmployeeNoTaken, ExternalIdTaken and Invalid."""
    employee_id = employee_id or new_id("emp")
    _check_manager(actor, employee_id, values.get("manager_id"))
    places = completed(values.get("departments", []))
    require_departments(actor, values.get("departments", []))
    own = properties.merge(actor, "employee", {}, values.get("properties") or {})
    values = {**values, "properties": own}
    work = session()
    try:
        with work.begin_nested():
            work.add(Employee(workspace_id=actor.workspace_id, id=employee_id, status=status, **_columns(values)))
    except IntegrityError as error:
        raise _refused(error) from error
    write_places(actor, {employee_id: ((), places)})
    require_within(actor, employee_id)
    properties.index(actor, "employee", employee_id, {}, own)
    row = queries.whole_employee(actor, employee_id)
    _index(actor, row, fresh=True)
    emit(actor, event, queries.told(row))
    return queries.employee(actor, employee_id)


def update_employee(
    actor: Actor, employee_id: str, changes: dict[str, Any], expected_version: int | None = None
) -> dict[str, Any]:
    """Change an employee; people may change some fields of their own, which an app does
    not do for them. Raises NotFound, Stale, Invalid, ManagerCycle,
    and what is taken."""
    own = employee_id == actor.employee_id and not actor.through_app
    if not actor.may("directory:write") and not (own and OWN_FIELDS.issuperset(changes)):
        raise Forbidden(
            "Without directory:write you can change your own private number, address, zone and language only."
        )
    if "manager_id" in changes:
        _check_manager(actor, employee_id, changes["manager_id"])
    if "departments" in changes:
        require_departments(actor, changes["departments"])
        changes = {**changes, "departments": completed(changes["departments"])}
    before = queries.whole_employee(actor, employee_id, lock=bool({"properties", "departments"} & changes.keys()))
    if "properties" in changes:
        merged = properties.merge(actor, "employee", before["properties"], changes["properties"])
        changes = {**changes, "properties": merged}
    changed = [key for key, value in changes.items() if before[key] != value]
    if not changed and expected_version in (None, before["version"]):
        return queries.employee(actor, employee_id)
    write_employee(actor, before, changes, expected_version)
    if "departments" in changed:
        write_places(actor, {employee_id: (before["departments"], changes["departments"])})
        require_within(actor, employee_id)
    row = queries.whole_employee(actor, employee_id)
    moved = properties.index(actor, "employee", employee_id, before["properties"], row["properties"])
    _index(actor, row)
    told = [*(name for name in changed if name != "properties"), *moved]
    emit(actor, EMPLOYEE_UPDATED, queries.told(row), changes=told, before=queries.told(before))
    return queries.employee(actor, employee_id)


def write_employee(
    actor: Actor, before: dict[str, Any], values: dict[str, Any], expected_version: int | None = None
) -> None:
    """One conditional UPDATE. Raises Stale, EmailTaken, EmployeeNoTaken and ExternalIdTaken."""
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
        raise _refused(error) from error
    if written is None:
        raise Stale()
