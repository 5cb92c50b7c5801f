"""Who is in which group, of whatever kind: by name or by rule. Everything that asks it asks here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from portico.domains.directory.conditions import Conditions
from portico.domains.directory.models import DirectoryGroupMember, Employee
from portico.kernel.db import AnySelect
from portico.kernel.unit_of_work import once, session

_employee = Employee.__table__.c
_member = DirectoryGroupMember.__table__.c


@dataclass(frozen=True, slots=True)
class Memberships:
    """The groups of one employee, and those of which nobody knows: their rule has become invalid. Nobody is in these;
    but what is kept from a group is kept from whoever may be in it."""

    inside: frozenset[str]
    unknown: frozenset[str]


def memberships(workspace_id: str, employee_id: str) -> Memberships:
    """Two statements, and a third where there are dynamic groups, however many."""
    return once(("memberships", workspace_id, employee_id), lambda: _memberships(workspace_id, employee_id))


def _memberships(workspace_id: str, employee_id: str) -> Memberships:
    mine = select(_member.group_id).where(_member.workspace_id == workspace_id, _member.employee_id == employee_id)
    named = frozenset(session().scalars(mine))
    of = Conditions(workspace_id)
    if not of.rules:
        return Memberships(named, frozenset())
    invalid = of.invalid_groups()
    asked = [one for one in of.rules if one not in invalid]
    matching = select(*(of.of_rule(one) for one in asked)).select_from(Employee.__table__)
    row = (
        session()
        .execute(matching.where(_employee.workspace_id == workspace_id, _employee.id == employee_id))
        .one_or_none()
        if asked
        else None
    )
    found = [] if row is None else [one for one, inside in zip(asked, row, strict=True) if inside]
    return Memberships(named.union(found), frozenset(invalid))


def people_of_groups(workspace_id: str, group_ids: Collection[str]) -> list[AnySelect]:
    """Selects, each of ids of employees, that together are whoever is in one of these groups."""
    of = Conditions(workspace_id)
    dynamic = of.rules.keys() & set(group_ids)
    members = select(_member.employee_id).where(_member.workspace_id == workspace_id)
    found = [members.where(_member.group_id.in_(sorted(set(group_ids) - dynamic)))]
    if dynamic:
        people = select(_employee.id).where(_employee.workspace_id == workspace_id, of.of_groups(dynamic))
        found.append(people.correlate(None))
    return found
