"""What announcements look like, and what may be sent for them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import available_timezones

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from portico.domains.announcements.statuses import STATUSES
from portico.domains.directory.audiences import Audience
from portico.domains.files.schemas import MOST_AT_ONCE
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Choice, Input, LongText, Name, Reference

IMPORTANCES = ("normal", "important", "urgent")
CONFIDENTIALITIES = ("normal", "confidential")
VISIBILITIES = ("author", "author_and_managers", "counts_only")
MODES = ("snapshot", "live")
RECEIPT_STATES = ("unread", "read", "acknowledged")
MOST_BYTES = 100 * 1024
MOST_VARIANTS = 8
MOST_REMINDERS = 5
HOURS_OF_A_YEAR = 366 * 24
LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z"


class AnnouncementAuthor(Schema):
    """Whoever it was, with the name that they had then."""

    kind = fields.String(required=True)
    id = fields.String(required=True)
    display_name = fields.String(allow_none=True)
    on_behalf_of = fields.String(allow_none=True)


class AnnouncementCounts(Schema):
    """Counters; `stats` counts anew. Absent where so few people were told that a count would name them."""

    audience = fields.Integer(required=True)
    read = fields.Integer()
    acknowledged = fields.Integer()


class AnnouncementFile(Schema):
    """An attachment. One that is not `downloadable` is shown by its name, and as a picture on the page."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    size = fields.Integer(required=True)
    type = fields.String(required=True)
    width = fields.Integer(allow_none=True, required=True)
    height = fields.Integer(allow_none=True, required=True)
    downloadable = fields.Boolean(required=True)


class AnnouncementVariant(Schema):
    language = fields.String(required=True)
    title = fields.String(required=True)
    summary = fields.String(allow_none=True, required=True)
    body = fields.String(required=True)


class AnnouncementReminders(Schema):
    """Hours after publishing at which who has not read, or not acknowledged, is reminded."""

    offsets_hours = fields.List(fields.Integer(), required=True)


class AnnouncementReceipt(Schema):
    """What became of an announcement with one person. `unread`, `read` and `acknowledged` exclude one another."""

    employee_id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(RECEIPT_STATES))
    late = fields.Boolean(required=True)
    late_joiner = fields.Boolean(required=True)
    delivered_at = InstantField(required=True)
    first_read_at = InstantField(allow_none=True, required=True)
    last_read_at = InstantField(allow_none=True, required=True)
    read_revision = fields.Integer(allow_none=True, required=True)
    acknowledged_at = InstantField(allow_none=True, required=True)
    acknowledged_revision = fields.Integer(allow_none=True, required=True)
    ack_due_at = InstantField(allow_none=True, required=True)
    reminded_count = fields.Integer(required=True)
    last_reminded_at = InstantField(allow_none=True, required=True)


class AnnouncementRow(Schema):
    """An announcement as its managers list it: everything but its text."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    summary = fields.String(allow_none=True, required=True)
    language = fields.String(allow_none=True, required=True)
    languages = fields.List(fields.String(), required=True)
    category_id = fields.String(allow_none=True, required=True)
    author = fields.Nested(AnnouncementAuthor, required=True)
    owner_employee_id = fields.String(allow_none=True, required=True)
    on_behalf_of_department_id = fields.String(allow_none=True, required=True, attribute="department_id")
    importance = fields.String(required=True, validate=validate.OneOf(IMPORTANCES))
    confidentiality = fields.String(required=True, validate=validate.OneOf(CONFIDENTIALITIES))
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    requires_ack = fields.Boolean(required=True)
    ack_text = fields.String(allow_none=True, required=True)
    ack_due_at = InstantField(allow_none=True, required=True)
    comments_enabled = fields.Boolean(required=True)
    comment_count = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    material_revision = fields.Integer(required=True)
    published_at = InstantField(allow_none=True, required=True)
    expires_at = InstantField(allow_none=True, required=True)
    pinned_until = InstantField(allow_none=True, required=True)
    pin_order = fields.Integer(required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)
    receipts_visibility = fields.String(required=True, validate=validate.OneOf(VISIBILITIES))
    # What follows is for who manages it; for a reader it is absent and named in `_redacted`.
    audience = fields.Dict(keys=fields.String())
    audience_mode = fields.String(validate=validate.OneOf(MODES))
    ack_due_after_join_hours = fields.Integer(allow_none=True)
    reminders = fields.Nested(AnnouncementReminders)
    publish_at = InstantField(allow_none=True)
    publish_timezone = fields.String(allow_none=True)
    counts = fields.Nested(AnnouncementCounts)
    reviewed_by = fields.Nested(AnnouncementAuthor, allow_none=True)
    review_note = fields.String(allow_none=True)
    failure = fields.String(allow_none=True)
    withdrawn_at = InstantField(allow_none=True)
    withdraw_reason = fields.String(allow_none=True)
    redacted = fields.List(fields.String(), data_key="_redacted")


class Announcement(AnnouncementRow):
    """With its text. `receipt` is the reader's own, of an announcement that is for them."""

    body = fields.String(required=True)
    cover_id = fields.String(allow_none=True, required=True)
    attachments = fields.List(fields.Nested(AnnouncementFile), required=True)
    variants = fields.List(fields.Nested(AnnouncementVariant), required=True)
    receipt = fields.Nested(AnnouncementReceipt, allow_none=True)


class AnnouncementRevision(Schema):
    """The text from one change to the next. `id` is its number."""

    id = fields.Integer(required=True, attribute="number")
    title = fields.String(required=True)
    summary = fields.String(allow_none=True, required=True)
    body = fields.String(required=True)
    ack_text = fields.String(allow_none=True, required=True)
    variants = fields.List(fields.Nested(AnnouncementVariant), required=True)
    material = fields.Boolean(required=True)
    note = fields.String(allow_none=True, required=True)
    editor = fields.Nested(AnnouncementAuthor, required=True)
    created_at = InstantField(required=True)


class _Body(LongText):
    """Markdown, of which HTML is shown as the characters that it is."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(longest=MOST_BYTES, blank=False, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = super()._deserialize(value, attr, data, **kwargs)
        if len(found.encode(errors="replace")) > MOST_BYTES:
            raise ValidationError(f"At most {MOST_BYTES} bytes of UTF-8.")
        return found


class _Language(fields.String):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(validate=validate.Regexp(LANGUAGE, error="Give a language such as en or zh-CN."), **kwargs)


class AnnouncementVariantInput(Input):
    language = _Language(required=True)
    title = Name(longest=200, required=True)
    summary = Name(longest=500, allow_none=True, load_default=None)
    body = _Body(required=True)


class AnnouncementFileInput(Input):
    id = Reference("att", required=True)
    downloadable = fields.Boolean(load_default=True)


class AnnouncementRemindersInput(Input):
    offsets_hours = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, HOURS_OF_A_YEAR)),
        required=True,
        validate=validate.Length(max=MOST_REMINDERS),
    )

    @post_load
    def _in_order(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        return {"offsets_hours": sorted(set(data["offsets_hours"]))}


def one_each(name: str) -> Any:
    """That no two entries of a list have the same value of a field."""

    def check(given: list[dict[str, Any]]) -> None:
        seen = [one[name] for one in given]
        if len(set(seen)) != len(seen):
            raise ValidationError(f"Each {name} once.")

    return check


class _Fields(Input):
    title = Name(longest=200)
    summary = Name(longest=500, allow_none=True)
    body = _Body()
    language = _Language(allow_none=True)
    variants = fields.List(
        fields.Nested(AnnouncementVariantInput), validate=[validate.Length(max=MOST_VARIANTS), one_each("language")]
    )
    category_id = Reference("acg", allow_none=True)
    on_behalf_of_department_id = Reference("dep", allow_none=True, attribute="department_id")
    importance = Choice(*IMPORTANCES)
    confidentiality = Choice(*CONFIDENTIALITIES)
    attachments = fields.List(
        fields.Nested(AnnouncementFileInput), validate=[validate.Length(max=MOST_AT_ONCE), one_each("id")]
    )
    cover_id = Reference("att", allow_none=True)
    expires_at = InstantField(allow_none=True)
    requires_ack = fields.Boolean()
    ack_text = Name(longest=500, allow_none=True)
    ack_due_at = InstantField(allow_none=True)
    ack_due_after_join_hours = fields.Integer(strict=True, allow_none=True, validate=validate.Range(1, HOURS_OF_A_YEAR))
    comments_enabled = fields.Boolean()
    receipts_visibility = Choice(*VISIBILITIES)
    reminders = fields.Nested(AnnouncementRemindersInput)


class AnnouncementCreate(_Fields):
    title = Name(longest=200, required=True)
    body = _Body(required=True)
    audience_mode = Choice(*MODES)
    audience = fields.Nested(Audience)


class AnnouncementUpdate(_Fields):
    """Absent keeps, null clears. Of what is published, a change of the text makes a revision: with `material` it asks
    for acknowledgements anew and tells the recipients, without it is a slip of the pen. The audience has its own path,
    and never changes its mode once somebody was told."""

    audience_mode = Choice(*MODES)
    material = fields.Boolean(load_default=False)
    revision_note = Name(longest=300, allow_none=True, load_default=None)


class AnnouncementWithdraw(Input):
    reason = Name(longest=500, allow_none=True, load_default=None)


class AnnouncementReject(Input):
    reason = Name(longest=500, required=True)


class AnnouncementApprove(Input):
    note = Name(longest=500, allow_none=True, load_default=None)


class AnnouncementPin(Input):
    until = InstantField(required=True)
    order = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 1000))


class AnnouncementHandOver(Input):
    employee_id = Reference("emp", required=True)


class AnnouncementRemind(Input):
    """Those of them who have something to do still; without names, everybody who has."""

    employee_ids = fields.List(Reference("emp"), load_default=list, validate=validate.Length(max=200))


class AnnouncementSchedule(Input):
    """An instant, or what clocks show at a place: `{"local": "2027-03-28T02:30", "timezone": "Europe/Berlin"}`. What
    clocks skip there is taken for as much later; of what they show twice it is the first."""

    publish_at = InstantField()
    local = fields.NaiveDateTime(format="iso")
    timezone = fields.String(validate=validate.Length(max=64))

    @validates_schema
    def _one_way(self, data: dict[str, Any], **_: Any) -> None:
        if ("publish_at" in data) == ("local" in data):
            raise ValidationError("Give publish_at, or local and perhaps its timezone.")
        if "timezone" in data and "local" not in data:
            raise ValidationError("A timezone says where local is.", "timezone")
        if data.get("timezone", "UTC") not in available_timezones():
            raise ValidationError("There is no such time zone; use a name such as Europe/Berlin.", "timezone")
        local: datetime | None = data.get("local")
        if local is not None and not 1970 <= local.year <= 9997:
            raise ValidationError("Give a time such as 2027-03-28T09:30.", "local")


class AnnouncementJob(Schema):
    """A piece of long work; who asked for it also finds it under `/jobs/{id}`."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    progress = fields.Dict(keys=fields.String(), required=True)


class AnnouncementCategory(Schema):
    id = fields.String(required=True)
    name = fields.String(required=True)
    sort_order = fields.Integer(required=True)
    requires_review = fields.Boolean(required=True)
    approver_ids = fields.List(fields.String(), required=True)
    created_at = InstantField(required=True)
    updated_at = InstantField(required=True)
    version = fields.Integer(required=True)


class _CategoryFields(Input):
    name = Name(longest=100)
    sort_order = fields.Integer(strict=True, validate=validate.Range(0, 10_000))
    requires_review = fields.Boolean()
    approver_ids = fields.List(Reference("emp"), validate=validate.Length(max=50))


class AnnouncementCategoryCreate(_CategoryFields):
    name = Name(longest=100, required=True)
    sort_order = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, 10_000))
    requires_review = fields.Boolean(load_default=False)
    approver_ids = fields.List(Reference("emp"), load_default=list, validate=validate.Length(max=50))


class AnnouncementCategoryUpdate(_CategoryFields):
    """`approver_ids` replaces them. A review that is asked for and has no approvers is an admin's to do."""


class AnnouncementComment(Schema):
    """`body` is empty once it was taken back."""

    id = fields.String(required=True)
    announcement_id = fields.String(required=True)
    body = fields.String(required=True)
    author = fields.Nested(AnnouncementAuthor, required=True)
    mine = fields.Boolean(required=True)
    created_at = InstantField(required=True)
    removed_at = InstantField(allow_none=True, required=True)


class AnnouncementCommentCreate(Input):
    body = LongText(longest=5_000, blank=False, required=True)
