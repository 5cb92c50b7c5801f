"""Reads of groups; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import case, func, select

from portico.domains.directory.conditions import Conditions
from portico.domains.directory.memberships import memberships
from portico.domains.directory.models import DirectoryGroup, DirectoryGroupMember, Employee
from portico.domains.directory.predicates import SENSITIVE, employee_fields
from portico.domains.directory.queries import employees_visible_to, page_of_people, shown_employees
from portico.domains.directory.schemas import GROUP_KINDS
from portico.kernel.actor import Actor
from portico.kernel.db import AnySelect
from portico.kernel.errors import Invalid, NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.predicates import Fields, check, check_many, leaves
from portico.kernel.unit_of_work import session

_employee = Employee.__table__.c
_group = DirectoryGroup.__table__.c
_member = DirectoryGroupMember.__table__.c

GROUPS = Listing(
    id_column=_group.id,
    filters={"name": Filter(column=_group.name), "kind": Filter(column=_group.kind, choices=GROUP_KINDS)},
    sorts={"created_at": Sort(_group.id), "name": Sort(_group.name_key)},
    default_sort="name",
    search_kind="group",
)


def visible_to(actor: Actor) -> AnySelect:
    return select(DirectoryGroup.__table__).where(_group.workspace_id == actor.workspace_id)


def group(actor: Actor, group_id: str) -> dict[str, Any]:
    """One group as it stands, whatever its rule asks: for the service, and for who needs no more than that it is
    there. Raises NotFound."""
    row = session().execute(visible_to(actor).where(_group.id == group_id)).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def shown(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Groups as they are answered: with what has become wrong with their rules, and without a rule that asks for what
    the actor may not see."""
    ruled = [row for row in rows if row["rule"] is not None]
    fields = employee_fields(actor.workspace_id) if ruled else Fields("employee", {})
    wrong = check_many([("/rule", row["rule"]) for row in ruled], fields)
    errors = {row["id"]: found for row, found in zip(ruled, wrong, strict=True)}
    answers = []
    for row in rows:
        answer = {**row, "rule_errors": [error.as_dict() for error in errors.get(row["id"], ())]}
        if row["rule"] is not None and not all(map(actor.may, scopes_of(row["rule"], fields))):
            answer = {name: value for name, value in answer.items() if name not in ("rule", "rule_errors")}
            answer["redacted"] = ["rule"]
        answers.append(answer)
    return answers


def scopes_of(rule: Any, fields: Fields) -> set[str]:
    """What one must hold to read a rule. What is gone may have been sensitive."""
    asked = [fields.known.get(leaf.field) for leaf in leaves(rule)]
    scopes = [SENSITIVE if field is None else field.scope for field in asked]
    return {scope for scope in scopes if scope is not None}


def told(workspace_id: str, row: dict[str, Any]) -> dict[str, Any]:
    """A group as events carry it: a rule that asks for what not everybody may see leaves the directory in none."""
    if row["rule"] is None or not scopes_of(row["rule"], employee_fields(workspace_id)):
        return row
    return {**{name: value for name, value in row.items() if name != "rule"}, "redacted": ["rule"]}


def shown_group(actor: Actor, group_id: str) -> dict[str, Any]:
    """One group as it is answered. Raises NotFound."""
    return shown(actor, [group(actor, group_id)])[0]


def page_of_groups(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), GROUPS, actor.workspace_id, query)
    rows = shown(actor, [row._mapping for row in found.rows])
    return Page(rows, found.next_cursor, found.total, found.fields)


def member_ids(actor: Actor, group_id: str) -> set[str]:
    """Everyone who is named in a static group, whoever asks: for the service."""
    return set(
        session().scalars(
            select(_member.employee_id).where(_member.workspace_id == actor.workspace_id, _member.group_id == group_id)
        )
    )


def static_groups_of(actor: Actor, employee_id: str) -> list[str]:
    """The groups in which an employee is by name: for the service."""
    mine = select(_member.group_id).where(
        _member.workspace_id == actor.workspace_id, _member.employee_id == employee_id
    )
    return sorted(session().scalars(mine))


def members_of(actor: Actor, group_id: str, query: ListQuery) -> Page:
    """The people of a group that the actor may see, without the departed. Raises NotFound."""
    group(actor, group_id)
    statement = employees_visible_to(actor).where(Conditions(actor.workspace_id).of_groups([group_id]))
    statement = statement.where(statement.selected_columns["status"] != "departed")
    found = page_of_people(actor, statement, query)
    return Page(shown_employees(actor, found.rows), found.next_cursor, found.total, found.fields)


def sizes_of(actor: Actor, ids: Iterable[str]) -> dict[str, int]:
    """How many people are in each of these groups, without the departed; of those that the actor may see."""
    of, wanted = Conditions(actor.workspace_id), sorted(set(ids))
    dynamic = [one for one in wanted if one in of.rules]
    static = [one for one in wanted if one not in of.rules]
    return {**(_named_sizes(actor, static) if static else {}), **(_ruled_sizes(actor, of, dynamic) if dynamic else {})}


def _named_sizes(actor: Actor, ids: list[str]) -> dict[str, int]:
    inside = employees_visible_to(actor).subquery()
    statement = (
        select(_member.group_id, func.count().label("people"))
        .join(inside, inside.c.id == _member.employee_id)
        .where(_member.workspace_id == actor.workspace_id, _member.group_id.in_(ids))
        .where(inside.c.status != "departed")
        .group_by(_member.group_id)
    )
    return {row.group_id: row.people for row in session().execute(statement)}


def _ruled_sizes(actor: Actor, of: Conditions, ids: list[str]) -> dict[str, int]:
    """One statement for all: each rule is asked of each person, which costs as much as that many counts."""
    of.invalid_groups(ids)
    counts = [func.count(case((of.of_groups([one]), 1))) for one in ids]
    row = session().execute(employees_visible_to(actor).with_only_columns(*counts)).one()
    return dict(zip(ids, row, strict=True))


def preview(actor: Actor, rule: Any, most: int = 10) -> dict[str, Any]:
    """Whom a rule matches now, of those whom the actor may see: how many, and the first few by name. Raises Invalid."""
    of = Conditions(actor.workspace_id)
    require_rule(actor, rule, of)
    found = employees_visible_to(actor).where(_employee.status != "departed", of.of_predicate(rule))
    rows = session().execute(
        found.with_only_columns(_employee.id, _employee.display_name)
        .order_by(_employee.name_key, _employee.id)
        .limit(most)
    )
    count = session().scalar(found.with_only_columns(func.count()).order_by(None)) or 0
    return {"count": count, "sample": [dict(row._mapping) for row in rows]}


def require_rule(actor: Actor, rule: Any, of: Conditions | None = None) -> None:
    """That the rule can be asked, by this actor. Raises Invalid with everything that is wrong."""
    fields = (of or Conditions(actor.workspace_id)).fields
    errors = check(rule, fields, may=actor.may, pointer="/rule")
    if errors:
        raise Invalid(errors=errors)


def ids_of_kind(actor: Actor, kind: str) -> list[str]:
    """The groups of a kind."""
    return list(
        session().scalars(select(_group.id).where(_group.workspace_id == actor.workspace_id, _group.kind == kind))
    )


def names_of(actor: Actor) -> dict[str, str]:
    """Each group of the workspace by its id."""
    rows = session().execute(select(_group.id, _group.name).where(_group.workspace_id == actor.workspace_id))
    return {row.id: row.name for row in rows}


def ids_of_member(actor: Actor, employee_id: str) -> list[str]:
    """The groups that an employee is in, by name or by rule, in the order of their ids."""
    return sorted(memberships(actor.workspace_id, employee_id).inside)


def names_of_member(actor: Actor, employee_id: str) -> list[str]:
    """The groups that an employee is in, by name."""
    known = names_of(actor)
    return sorted(known[one] for one in ids_of_member(actor, employee_id) if one in known)


def count_dynamic(actor: Actor) -> int:
    return len(Conditions(actor.workspace_id).rules)
