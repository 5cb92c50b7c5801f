"""Whom a rule names, as conditions on the employee of a statement: the one reading of departments, groups, roles and
predicates, for dynamic groups and for audiences.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, false, not_, or_

from portico.domains.directory.models import Employee
from portico.domains.directory.predicates import employee_fields, present
from portico.kernel import predicates
from portico.kernel.actor import ROLES, roles_within
from portico.kernel.errors import FieldError
from portico.kernel.predicates import Fields

_employee = Employee.__table__.c
Rule = Mapping[str, Any]


class Conditions:
    """For one statement, or a few of one moment: the definitions of properties and the present day are read once."""

    def __init__(self, workspace_id: str) -> None:
        self.workspace_id = workspace_id

    @cached_property
    def fields(self) -> Fields:
        return employee_fields(self.workspace_id)

    @cached_property
    def _present(self) -> Any:
        return present(self.workspace_id)

    def faults(self, trees: Iterable[Any]) -> list[list[FieldError]]:
        """What is wrong with each of these predicates, as things stand now."""
        return predicates.check_many([("", tree) for tree in trees], self.fields)

    def of_predicate(self, tree: Any) -> ColumnElement[bool]:
        """Of one without faults. Raises PredicateInvalid."""
        today, zone = self._present
        return predicates.compile(tree, self.fields, today=today, zone=zone)

    def _beside(self, field: str, keys: Collection[str]) -> ColumnElement[bool]:
        known = self.fields.known[field]
        return known.beside(known.column.in_(sorted(keys)))

    def of_departments(self, ids: Collection[str], *, recursive: bool) -> ColumnElement[bool]:
        return self._beside("within_departments" if recursive else "departments", ids)

    def of_groups(self, ids: Collection[str]) -> ColumnElement[bool]:
        return self._beside("groups", ids)

    def of_roles(self, roles: Collection[str]) -> ColumnElement[bool]:
        """Whoever has one of these roles, or one that includes it, as everywhere."""
        return self._beside("role", [name for name in ROLES if not roles_within(name).isdisjoint(roles)])


def nobody() -> ColumnElement[bool]:
    return false()


def anyone_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(false(), *conditions)


def none_of(conditions: Iterable[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Each by itself, so that the planner can take each for an anti-join."""
    return [not_(condition) for condition in conditions]
