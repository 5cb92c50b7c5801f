from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class Department(Model):
    """`path` holds the ids of the departments above, from the root down to this one."""

    id: str
    name: str
    parent_id: str | None
    path: tuple[str, ...]
    sort_order: int | None
    external_id: str | None
    archived_at: datetime | None
    lead_employee_ids: tuple[str, ...]
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class RuleError(Model):
    """What has become wrong with the rule of a group: of a property that is gone, for example."""

    pointer: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Group(Model):
    """People who belong together across departments: named one by one (`static`), or those whom `rule` matches at each
    time (`dynamic`). Nobody is in one with `rule_errors`."""

    id: str
    name: str
    description: str | None
    kind: str
    rule: Mapping[str, Any] | None
    rule_errors: tuple[RuleError, ...]
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Person(Model):
    id: str
    display_name: str


@dataclass(frozen=True, kw_only=True)
class RulePreview(Model):
    """Whom a rule would match now: how many, and the first few by name."""

    count: int
    sample: tuple[Person, ...]


@dataclass(frozen=True, kw_only=True)
class RuleField(Model):
    """What a rule can ask: `choices` maps a value to what people call it, `scope` is what one must hold to ask."""

    name: str
    title: str
    kind: str
    many: bool
    operators: tuple[str, ...]
    choices: Mapping[str, str]
    scope: str | None


@dataclass(frozen=True, kw_only=True)
class DepartmentNode(Model):
    """A department with everything below it; `members` counts the people directly in it, `descendants` the departments
    below it, also where the tree was cut off."""

    id: str
    name: str
    sort_order: int | None
    members: int | None
    descendants: int | None
    children: tuple[DepartmentNode, ...]


@dataclass(frozen=True, kw_only=True)
class EmployeeDepartment(Model):
    id: str
    primary: bool
    lead: bool
    title: str | None
    sort_order: int | None


@dataclass(frozen=True, kw_only=True)
class PastDepartment(Model):
    """A membership that has ended."""

    id: str
    department_id: str
    department_name: str
    primary: bool
    lead: bool
    title: str | None
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, kw_only=True)
class Employee(Model):
    """A person of the company; `status` is invited, active, suspended or departed."""

    id: str
    display_name: str
    family_name: str | None
    given_name: str | None
    phonetic_name: str | None
    status: str
    employee_no: str | None
    external_id: str | None
    primary_email: str | None
    private_email: str | None
    mobile: str | None
    hide_mobile: bool | None
    work_phone: str | None
    title: str | None
    hired_on: date | None
    leaves_on: date | None
    departments: tuple[EmployeeDepartment, ...]
    manager_id: str | None
    timezone: str | None
    locale: str | None
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None
