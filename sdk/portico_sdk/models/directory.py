from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portico_sdk.models._base import Model


@dataclass(frozen=True, kw_only=True)
class Department(Model):
    """`path` holds the ids of the departments above, from the root down to this one."""

    id: str
    name: str
    parent_id: str | None
    path: tuple[str, ...]
    sort_order: int | None
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class Group(Model):
    """People who belong together across departments."""

    id: str
    name: str
    description: str | None
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None


@dataclass(frozen=True, kw_only=True)
class DepartmentNode(Model):
    """A department with everything below it; `members` counts the people directly in it."""

    id: str
    name: str
    sort_order: int | None
    members: int | None
    children: tuple[DepartmentNode, ...]


@dataclass(frozen=True, kw_only=True)
class EmployeeDepartment(Model):
    id: str
    primary: bool
    lead: bool


@dataclass(frozen=True, kw_only=True)
class Employee(Model):
    """A person of the company; `status` is invited, active, suspended or departed."""

    id: str
    display_name: str
    status: str
    primary_email: str | None
    mobile: str | None
    title: str | None
    departments: tuple[EmployeeDepartment, ...]
    manager_id: str | None
    timezone: str | None
    locale: str | None
    created_at: datetime | None
    updated_at: datetime | None
    version: int | None
