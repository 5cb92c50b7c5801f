"""Operations of the directory."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import groups, queries, schemas, service
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.kernel.schemas import Nothing
from portico.web.api import ApiBlueprint, Created

blp = ApiBlueprint("directory", "Directory")
READ, WRITE = "directory:read", "directory:write"
DEPARTMENT = '/departments/<id("dep"):department_id>'
GROUP = '/groups/<id("grp"):group_id>'
EMPLOYEE = '/employees/<id("emp"):employee_id>'
INVITATION = '/invitations/<id("inv"):invitation_id>'


@blp.get(
    "/departments",
    scope=READ,
    listing=queries.DEPARTMENTS,
    answer=schemas.Department,
    summary="List departments",
)
def list_departments(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_departments(actor, query)


@blp.post(
    "/departments",
    scope=WRITE,
    body=schemas.DepartmentCreate,
    answer=schemas.Department,
    status=201,
    summary="Make a department",
    refusals=("sibling_exists",),
)
def create_department(actor: Actor, body: dict[str, Any]) -> Created:
    row = service.create_department(actor, **body)
    return Created(row, f"/api/v1/departments/{row['id']}")


@blp.get("/departments/tree", scope=READ, answer=schemas.Tree, summary="Read all departments as a tree")
def get_department_tree(actor: Actor) -> Any:
    return {"data": queries.tree(actor)}


@blp.get(DEPARTMENT, scope=READ, answer=schemas.Department, summary="Read a department")
def get_department(actor: Actor, department_id: str) -> Any:
    return queries.department(actor, department_id)


@blp.patch(
    DEPARTMENT,
    scope=WRITE,
    body=schemas.DepartmentUpdate,
    answer=schemas.Department,
    versioned=True,
    summary="Rename, reorder or move a department",
    refusals=("sibling_exists", "department_cycle", "stale"),
)
def update_department(actor: Actor, department_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return service.update_department(actor, department_id, body, expected_version)


@blp.delete(
    DEPARTMENT,
    scope=WRITE,
    status=204,
    versioned=True,
    summary="Archive an empty department",
    refusals=("department_not_empty", "stale"),
)
def archive_department(actor: Actor, department_id: str, expected_version: int | None) -> None:
    service.archive_department(actor, department_id, expected_version)


@blp.get(
    f"{DEPARTMENT}/members",
    scope=READ,
    listing=queries.EMPLOYEES,
    parameters={"recursive": False},
    answer=schemas.Employee,
    reads="employee",
    summary="List the people of a department",
)
def list_department_members(actor: Actor, department_id: str, query: ListQuery, recursive: str | None) -> Any:
    return queries.members_of(actor, department_id, query, recursive=recursive == "true")


@blp.get("/groups", scope=READ, listing=groups.GROUPS, answer=schemas.Group, summary="List groups")
def list_groups(actor: Actor, query: ListQuery) -> Any:
    return groups.page_of_groups(actor, query)


@blp.post(
    "/groups",
    scope=WRITE,
    body=schemas.GroupCreate,
    answer=schemas.Group,
    status=201,
    summary="Make a group",
    refusals=("group_exists",),
)
def create_group(actor: Actor, body: dict[str, Any]) -> Created:
    row = service.create_group(actor, **body)
    return Created(row, f"/api/v1/groups/{row['id']}")


@blp.get(GROUP, scope=READ, answer=schemas.Group, summary="Read a group")
def get_group(actor: Actor, group_id: str) -> Any:
    return groups.group(actor, group_id)


@blp.patch(
    GROUP,
    scope=WRITE,
    body=schemas.GroupUpdate,
    answer=schemas.Group,
    versioned=True,
    summary="Rename or describe a group",
    refusals=("group_exists", "stale"),
)
def update_group(actor: Actor, group_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return service.update_group(actor, group_id, body, expected_version)


@blp.delete(GROUP, scope=WRITE, status=204, versioned=True, summary="Delete a group", refusals=("stale",))
def delete_group(actor: Actor, group_id: str, expected_version: int | None) -> None:
    service.delete_group(actor, group_id, expected_version)


@blp.get(
    f"{GROUP}/members",
    scope=READ,
    listing=queries.EMPLOYEES,
    answer=schemas.Employee,
    reads="employee",
    summary="List the people of a group",
)
def list_group_members(actor: Actor, group_id: str, query: ListQuery) -> Any:
    return groups.members_of(actor, group_id, query)


@blp.patch(
    f"{GROUP}/members",
    scope=WRITE,
    body=schemas.GroupMembersChange,
    answer=schemas.Group,
    summary="Put people into a group and take people out",
    refusals=("out_of_range",),
)
def change_group_members(actor: Actor, group_id: str, body: dict[str, Any]) -> Any:
    service.change_members(actor, group_id, **body)
    return groups.group(actor, group_id)


@blp.get(
    "/employees",
    scope=READ,
    listing=queries.EMPLOYEES,
    answer=schemas.Employee,
    reads="employee",
    summary="List employees",
)
def list_employees(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_employees(actor, query)


@blp.post(
    "/employees",
    scope=WRITE,
    body=schemas.EmployeeCreate,
    answer=schemas.Employee,
    status=201,
    summary="Add an employee",
    refusals=("email_taken",),
)
def create_employee(actor: Actor, body: dict[str, Any]) -> Created:
    row = service.create_employee(actor, body)
    return Created(row, f"/api/v1/employees/{row['id']}")


@blp.post(
    "/employees/lookup",
    scope=READ,
    body=schemas.Lookup,
    answer=schemas.LookupAnswer,
    reads="employee",
    summary="Find employees by ids or addresses",
)
def lookup_employees(actor: Actor, body: dict[str, Any]) -> Any:
    return {"data": queries.lookup(actor, body["ids"], body["emails"])}


@blp.get(EMPLOYEE, scope=READ, answer=schemas.Employee, reads="employee", summary="Read an employee")
def get_employee(actor: Actor, employee_id: str) -> Any:
    return queries.employee(actor, employee_id)


@blp.patch(
    EMPLOYEE,
    scope=READ,
    body=schemas.EmployeeUpdate,
    answer=schemas.Employee,
    versioned=True,
    summary="Change an employee, or some fields of one's own",
    refusals=("email_taken", "manager_cycle", "stale"),
)
def update_employee(actor: Actor, employee_id: str, body: dict[str, Any], expected_version: int | None) -> Any:
    return service.update_employee(actor, employee_id, body, expected_version)


@blp.post(
    f"{EMPLOYEE}/suspend",
    scope=WRITE,
    body=Nothing,
    optional_body=True,
    answer=schemas.Employee,
    summary="Suspend an employee: sign-in and tokens end at once",
    refusals=("invalid_state", "last_owner"),
)
def suspend_employee(actor: Actor, employee_id: str, body: dict[str, Any]) -> Any:
    return service.suspend(actor, employee_id)


@blp.post(
    f"{EMPLOYEE}/reactivate",
    scope=WRITE,
    body=Nothing,
    optional_body=True,
    answer=schemas.Employee,
    summary="Let a suspended or departed employee in again",
    refusals=("invalid_state", "email_taken"),
)
def reactivate_employee(actor: Actor, employee_id: str, body: dict[str, Any]) -> Any:
    return service.reactivate(actor, employee_id)


@blp.post(
    f"{EMPLOYEE}/depart",
    scope=WRITE,
    body=Nothing,
    optional_body=True,
    answer=schemas.Employee,
    summary="Record that an employee left",
    refusals=("invalid_state", "last_owner"),
)
def depart_employee(actor: Actor, employee_id: str, body: dict[str, Any]) -> Any:
    return service.depart(actor, employee_id)


@blp.get(
    "/invitations",
    scope="members:read",
    listing=queries.INVITATIONS,
    answer=schemas.Invitation,
    people_only=True,
    summary="List invitations",
)
def list_invitations(actor: Actor, query: ListQuery) -> Any:
    return queries.page_of_invitations(actor, query)


@blp.post(
    "/invitations",
    scope="members:write",
    body=schemas.InvitationCreate,
    answer=schemas.Invitation,
    status=201,
    people_only=True,
    summary="Invite a person by e-mail",
    refusals=("email_taken",),
)
def create_invitation(actor: Actor, body: dict[str, Any]) -> Created:
    row = service.invite(actor, **body)
    return Created(row, f"/api/v1/invitations/{row.id}")


@blp.get(
    INVITATION,
    scope="members:read",
    answer=schemas.Invitation,
    people_only=True,
    summary="Read an invitation",
)
def get_invitation(actor: Actor, invitation_id: str) -> Any:
    return queries.invitation(actor, invitation_id)


@blp.post(
    f"{INVITATION}/resend",
    scope="members:write",
    body=Nothing,
    optional_body=True,
    answer=schemas.Invitation,
    people_only=True,
    summary="Send a new link; the old one dies",
    refusals=("invitation_over",),
)
def resend_invitation(actor: Actor, invitation_id: str, body: dict[str, Any]) -> Any:
    return service.resend(actor, invitation_id)


@blp.delete(
    INVITATION,
    scope="members:write",
    status=204,
    people_only=True,
    summary="Withdraw an invitation",
    refusals=("invitation_over",),
)
def withdraw_invitation(actor: Actor, invitation_id: str) -> None:
    service.withdraw(actor, invitation_id)
