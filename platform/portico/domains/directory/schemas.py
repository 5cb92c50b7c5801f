"""Shapes of the directory's resources."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from portico.domains.identity.schemas import RoleName
from portico.domains.properties.schemas import values_field, values_input
from portico.kernel.dump import InstantField
from portico.kernel.predicates import Predicate
from portico.kernel.schemas import Choice, Input, Name, Reference

GROUP_KINDS = ("static", "dynamic")
STATUSES = ("invited", "active", "suspended", "departed")
_ZONES = available_timezones()
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_ORDER = validate.Range(-1_000_000, 1_000_000)


def known_zone(value: str) -> None:
    if value not in _ZONES:
        raise ValidationError("Use a zone name such as Europe/Berlin or Asia/Shanghai.")


class Day(fields.Date):
    """A civil date of a working life, as `2026-11-22` and in no other form of the standard."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Range(date(1900, 1, 1), date(2199, 12, 31)), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str) or not _DAY.fullmatch(value):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        return super()._deserialize(value, attr, data, **kwargs)


class Department(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    parent_id = fields.String(allow_none=True, required=True)
    path = fields.List(fields.String(), required=True)
    sort_order = fields.Integer(required=True)
    external_id = fields.String(allow_none=True, required=True)
    archived_at = InstantField(allow_none=True, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)
    lead_employee_ids = fields.List(fields.String())
    """Not in events: who reads one may see other people than who caused it."""


class DepartmentCreate(Input):
    name = Name(longest=100, required=True)
    parent_id = Reference("dep", allow_none=True, load_default=None)
    sort_order = fields.Integer(strict=True, load_default=0, validate=_ORDER)
    external_id = Name(longest=200, allow_none=True, load_default=None)


class DepartmentUpdate(Input):
    name = Name(longest=100)
    parent_id = Reference("dep", allow_none=True)
    sort_order = fields.Integer(strict=True, validate=_ORDER)
    external_id = Name(longest=200, allow_none=True)


class DepartmentMove(Input):
    """Where it goes: below another department, or to the top with `null`."""

    parent_id = Reference("dep", allow_none=True, required=True)
    sort_order = fields.Integer(strict=True, validate=_ORDER)


class DepartmentArchive(Input):
    move_members_to = Reference("dep", allow_none=True, load_default=None)


class MemberPut(Input):
    """How somebody stands in a department; what is absent stays as it is."""

    primary = fields.Boolean()
    lead = fields.Boolean()
    title = Name(longest=100, allow_none=True)
    sort_order = fields.Integer(strict=True, validate=_ORDER)


class Fault(Schema):
    """What has become wrong with a rule."""

    pointer = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class Group(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(allow_none=True, required=True)
    kind = fields.String(required=True, validate=validate.OneOf(GROUP_KINDS))
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)
    rule = fields.Dict(allow_none=True)
    rule_errors = fields.List(fields.Nested(Fault))
    """Not in events: they tell what a rule was, not how it stands by now."""
    redacted = fields.List(fields.String(), data_key="_redacted")


class GroupCreate(Input):
    name = Name(longest=100, required=True)
    description = Name(longest=500, allow_none=True, load_default=None)
    kind = Choice(*GROUP_KINDS, load_default="static")
    rule = Predicate(allow_none=True, load_default=None)


class GroupRule(Input):
    rule = Predicate(required=True)


class Person(Schema):
    id = fields.String(required=True)
    display_name = fields.String(required=True)


class Preview(Schema):
    """How many match now, and the first few of them by name."""

    count = fields.Integer(required=True)
    sample = fields.List(fields.Nested(Person), required=True)


class AskedField(Schema):
    """A field of rules; `choices` maps a value to what people call it."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    kind = fields.String(required=True)
    many = fields.Boolean(required=True)
    operators = fields.List(fields.String(), required=True)
    choices = fields.Dict(required=True)
    scope = fields.String(allow_none=True, required=True)


class AskedFields(Schema):
    data = fields.List(fields.Nested(AskedField), required=True)


class GroupUpdate(Input):
    name = Name(longest=100)
    description = Name(longest=500, allow_none=True)


class GroupMembersChange(Input):
    """People to put in and to take out, each up to 100."""

    add = fields.List(Reference("emp"), load_default=list, validate=validate.Length(max=100))
    remove = fields.List(Reference("emp"), load_default=list, validate=validate.Length(max=100))


class TreeNode(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    sort_order = fields.Integer(required=True)
    members = fields.Integer(required=True)
    descendants = fields.Integer(required=True)
    children = fields.List(fields.Dict(), required=True)


class Tree(Schema):
    data = fields.List(fields.Nested(TreeNode), required=True)


class Place(Schema):
    """An employee's place in a department."""

    id = fields.String(required=True)
    primary = fields.Boolean(required=True)
    lead = fields.Boolean(required=True)
    title = fields.String(allow_none=True, required=True)
    sort_order = fields.Integer(required=True)


class PastPlace(Schema):
    """A membership that has ended; the department may be gone by now, so its name of then stands here."""

    id = fields.String(required=True)
    department_id = fields.String(required=True)
    department_name = fields.String(required=True)
    primary = fields.Boolean(required=True, attribute="is_primary")
    lead = fields.Boolean(required=True)
    title = fields.String(allow_none=True, required=True)
    since = InstantField(allow_none=True, required=True)
    until = InstantField(required=True)


class PastPlaces(Schema):
    data = fields.List(fields.Nested(PastPlace), required=True)


class Employee(Schema):
    id = fields.String(required=True)
    display_name = fields.String(required=True)
    family_name = fields.String(allow_none=True, required=True)
    given_name = fields.String(allow_none=True, required=True)
    phonetic_name = fields.String(allow_none=True, required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    employee_no = fields.String(allow_none=True, required=True)
    external_id = fields.String(allow_none=True, required=True)
    primary_email = fields.String(allow_none=True, required=True)
    work_phone = fields.String(allow_none=True, required=True)
    title = fields.String(allow_none=True, required=True)
    departments = fields.List(fields.Nested(Place), required=True)
    manager_id = fields.String(allow_none=True, required=True)
    timezone = fields.String(allow_none=True, required=True)
    locale = fields.String(allow_none=True, required=True)
    properties = values_field()
    hide_mobile = fields.Boolean(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)
    mobile = fields.String(allow_none=True)
    private_email = fields.String(allow_none=True)
    hired_on = fields.Date(allow_none=True)
    leaves_on = fields.Date(allow_none=True)
    redacted = fields.List(fields.String(), data_key="_redacted")


class PlaceInput(Input):
    id = Reference("dep", required=True)
    primary = fields.Boolean(load_default=False)
    lead = fields.Boolean(load_default=False)
    title = Name(longest=100, allow_none=True, load_default=None)
    sort_order = fields.Integer(strict=True, load_default=0, validate=_ORDER)


class _Places(Input):
    departments = fields.List(fields.Nested(PlaceInput), validate=validate.Length(max=100))

    @validates_schema
    def _places(self, data: dict[str, Any], **_: Any) -> None:
        ids = [place["id"] for place in data.get("departments", ())]
        if len(ids) != len(set(ids)):
            raise ValidationError({"departments": ["A department is named twice."]})
        if sum(place["primary"] for place in data.get("departments", ())) > 1:
            raise ValidationError({"departments": ["Only one department can be the primary one."]})

    @post_load
    def _one_primary(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        places = data.get("departments")
        if places and not any(place["primary"] for place in places):
            places[0]["primary"] = True
        return data


class _EmployeeFields(_Places):
    family_name = Name(longest=100, allow_none=True)
    given_name = Name(longest=100, allow_none=True)
    phonetic_name = Name(longest=200, allow_none=True)
    employee_no = Name(longest=60, allow_none=True)
    external_id = Name(longest=200, allow_none=True)
    primary_email = fields.Email(allow_none=True, validate=validate.Length(max=254))
    private_email = fields.Email(allow_none=True, validate=validate.Length(max=254))
    mobile = Name(longest=40, allow_none=True)
    hide_mobile = fields.Boolean()
    work_phone = Name(longest=40, allow_none=True)
    title = Name(longest=100, allow_none=True)
    hired_on = Day(allow_none=True)
    leaves_on = Day(allow_none=True)
    manager_id = Reference("emp", allow_none=True)
    timezone = fields.String(allow_none=True, validate=known_zone)
    locale = Choice("en", "zh_Hans_CN", allow_none=True)
    properties = values_input()


class Departure(Input):
    leaves_on = Day(allow_none=True, load_default=None)
    reassign_reports_to = Reference("emp", allow_none=True, load_default=None)


class Rehiring(_Places):
    """Where they come back to, and what changed meanwhile."""

    hired_on = Day()
    primary_email = fields.Email(validate=validate.Length(max=254))
    employee_no = Name(longest=60)


class EmployeeCreate(_EmployeeFields):
    display_name = Name(longest=200, required=True)


class EmployeeUpdate(_EmployeeFields):
    display_name = Name(longest=200)


class Lookup(Input):
    """Up to 100 ids, addresses, numbers and external ids at once, all together."""

    ids = fields.List(Reference("emp"), load_default=list)
    emails = fields.List(fields.String(), load_default=list)
    employee_nos = fields.List(fields.String(), load_default=list)
    external_ids = fields.List(fields.String(), load_default=list)

    @validates_schema
    def _few(self, data: dict[str, Any], **_: Any) -> None:
        if sum(map(len, data.values())) > 100:
            raise ValidationError("Ask for at most 100 at once.")


class LookupAnswer(Schema):
    data = fields.List(fields.Nested(Employee), required=True)


class Invitation(Schema):
    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    email = fields.String(required=True)
    role = fields.String(required=True)
    status = fields.String(required=True)
    created_at = InstantField(required=True)
    expires_at = InstantField(required=True)
    accepted_at = InstantField(allow_none=True, required=True)


class InvitationCreate(Input):
    email = fields.Email(required=True, validate=validate.Length(max=254))
    display_name = Name(longest=200, required=True)
    role = RoleName(load_default="employee")
    department_ids = fields.List(Reference("dep"), load_default=list, validate=validate.Length(max=100))
