"""What actions and interactions look like, and what may be sent for them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input

STATES = ("running", "waiting", "answered", "refused", "failed", "unanswered")
TYPES = ("ticket", "contact", "company", "employee")
FAILURES = (
    *("blocked", "unreachable", "timeout", "status", "too_large", "not_json", "invalid"),
    *("interrupted", "expired", "not_called"),
)


class InputField(Schema):
    name = fields.String(required=True)
    type = fields.String(required=True)
    title = fields.String(required=True)
    help = fields.String(required=True)
    required = fields.Boolean(required=True)
    options = fields.List(fields.String(), required=True)


class Action(Schema):
    """`id` is `<app_key>/<key>`, as in the path that runs it. With `asks_first` a run must say `confirmed`."""

    id = fields.String(required=True)
    app_key = fields.String(required=True)
    app_name = fields.String(required=True)
    installation_id = fields.String(required=True)
    key = fields.String(required=True)
    title = fields.String(required=True)
    places = fields.List(fields.String(), required=True)
    object_types = fields.List(fields.String(), required=True)
    needs_object = fields.Boolean(required=True)
    input = fields.List(fields.Nested(InputField), required=True)
    identity = fields.String(required=True, validate=validate.OneOf(("user", "app")))
    risk = fields.String(required=True, validate=validate.OneOf(("read", "write", "destructive")))
    asks_first = fields.Boolean(required=True)


class ActionList(Schema):
    data = fields.List(fields.Nested(Action), required=True)


class About(Schema):
    type = fields.String(required=True)
    id = fields.String(required=True)


class AboutInput(Input):
    type = Choice(*TYPES, required=True)
    id = fields.String(required=True, validate=validate.Length(max=40))


class RunCreate(Input):
    """`object` is the record that it is run on; `confirmed` says that a person was asked, where the action wants it."""

    object = fields.Nested(AboutInput, allow_none=True)
    input = fields.Dict(keys=fields.String(validate=validate.Length(max=40)), validate=validate.Length(max=100))
    confirmed = fields.Boolean()


class Wrong(Schema):
    pointer = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class Actor(Schema):
    kind = fields.String(required=True)
    id = fields.String(required=True)
    on_behalf_of = fields.String()


class Interaction(Schema):
    """A run of an action. `failure` says why there is no answer, `findings` what is wrong with the one that came."""

    id = fields.String(required=True)
    installation_id = fields.String(required=True)
    app_key = fields.String(required=True)
    action = fields.String(required=True)
    title = fields.String(required=True)
    actor = fields.Nested(Actor, required=True)
    object = fields.Nested(About, required=True, allow_none=True)
    input = fields.Dict()
    locale = fields.String(required=True)
    timezone = fields.String(required=True)
    bulk_id = fields.String(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    attempts = fields.Integer(required=True)
    answer = fields.Dict(allow_none=True)
    failure = fields.String(required=True, allow_none=True, validate=validate.OneOf(FAILURES))
    findings = fields.List(fields.Nested(Wrong), required=True)
    created_at = InstantField(required=True)
    answered_at = InstantField(required=True, allow_none=True)
    expires_at = InstantField(required=True)
    version = fields.Integer(required=True)
    redacted = fields.List(fields.String(), data_key="_redacted")


class LateAnswer(Input):
    """Any of these, as an action answers; `GET /schemas/answer.json` has the whole of it."""

    toast = fields.Raw()
    card = fields.Raw()
    open = fields.Raw()
    errors = fields.Raw()
