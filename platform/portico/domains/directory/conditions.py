"""Whom a rule names, as conditions on the employee of a statement: the one reading of departments, groups, roles and
predicates, for dynamic groups and for audiences.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, and_, false, not_, or_, select

from portico.domains.directory.models import DirectoryGroup, Employee
from portico.domains.directory.predicates import employee_fields, present
from portico.domains.identity.roles import names_within
from portico.kernel import predicates
from portico.kernel.db import AnySelect
from portico.kernel.errors import FieldError
from portico.kernel.predicates import Fields
from portico.kernel.prepared import prepared

_employee = Employee.__table__.c
_group = DirectoryGroup.__table__.c
Rule = Mapping[str, Any]


@prepared
def _rules(workspace_id: str) -> AnySelect:
    dynamic = select(_group.id, _group.rule).where(_group.workspace_id == workspace_id, _group.kind == "dynamic")
    return dynamic.order_by(_group.id)


class Conditions:
    """For one statement, or a few of one moment: the definitions of properties and the present day are read once."""

    def __init__(self, workspace_id: str) -> None:
        self.workspace_id = workspace_id
        self._is_invalid: dict[str, bool] = {}

    @cached_property
    def fields(self) -> Fields:
        return employee_fields(self.workspace_id)

    @cached_property
    def _present(self) -> Any:
        return present(self.workspace_id)

    @cached_property
    def rules(self) -> dict[str, Any]:
        """The rule of each dynamic group of the workspace."""
        return {row.id: row.rule for row in _rules(self.workspace_id)}

    def invalid_groups(self, ids: Iterable[str] | None = None) -> set[str]:
        """Those of these groups (None: of all) whose rule cannot be asked any more: of a property that is gone, say."""
        mine = set(self.rules) if ids is None else self.rules.keys() & set(ids)
        asked = sorted(mine - self._is_invalid.keys())
        if asked:
            found = self.faults(self.rules[one] for one in asked)
            self._is_invalid |= {one: bool(errors) for one, errors in zip(asked, found, strict=True)}
        return {one for one in mine if self._is_invalid[one]}

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
        """Whoever is in one of these groups. In a dynamic one whose rule has become invalid is nobody."""
        dynamic = self.rules.keys() & set(ids)
        static = set(ids) - dynamic
        named = [self._beside("groups", static)] if static else []
        return anyone_of([*named, *(self.of_rule(one) for one in sorted(dynamic - self.invalid_groups(dynamic)))])

    def of_rule(self, group_id: str) -> ColumnElement[bool]:
        """Whoever the rule of a dynamic group matches, of those who have not left."""
        return and_(_employee.status != "departed", self.of_predicate(self.rules[group_id]))

    def of_roles(self, roles: Collection[str]) -> ColumnElement[bool]:
        """Whoever has one of these roles, or one that includes it, as everywhere."""
        return self._beside("role", names_within(self.workspace_id, roles))


def nobody() -> ColumnElement[bool]:
    return false()


def anyone_of(conditions: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    return or_(false(), *conditions)


def none_of(conditions: Iterable[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
    """Each by itself, so that the planner can take each for an anti-join."""
    return [not_(condition) for condition in conditions]
