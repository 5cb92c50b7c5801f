"""Shapes of what can be seen about a person."""

from __future__ import annotations

from marshmallow import Schema, fields

from portico.domains.catalogue.schemas import Egress
from portico.kernel.dump import InstantField


class SeenByPeople(Schema):
    """Whoever has one of the roles, or one that includes it, sees these fields."""

    scope = fields.String(required=True)
    roles = fields.List(fields.String(), required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")


class ShownToApp(Schema):
    """`reason` is what the developer says for wanting it."""

    scope = fields.String(required=True)
    fields_ = fields.List(fields.String(), required=True, data_key="fields", attribute="fields")
    reason = fields.String(required=True)


class SeenByApp(Schema):
    installation_id = fields.String(required=True)
    app_key = fields.String(required=True)
    name = fields.String(required=True)
    publisher = fields.String(required=True)
    status = fields.String(required=True)
    shows = fields.List(fields.Nested(ShownToApp), required=True)
    egress = fields.List(fields.Nested(Egress), required=True)


class Looked(Schema):
    """A person, an app, or an app in a person's name. How often within the days, and when last."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String(required=True, allow_none=True)
    on_behalf_of = fields.String(required=True, allow_none=True)
    times = fields.Integer(required=True)
    last_at = InstantField(required=True)


class Visibility(Schema):
    """`readers` looked at this very person; `lists` are those who read lists of people, in which the person may
    stand."""

    employee_id = fields.String(required=True)
    people = fields.List(fields.Nested(SeenByPeople), required=True)
    apps = fields.List(fields.Nested(SeenByApp), required=True)
    readers = fields.List(fields.Nested(Looked), required=True)
    lists = fields.List(fields.Nested(Looked), required=True)
    days = fields.Integer(required=True)
