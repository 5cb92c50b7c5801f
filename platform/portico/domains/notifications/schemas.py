"""What notifications look like, and what may be sent for them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from portico.domains.directory.schemas import known_zone
from portico.domains.directory.working_hours import WEEKDAYS, minutes
from portico.domains.notifications.channels import CHANNELS
from portico.domains.notifications.places import PLACES
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input, LongText, Name, Reference

_TIME = r"^([01]\d|2[0-3]):[0-5]\d$"
_END = r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$"
_PAGE = r"^[a-z][a-z0-9_-]{0,63}$"
MOST_INTERVALS = 8


class NotificationResource(Schema):
    type = fields.String(required=True)
    id = fields.String(required=True)


class NotificationApp(Schema):
    installation_id = fields.String(required=True)
    name = fields.String(required=True)


class NotificationSender(Schema):
    """Who told it, as events name an actor."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    on_behalf_of = fields.String()


class Notification(Schema):
    """`held_until`: it waits while you want to be left alone. `overrode`: it rang all the same, since it is urgent."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(allow_none=True, required=True)
    url = fields.String(allow_none=True, required=True)
    resource = fields.Nested(NotificationResource, allow_none=True, required=True)
    app = fields.Nested(NotificationApp, allow_none=True, required=True)
    sender = fields.Nested(NotificationSender, required=True)
    urgent = fields.Boolean(required=True)
    overrode = fields.Boolean(required=True)
    muted = fields.Boolean(required=True)
    held_until = InstantField(allow_none=True, required=True)
    created_at = InstantField(required=True)
    read_at = InstantField(allow_none=True, required=True)


class UrgentEvent(Schema):
    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    employee_id = fields.String(allow_none=True, required=True)


class UnreadCount(Schema):
    """Exact up to 99; with `more` there are more than that."""

    count = fields.Integer(required=True)
    more = fields.Boolean(required=True)


class ReadCount(Schema):
    count = fields.Integer(required=True)


class ToldCount(Schema):
    """How many people that are."""

    count = fields.Integer(required=True)


class ReadAll(Input):
    """`until_id`: no later ones than this; `kind`: of this kind only."""

    until_id = Reference("ntf")
    kind = fields.String(validate=validate.Length(1, 100))


class NotificationKind(Schema):
    """`channels` are those of the kind itself, before anybody chose others."""

    name = fields.String(required=True)
    title = fields.String(required=True)
    channels = fields.List(fields.String(), required=True)
    mutable = fields.Boolean(required=True)


class NotificationKinds(Schema):
    data = fields.List(fields.Nested(NotificationKind), required=True)


class NotificationMutes(Schema):
    kinds = fields.List(fields.String(), required=True)
    installation_ids = fields.List(fields.String(), required=True)


class _MutesInput(Input):
    kinds = fields.List(fields.String(validate=validate.Length(1, 100)), validate=validate.Length(max=100))
    installation_ids = fields.List(Reference("ins"), validate=validate.Length(max=100))


class NotificationMutesChange(Input):
    mute = fields.Nested(_MutesInput, load_default=dict)
    unmute = fields.Nested(_MutesInput, load_default=dict)


_FROM = fields.String(required=True, validate=validate.Regexp(_TIME, error="Write it as 09:30."))
_TO = fields.String(required=True, validate=validate.Regexp(_END, error="Write it as 17:30."))
IntervalInput = Input.from_dict({"from": _FROM, "to": _TO}, name="IntervalInput")
"""`to` may be `24:00`. Who works past midnight has an interval on either day."""


def _day() -> fields.List[Any]:
    return fields.List(fields.Nested(IntervalInput), validate=validate.Length(max=MOST_INTERVALS))


class WorkingHours(Input):
    """By weekday; a day without intervals has no hours."""

    mon, tue, wed, thu, fri, sat, sun = _day(), _day(), _day(), _day(), _day(), _day(), _day()

    @validates_schema(skip_on_field_errors=True)
    def _apart(self, data: dict[str, Any], **_: Any) -> None:
        for day, intervals in data.items():
            last = 0
            for each in sorted(intervals, key=lambda each: minutes(each["from"])):
                start, end = minutes(each["from"]), minutes(each["to"])
                if start < last or end <= start:
                    raise ValidationError("Intervals end after they begin, and do not overlap.", day)
                last = end


class NotificationPolicy(Schema):
    """Version 0 is what holds for who has said nothing."""

    working_hours = fields.Dict(keys=fields.String(validate=validate.OneOf(WEEKDAYS)), required=True)
    timezone = fields.String(allow_none=True, required=True)
    hold_outside = fields.Boolean(required=True)
    digest_at = fields.String(allow_none=True, required=True)
    urgent_allowed = fields.Boolean(required=True)
    channels = fields.Dict(keys=fields.String(), required=True)
    updated_at = InstantField(allow_none=True, required=True)
    version = fields.Integer(required=True)


class NotificationPolicyPut(Input):
    """The whole of it: what is absent is as for who has said nothing."""

    working_hours = fields.Nested(WorkingHours)
    timezone = fields.String(allow_none=True, validate=known_zone)
    hold_outside = fields.Boolean()
    digest_at = fields.String(allow_none=True, validate=validate.Regexp(_TIME, error="Write it as 08:30."))
    urgent_allowed = fields.Boolean()
    channels = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 100)),
        values=fields.List(fields.String(validate=validate.OneOf(CHANNELS)), validate=validate.Length(max=5)),
    )


class NotificationAbout(Input):
    """What it is about; whoever is told opens it there."""

    type = fields.String(required=True, validate=validate.OneOf(sorted(PLACES)))
    id = fields.String(required=True, validate=validate.Length(1, 40))


class NotificationSend(Input):
    """`page` is one of the app's own, `resource` something of the workspace: what opens when people follow it."""

    to = fields.List(Reference("emp"), required=True, validate=validate.Length(1, 200))
    title = Name(longest=200, required=True)
    body = LongText(longest=2_000, allow_none=True, blank=False)
    page = fields.String(allow_none=True, validate=validate.Regexp(_PAGE, error="Name one of your pages, as home."))
    resource = fields.Nested(NotificationAbout, allow_none=True)
    urgent = fields.Boolean()
    key = fields.String(validate=validate.Length(1, 100))

    @validates_schema(skip_on_field_errors=True)
    def _one_place(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("page") and data.get("resource"):
            raise ValidationError("Give a page or a resource, not both.", "page")


class NotificationRetract(Input):
    key = fields.String(required=True, validate=validate.Length(1, 100))
