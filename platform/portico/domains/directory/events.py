"""Events of the directory."""

from __future__ import annotations

from portico.domains.directory import presence_schemas, schemas
from portico.kernel.events import EventType

_READ = "directory:read"
_HIDDEN = dict.fromkeys(("mobile", "private_email", "hired_on", "leaves_on"), "directory.sensitive:read")
_AT = "2026-11-22T09:30:00.000Z"
_DEPARTMENT = {
    "id": "dep_01jd0000000000000000000000",
    "name": "Support",
    "parent_id": None,
    "path": ["dep_01jd0000000000000000000000"],
    "sort_order": 0,
    "external_id": None,
    "archived_at": None,
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
}
_GROUP = {
    "id": "grp_01jd0000000000000000000000",
    "name": "First aiders",
    "description": "Who helps when somebody is hurt",
    "kind": "dynamic",
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
    "rule": {"field": "title", "op": "contains", "value": "nurse"},
}
_EMPLOYEE = {
    "id": "emp_01jd0000000000000000000000",
    "display_name": "Ada Lovelace",
    "family_name": "Lovelace",
    "given_name": "Ada",
    "phonetic_name": None,
    "status": "active",
    "employee_no": "1815",
    "external_id": "hr:1815",
    "primary_email": "ada@acme.example",
    "work_phone": "+49 30 901820-17",
    "title": "Head of Support",
    "departments": [
        {
            "id": "dep_01jd0000000000000000000000",
            "primary": True,
            "lead": True,
            "title": None,
            "sort_order": 0,
        }
    ],
    "manager_id": None,
    "timezone": "Europe/Berlin",
    "locale": "en",
    "properties": {"badge": "A-17"},
    "hide_mobile": False,
    "created_at": _AT,
    "updated_at": _AT,
    "version": 1,
    "mobile": "+49 170 1234567",
    "private_email": None,
    "hired_on": "2026-01-07",
    "leaves_on": None,
}


def _department(verb: str, title: str) -> EventType:
    return EventType(f"department.{verb}", _READ, title, schemas.Department, _DEPARTMENT)


def _employee(verb: str, title: str) -> EventType:
    return EventType(f"employee.{verb}", _READ, title, schemas.Employee, _EMPLOYEE, hidden=_HIDDEN)


def _group(verb: str, title: str) -> EventType:
    return EventType(f"group.{verb}", _READ, title, schemas.Group, _GROUP)


GROUP_CREATED = _group("created", "A group was made")
GROUP_UPDATED = _group("updated", "A group was changed")
GROUP_MEMBERS_CHANGED = _group("members_changed", "People were put into a group or taken out")
GROUP_DELETED = _group("deleted", "A group was deleted")
DEPARTMENT_CREATED = _department("created", "A department was made")
DEPARTMENT_UPDATED = _department("updated", "A department was changed")
DEPARTMENT_MOVED = _department("moved", "A department was moved in the tree")
DEPARTMENT_ARCHIVED = _department("archived", "A department was archived")
DEPARTMENT_UNARCHIVED = _department("unarchived", "An archived department was brought back")
DEPARTMENT_DELETED = _department("deleted", "A department was deleted")
EMPLOYEE_CREATED = _employee("created", "An employee was added")
EMPLOYEE_UPDATED = _employee("updated", "An employee was changed")
EMPLOYEE_ACTIVATED = _employee("activated", "An employee became active")
EMPLOYEE_SUSPENDED = _employee("suspended", "An employee was suspended")
EMPLOYEE_DEPARTED = _employee("departed", "An employee left")
EMPLOYEE_REHIRED = _employee("rehired", "An employee came back")
_PRESENCE = {
    "employee_id": "emp_01jd0000000000000000000000",
    "availability": "on_break",
    "source": "break",
    "until": "2026-11-22T13:00:00.000Z",
    "text": "At lunch",
    "emoji": "🍜",
    "dnd_until": None,
    "version": 3,
}
PRESENCE_CHANGED = EventType(
    "presence.changed",
    "presence:read",
    "Somebody came, went, took a break or is back from one",
    presence_schemas.Presence,
    _PRESENCE,
    batched=True,
)
