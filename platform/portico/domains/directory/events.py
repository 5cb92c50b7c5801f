"""Events of the directory."""

from __future__ import annotations

from portico.domains.directory import schemas
from portico.kernel.events import EventType

_READ = "directory:read"
_HIDDEN = {"mobile": "directory.sensitive:read"}
_AT = "2026-11-22T09:30:00.000Z"
_DEPARTMENT = {
    "id": "dep_01jd0000000000000000000000",
    "name": "Support",
    "parent_id": None,
    "path": ["dep_01jd0000000000000000000000"],
    "sort_order": 0,
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
}
_EMPLOYEE = {
    "id": "emp_01jd0000000000000000000000",
    "display_name": "Ada",
    "status": "active",
    "primary_email": "ada@acme.example",
    "mobile": "+49 30 901820",
    "title": "Head of Support",
    "departments": [{"id": "dep_01jd0000000000000000000000", "primary": True, "lead": True}],
    "manager_id": None,
    "timezone": "Europe/Berlin",
    "locale": "en",
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
}


def _department(verb: str, title: str) -> EventType:
    return EventType(f"department.{verb}", _READ, title, schemas.Department, _DEPARTMENT)


def _employee(verb: str, title: str) -> EventType:
    return EventType(f"employee.{verb}", _READ, title, schemas.Employee, _EMPLOYEE, hidden=_HIDDEN)


DEPARTMENT_CREATED = _department("created", "A department was made")
DEPARTMENT_UPDATED = _department("updated", "A department was changed")
DEPARTMENT_MOVED = _department("moved", "A department was moved in the tree")
DEPARTMENT_ARCHIVED = _department("archived", "A department was archived")
EMPLOYEE_CREATED = _employee("created", "An employee was added")
EMPLOYEE_UPDATED = _employee("updated", "An employee was changed")
EMPLOYEE_ACTIVATED = _employee("activated", "An employee became active")
EMPLOYEE_SUSPENDED = _employee("suspended", "An employee was suspended")
EMPLOYEE_DEPARTED = _employee("departed", "An employee left")
EMPLOYEE_REHIRED = _employee("rehired", "An employee came back")
