"""Shapes of the directory's resources."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from portico.domains.properties.schemas import values_field, values_input
from portico.kernel.actor import ROLES
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, Name, Reference

STATUSES = ("invited", "active", "suspended", "departed")
_ZONES = available_timezones()


def _zone(value: str) -> None:
    if value not in _ZONES:
        raise ValidationError("Use a zone name such as Europe/Berlin or Asia/Shanghai.")


class Department(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    parent_id = fields.String(allow_none=True, required=True)
    path = fields.List(fields.String(), required=True)
    sort_order = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class DepartmentCreate(Input):
    name = Name(longest=100, required=True)
    parent_id = Reference("dep", allow_none=True, load_default=None)
    sort_order = fields.Integer(strict=True, load_default=0, validate=validate.Range(-1_000_000, 1_000_000))


class DepartmentUpdate(Input):
    name = Name(longest=100)
    parent_id = Reference("dep", allow_none=True)
    sort_order = fields.Integer(strict=True, validate=validate.Range(-1_000_000, 1_000_000))


class Group(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    description = fields.String(allow_none=True, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class GroupCreate(Input):
    name = Name(longest=100, required=True)
    description = Name(longest=500, allow_none=True, load_default=None)


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
    children = fields.List(fields.Dict(), required=True)


class Tree(Schema):
    data = fields.List(fields.Nested(TreeNode), required=True)


class Place(Schema):
    """An employee's place in a department."""

    id = fields.String(required=True)
    primary = fields.Boolean(required=True)
    lead = fields.Boolean(required=True)


class Employee(Schema):
    id = fields.String(required=True)
    display_name = fields.String(required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    primary_email = fields.String(allow_none=True, required=True)
    mobile = fields.String(allow_none=True)
    title = fields.String(allow_none=True, required=True)
    departments = fields.List(fields.Nested(Place), required=True)
    manager_id = fields.String(allow_none=True, required=True)
    timezone = fields.String(allow_none=True, required=True)
    locale = fields.String(allow_none=True, required=True)
    properties = values_field()
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)
    redacted = fields.List(fields.String(), data_key="_redacted")


class PlaceInput(Input):
    id = Reference("dep", required=True)
    primary = fields.Boolean(load_default=False)
    lead = fields.Boolean(load_default=False)


class _EmployeeFields(Input):
    primary_email = fields.Email(allow_none=True, validate=validate.Length(max=254))
    mobile = Name(longest=40, allow_none=True)
    title = Name(longest=100, allow_none=True)
    manager_id = Reference("emp", allow_none=True)
    timezone = fields.String(allow_none=True, validate=_zone)
    locale = Choice("en", "zh_Hans_CN", allow_none=True)
    properties = values_input()
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


class EmployeeCreate(_EmployeeFields):
    display_name = Name(longest=200, required=True)


class EmployeeUpdate(_EmployeeFields):
    display_name = Name(longest=200)


class Lookup(Input):
    """Up to 100 ids or addresses at once."""

    ids = fields.List(Reference("emp"), load_default=list, validate=validate.Length(max=100))
    emails = fields.List(fields.String(), load_default=list, validate=validate.Length(max=100))


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
    role = Choice(*ROLES, load_default="employee")
    department_ids = fields.List(Reference("dep"), load_default=list, validate=validate.Length(max=100))
