"""What audiences, feeds, receipts and figures of announcements look like."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from portico.domains.announcements.schemas import (
    CONFIDENTIALITIES,
    IMPORTANCES,
    MODES,
    AnnouncementAuthor,
    AnnouncementJob,
    AnnouncementReceipt,
)
from portico.domains.announcements.statuses import STATUSES
from portico.domains.directory.audiences import Audience, AudienceRule
from portico.kernel.dump import InstantField
from portico.kernel.schemas import Input


class AnnouncementAudiencePut(Input):
    audience = fields.Nested(Audience, required=True)


class AnnouncementAudience(Schema):
    """`job` brings the recipients up to date, once the announcement is published."""

    id = fields.String(required=True)
    audience = fields.Dict(keys=fields.String(), required=True)
    audience_mode = fields.String(required=True, validate=validate.OneOf(MODES))
    version = fields.Integer(required=True)
    job = fields.Nested(AnnouncementJob, allow_none=True, required=True)


class AnnouncementPreviewInput(Input):
    """Without one, the announcement's own audience."""

    audience = fields.Nested(Audience)


class AnnouncementPerson(Schema):
    id = fields.String(required=True)
    display_name = fields.String(required=True)


class AnnouncementRuleCount(Schema):
    rule = fields.Nested(AudienceRule, required=True)
    count = fields.Integer(required=True)


class AnnouncementPreview(Schema):
    """`by_rule` counts each person at the first rule that includes them."""

    count = fields.Integer(required=True)
    sample = fields.List(fields.Nested(AnnouncementPerson), required=True)
    by_rule = fields.List(fields.Nested(AnnouncementRuleCount), required=True)


class AnnouncementFeedItem(Schema):
    """An announcement that is for the person. `pending`: they have not read it, or not acknowledged its present text;
    `changed_since_read`: something material has changed. `author_sees_reading`: who reads it is told so."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    summary = fields.String(allow_none=True, required=True)
    language = fields.String(allow_none=True, required=True)
    category_id = fields.String(allow_none=True, required=True)
    author = fields.Nested(AnnouncementAuthor, required=True)
    on_behalf_of_department_id = fields.String(allow_none=True, required=True, attribute="department_id")
    importance = fields.String(required=True, validate=validate.OneOf(IMPORTANCES))
    confidentiality = fields.String(required=True, validate=validate.OneOf(CONFIDENTIALITIES))
    status = fields.String(required=True, validate=validate.OneOf(STATUSES))
    requires_ack = fields.Boolean(required=True)
    cover_id = fields.String(allow_none=True, required=True)
    comment_count = fields.Integer(required=True)
    revision = fields.Integer(required=True)
    published_at = InstantField(allow_none=True, required=True)
    listed_at = InstantField(required=True)
    expires_at = InstantField(allow_none=True, required=True)
    pinned = fields.Boolean(required=True)
    pin_order = fields.Integer(required=True)
    expired = fields.Boolean(required=True)
    pending = fields.Boolean(required=True)
    changed_since_read = fields.Boolean(required=True)
    author_sees_reading = fields.Boolean(required=True)
    receipt = fields.Nested(AnnouncementReceipt, required=True)


class AnnouncementRead(Input):
    read = fields.Boolean(required=True, validate=validate.Equal(True))


class AnnouncementAckInput(Input):
    """The revision that the person saw; without it, the present one."""

    revision = fields.Integer(strict=True, validate=validate.Range(1, 1_000_000))


class AnnouncementDepartment(Schema):
    """`others` stands for departments that are too small to be shown by themselves."""

    department_id = fields.String(allow_none=True, required=True)
    audience = fields.Integer(required=True)
    read = fields.Integer(required=True)
    acknowledged = fields.Integer(required=True)
    others = fields.Boolean()


class AnnouncementStats(Schema):
    """Counted anew, by primary department. `folded`: no group is so small that its figures name somebody; of fewer
    than five people there is the audience alone."""

    id = fields.String(required=True)
    audience = fields.Integer(required=True)
    read = fields.Integer()
    acknowledged = fields.Integer()
    late = fields.Integer()
    removed = fields.Integer(required=True)
    departments = fields.List(fields.Nested(AnnouncementDepartment), required=True)
    folded = fields.Boolean(required=True)
