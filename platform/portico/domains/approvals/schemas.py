"""What approvals look like, and what may be sent for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.kernel import clock
from portico.kernel.dump import InstantField
from portico.kernel.ids import is_id
from portico.kernel.schemas import Choice, Input, LongText, Name, Reference

STATUSES = ("pending", "approved", "rejected", "withdrawn", "expired")
MODES = ("any", "all")
STATES = ("later", "waiting", "approved", "rejected", "passed", "replaced")
STEP_STATES = ("later", "open", "approved", "rejected", "closed")
DETAIL_KINDS = ("text", "date", "instant", "word")
ROLES = ("agent", "support_admin", "announcer", "hr_admin", "app_manager", "developer", "admin", "owner")
MOST_STEPS = 5
MOST_APPROVERS = 20
LONGEST_NOTE = 500
LONGEST_DELEGATION = timedelta(days=366)
_NAMED = ("manager", "department_lead", *(f"role:{role}" for role in ROLES))


class ApprovalSubject(Schema):
    """What it is about: of a domain (`absence`) or of an app (`app:<key>`), whose page is at `url`."""

    type = fields.String(required=True)
    id = fields.String(required=True)
    url = fields.String(allow_none=True, required=True)


class ApprovalDetail(Schema):
    """A fact for whoever decides. `date` and `instant` are shown in the reader's way, a `word` in their language."""

    label = fields.String(required=True)
    value = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(DETAIL_KINDS))


class Approver(Schema):
    """`employee_id` is null where nobody was found. `decided_by_id` is who spoke, which may be a delegate."""

    employee_id = fields.String(allow_none=True, required=True)
    slot = fields.Integer(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    decided_by_id = fields.String(allow_none=True, required=True)
    decided_at = InstantField(allow_none=True, required=True)
    note = fields.String(allow_none=True, required=True)


class ApprovalStep(Schema):
    """Of people in one slot, one speaks for all. `any` slot is enough, or `all` must agree."""

    mode = fields.String(required=True, validate=validate.OneOf(MODES))
    state = fields.String(required=True, validate=validate.OneOf(STEP_STATES))
    approvers = fields.List(fields.Nested(Approver), required=True)


class ApprovalActor(Schema):
    kind = fields.String(required=True)
    id = fields.String(required=True)
    name = fields.String()
    on_behalf_of = fields.String()


class Approval(Schema):
    """`step` is the place of the open step, from 0; `stuck` says that nobody is there who could decide it."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    subject = fields.Nested(ApprovalSubject, required=True)
    requester_id = fields.String(required=True)
    asked_by = fields.Nested(ApprovalActor, required=True)
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    step = fields.Integer(required=True)
    steps = fields.List(fields.Nested(ApprovalStep), required=True)
    details = fields.List(fields.Nested(ApprovalDetail), required=True)
    stuck = fields.Boolean(required=True)
    note = fields.String(allow_none=True, required=True)
    expires_at = InstantField(allow_none=True, required=True)
    closed_at = InstantField(allow_none=True, required=True)
    closed_by = fields.Nested(ApprovalActor, allow_none=True, required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class ApprovalComment(Schema):
    id = fields.String(required=True)
    approval_id = fields.String(required=True)
    author = fields.Nested(ApprovalActor, required=True)
    body = fields.String(required=True)
    created_at = InstantField(required=True)


class ApprovalDelegation(Schema):
    """From the beginning of `from_on` to the end of `until_on`, in `timezone`."""

    id = fields.String(required=True)
    employee_id = fields.String(required=True)
    delegate_id = fields.String(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)
    timezone = fields.String(required=True)
    active = fields.Boolean(required=True)
    created_at = InstantField(required=True)


class ApprovalSubjectInput(Input):
    type = fields.String(
        required=True,
        validate=validate.Regexp(r"app:[a-z][a-z0-9_-]{1,39}\Z", error="Write app:<key of your app>."),
    )
    id = Name(longest=100, required=True)
    url = fields.Url(schemes={"https", "http"}, require_tld=False, validate=validate.Length(max=500), allow_none=True)


def _an_approver(value: str) -> None:
    if value not in _NAMED and not is_id(value, "emp"):
        raise ValidationError(f"Give the id of an employee, or one of {', '.join(_NAMED)}.")


class ApprovalStepInput(Input):
    approvers = fields.List(
        fields.String(validate=_an_approver), required=True, validate=validate.Length(min=1, max=MOST_APPROVERS)
    )
    mode = Choice(*MODES, load_default="any")

    @validates_schema
    def _each_once(self, data: dict[str, Any], **_: Any) -> None:
        named = data.get("approvers", [])
        if len(set(named)) != len(named):
            raise ValidationError("Name each approver once.", "approvers")


class ApprovalDetailInput(Input):
    label = Name(longest=100, required=True)
    value = LongText(longest=1000, required=True)
    kind = Choice("text", "date", "instant", load_default="text")

    @validates_schema
    def _readable(self, data: dict[str, Any], **_: Any) -> None:
        reader = {"date": fields.Date().deserialize, "instant": InstantField().deserialize}.get(data.get("kind", ""))
        if reader is not None and "value" in data:
            try:
                reader(data["value"])
            except ValidationError as wrong:
                raise ValidationError(wrong.messages, "value") from None


class ApprovalCreate(Input):
    employee_id = Reference("emp", required=True)
    kind = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]{0,39}\Z"))
    title = Name(longest=200, required=True)
    subject = fields.Nested(ApprovalSubjectInput, required=True)
    steps = fields.List(
        fields.Nested(ApprovalStepInput), required=True, validate=validate.Length(min=1, max=MOST_STEPS)
    )
    details = fields.List(fields.Nested(ApprovalDetailInput), validate=validate.Length(max=30))
    expires_at = InstantField(allow_none=True)

    @validates_schema
    def _in_time(self, data: dict[str, Any], **_: Any) -> None:
        expires_at = data.get("expires_at")
        if expires_at is not None and not clock.now() < expires_at <= clock.now() + timedelta(days=366):
            raise ValidationError("Give an instant within the next 366 days.", "expires_at")


class ApprovalNote(Input):
    note = LongText(longest=LONGEST_NOTE, allow_none=True, blank=False)


class ApprovalCommentCreate(Input):
    body = LongText(longest=4000, required=True, blank=False)


class ApprovalDelegationCreate(Input):
    delegate_id = Reference("emp", required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True)

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_: Any) -> None:
        if not {"from_on", "until_on"} <= data.keys():
            return
        if data["until_on"] < data["from_on"]:
            raise ValidationError("It ends before it begins.", "until_on")
        if data["until_on"] - data["from_on"] > LONGEST_DELEGATION:
            raise ValidationError("Delegate for at most 366 days.", "until_on")
        if data["from_on"].year < 1970 or data["until_on"].year > 9998:
            raise ValidationError("Give a day of this age.", "until_on")
