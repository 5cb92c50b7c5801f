"""Audiences: for whom something is, as rules that include and rules that exclude. Whoever is excluded is out, however
often they are included; only active employees are in.

    audience = fields.Nested(audiences.Audience, required=True)
    audiences.check_audience(actor, audience)
    insert(Receipt).from_select([...], audiences.people(workspace_id, audience))

Who is in is asked each time of the directory as it stands, in one statement, whatever the size. A rule that has become
invalid (of a property that is gone, for example) includes nobody; an invalid one that excludes leaves nobody at all:
an audience never grows because something was deleted. A group whose own rule is invalid counts as an invalid rule.
`faults` says so, and `check_audience` refuses it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema
from sqlalchemy import ColumnElement, and_, case, func, literal, select, true

from portico.domains.directory.conditions import Conditions, anyone_of, nobody, none_of
from portico.domains.directory.models import Employee
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import ROLES, Actor
from portico.kernel.data_range import Reader
from portico.kernel.db import AnySelect
from portico.kernel.errors import FieldError, Invalid
from portico.kernel.ids import is_id
from portico.kernel.predicates import Predicate, check_many
from portico.kernel.schemas import Choice, Input
from portico.kernel.unit_of_work import session

KINDS = ("all", "department", "group", "role", "employee", "predicate")
PREFIXES = {"department": "dep", "group": "grp", "employee": "emp"}
MOST_RULES, MOST_PREDICATES = 200, 10
EVERYONE: dict[str, Any] = {"include": [{"kind": "all"}], "exclude": []}
_FIELDS = {"department": "departments", "group": "groups", "employee": "manager"}
"""Which field of predicates knows whether there is such a record."""
_employee = Employee.__table__.c
Rules = list[Mapping[str, Any]]


class AudienceRule(Input):
    """`id` names a department, a group or an employee, or is a role; `recursive` takes in the departments below."""

    kind = Choice(*KINDS, required=True)
    id = fields.String(validate=validate.Length(max=60))
    recursive = fields.Boolean()
    predicate = Predicate()

    @validates_schema
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        kind, wanted = data["kind"], {"all": set(), "predicate": {"predicate"}}.get(data["kind"], {"id"})
        wrong = {name: [f"A rule of kind {kind} needs this."] for name in wanted - data.keys()}
        allowed = wanted | {"kind"} | ({"recursive"} if kind == "department" else set())
        wrong |= {name: [f"A rule of kind {kind} has none of this."] for name in data.keys() - allowed}
        if kind == "role" and data.get("id", ROLES[0]) not in ROLES:
            wrong["id"] = [f"Choose of: {', '.join(ROLES)}."]
        if kind in PREFIXES and "id" in data and not is_id(data["id"], PREFIXES[kind]):
            wrong["id"] = [f"This is not an id; it must begin with {PREFIXES[kind]}_."]
        if wrong:
            raise ValidationError(wrong)

    @post_load
    def _full(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {**data, "recursive": data.get("recursive", True)} if data["kind"] == "department" else data


class Audience(Input):
    include = fields.List(fields.Nested(AudienceRule), required=True, validate=validate.Length(max=MOST_RULES))
    exclude = fields.List(  # type: ignore[assignment]
        fields.Nested(AudienceRule), load_default=list, validate=validate.Length(max=MOST_RULES)
    )

    @validates_schema
    def _few(self, data: dict[str, Any], **_: Any) -> None:
        if sum(rule["kind"] == "predicate" for rule in [*data["include"], *data["exclude"]]) > MOST_PREDICATES:
            raise ValidationError(f"At most {MOST_PREDICATES} rules of an audience are predicates.")


def _placed(audience: Mapping[str, Any], pointer: str = "") -> list[tuple[str, Mapping[str, Any]]]:
    return [
        (f"{pointer}/{effect}/{place}", rule)
        for effect in ("include", "exclude")
        for place, rule in enumerate(audience[effect])
    ]


def check_audience(actor: Actor, audience: Mapping[str, Any], pointer: str = "/audience") -> None:
    """Raises Invalid with every rule that names what is not there, or asks what the actor may not see."""
    errors = _faults(Conditions(actor.workspace_id), audience, pointer, actor)
    if errors:
        raise Invalid(errors=errors)


def faults(workspace_id: str, audience: Mapping[str, Any], pointer: str = "") -> list[FieldError]:
    """What has become wrong with an audience since it was checked, for whoever shows it."""
    return _faults(Conditions(workspace_id), audience, pointer, None)


def _faults(of: Conditions, audience: Mapping[str, Any], pointer: str, actor: Actor | None) -> list[FieldError]:
    placed = _placed(audience, pointer)
    trees = [(f"{where}/predicate", rule["predicate"]) for where, rule in placed if rule["kind"] == "predicate"]
    errors = check_many(trees, of.fields, may=None if actor is None else actor.may) if trees else []
    return [*(error for some in errors for error in some), *_unknown(of, placed)]


def _unknown(of: Conditions, placed: list[tuple[str, Mapping[str, Any]]]) -> Iterable[FieldError]:
    for kind, name in _FIELDS.items():
        named = {rule["id"] for _, rule in placed if rule["kind"] == kind}
        missing = of.fields.known[name].missing
        gone = missing(named) if named and missing is not None else set()
        for where, rule in placed:
            if rule["kind"] == kind and rule["id"] in gone:
                yield FieldError(f"{where}/id", "unknown", f"There is no such {kind} in this workspace.")


class _Reading:
    """An audience as conditions on the employee of a statement."""

    def __init__(self, workspace_id: str, audience: Mapping[str, Any]) -> None:
        self._of = Conditions(workspace_id)
        self._include: Rules = list(audience["include"])
        self._exclude: Rules = list(audience["exclude"])
        asked = [rule for rule in [*self._include, *self._exclude] if rule["kind"] == "predicate"]
        found = self._of.faults([rule["predicate"] for rule in asked]) if asked else []
        self._invalid = {id(rule) for rule, errors in zip(asked, found, strict=True) if errors}
        groups = self._of.invalid_groups(rule["id"] for rule in self._exclude if rule["kind"] == "group")
        self._invalid |= {id(rule) for rule in self._exclude if rule["kind"] == "group" and rule["id"] in groups}

    def is_in(self) -> ColumnElement[bool]:
        """That the employee of the statement is in."""
        if any(id(rule) in self._invalid for rule in self._exclude):
            return nobody()
        return and_(anyone_of(self._merged(self._include)), *none_of(self._merged(self._exclude)))

    def which(self) -> ColumnElement[int]:
        """The place of the first rule that includes the employee."""
        whens = [(self._merged([rule]), place) for place, rule in enumerate(self._include)]
        known = [(conditions[0], literal(place)) for conditions, place in whens if conditions]
        return case(*known) if known else literal(0)

    def _merged(self, rules: Rules) -> list[ColumnElement[bool]]:
        """The rules that are valid; those of a kind are one condition."""
        rules = [rule for rule in rules if id(rule) not in self._invalid]
        if any(rule["kind"] == "all" for rule in rules):
            return [true()]
        of = self._of
        deep, flat = (self._ids(rules, "department", recursive=way) for way in (True, False))
        groups, roles, employees = (self._ids(rules, kind) for kind in ("group", "role", "employee"))
        return [
            *([of.of_departments(deep, recursive=True)] if deep else []),
            *([of.of_departments(flat, recursive=False)] if flat else []),
            *([of.of_groups(groups)] if groups else []),
            *([of.of_roles(roles)] if roles else []),
            *([_employee.id.in_(sorted(employees))] if employees else []),
            *(of.of_predicate(rule["predicate"]) for rule in rules if rule["kind"] == "predicate"),
        ]

    @staticmethod
    def _ids(rules: Rules, kind: str, recursive: bool | None = None) -> set[str]:
        mine = [rule for rule in rules if rule["kind"] == kind]
        return {rule["id"] for rule in mine if recursive is None or rule.get("recursive", True) == recursive}


def _active(workspace_id: str) -> AnySelect:
    return select(_employee.id).where(_employee.workspace_id == workspace_id, _employee.status == "active")


def people(workspace_id: str, audience: Mapping[str, Any], *, reader: Reader | None = None) -> AnySelect:
    """Selects the ids of who is in, of those within the reader's range. For INSERT … SELECT, as a sub-select, or page
    by page: `.where(people.selected_columns.id > last).order_by("id").limit(5000)`."""
    return _people(workspace_id, _Reading(workspace_id, audience), reader)


def _people(workspace_id: str, reading: _Reading, reader: Reader | None = None) -> AnySelect:
    whole = _active(workspace_id).where(reading.is_in())
    return whole if reader is None else whole.where(*within_range(reader, _employee.id))


def rules_of(workspace_id: str, audience: Mapping[str, Any], *, reader: Reader | None = None) -> AnySelect:
    """As `people`, with `rule`: the place of the first rule of `include` by which they are in."""
    reading = _Reading(workspace_id, audience)
    return _people(workspace_id, reading, reader).add_columns(reading.which().label("rule"))


def includes(workspace_id: str, audience: Mapping[str, Any], employee_id: str) -> bool:
    """Whether one employee is in."""
    return bool(including(workspace_id, {"": audience}, employee_id))


def including(workspace_id: str, audiences: Mapping[str, Mapping[str, Any]], employee_id: str) -> set[str]:
    """Which of several audiences, by name, one employee is in; in one statement."""
    if not audiences:
        return set()
    names = list(audiences)
    asked = [_Reading(workspace_id, audiences[name]).is_in().label(f"in_{n}") for n, name in enumerate(names)]
    row = session().execute(_active(workspace_id).where(_employee.id == employee_id).add_columns(*asked)).one_or_none()
    return set() if row is None else {name for name, inside in zip(names, row[1:], strict=True) if inside}


def count(workspace_id: str, audience: Mapping[str, Any], *, reader: Reader | None = None) -> int:
    """How many are in."""
    found = people(workspace_id, audience, reader=reader).subquery()
    return session().scalar(select(func.count()).select_from(found)) or 0


def count_by_rule(workspace_id: str, audience: Mapping[str, Any], *, reader: Reader | None = None) -> list[int]:
    """How many are in by each rule of `include`, each person by the first that matches; together they are `count`."""
    found = rules_of(workspace_id, audience, reader=reader).subquery()
    rows = session().execute(select(found.c.rule, func.count().label("people")).group_by(found.c.rule))
    counts = {row.rule: row.people for row in rows}
    return [counts.get(place, 0) for place in range(len(audience["include"]))]


def sample(
    workspace_id: str, audience: Mapping[str, Any], most: int = 10, *, reader: Reader | None = None
) -> list[dict[str, str]]:
    """The first few by name: `{id, display_name}`."""
    found = people(workspace_id, audience, reader=reader).add_columns(_employee.display_name)
    rows = session().execute(found.order_by(_employee.name_key, _employee.id).limit(most))
    return [{"id": row.id, "display_name": row.display_name} for row in rows]
