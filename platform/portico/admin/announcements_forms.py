"""Forms of those who write announcements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from flask_babel import get_timezone, lazy_gettext, to_user_timezone, to_utc
from wtforms import BooleanField, DateTimeLocalField, HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from portico.domains.announcements.schemas import CONFIDENTIALITIES, IMPORTANCES, MODES, VISIBILITIES
from portico.kernel.text import N_
from portico.web.forms import Form, blank_to_none, one_line, strip

WORDS = {
    "normal": N_("Normal"),
    "important": N_("Important"),
    "urgent": N_("Urgent: also reaches people who want quiet"),
    "author": N_("I see who has read it"),
    "author_and_managers": N_("I see it, and leads see it of their departments"),
    "counts_only": N_("Only how many, and nobody sees who"),
}
CONFIDENTIALITY_WORDS = {
    "normal": N_("Anybody it is for"),
    "confidential": N_("Confidential: kept out of search, and from apps without that permission"),
}

MODE_WORDS = {
    "snapshot": N_("Does not get it: it is for who is there when it is published"),
    "live": N_("Gets it too, for as long as it stands"),
}


class Moment(DateTimeLocalField):  # type: ignore[misc]
    """What clocks show where the person is; `instant` is when that is."""

    def __init__(self, label: Any, validators: Any = None, **more: Any) -> None:
        super().__init__(label, validators or [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **more)

    def process_data(self, value: datetime | None) -> None:
        self.data = None if value is None else to_user_timezone(value).replace(tzinfo=None)

    @property
    def instant(self) -> datetime | None:
        return None if self.data is None else to_utc(self.data).replace(tzinfo=UTC)


def _choices(values: tuple[str, ...], words: dict[str, str]) -> list[SelectChoice]:
    return [SelectChoice(value, lazy_gettext(words[value])) for value in values]


class Text(Form):
    """What an announcement says. Of what is published, `material` asks everybody anew."""

    pointers: ClassVar = {
        "/ack_due_at": "ack_due",
        "/expires_at": "expires",
        "/reminders": "reminders",
        "/on_behalf_of_department_id": "department_id",
    }

    title = StringField(lazy_gettext("Title"), [DataRequired(), Length(max=200)], filters=[one_line])
    summary = StringField(
        lazy_gettext("In one sentence"),
        [Length(max=500)],
        filters=[one_line],
        description=lazy_gettext("Shown above the text."),
    )
    body = TextAreaField(
        lazy_gettext("Text"),
        [DataRequired()],
        filters=[strip],
        render_kw={"rows": 14},
        description=lazy_gettext("Markdown: **bold**, *italic*, # heading, - list, [words](https://…)."),
    )
    category_id = SelectField(lazy_gettext("Category"), validators=[Optional()], validate_choice=False)
    importance = SelectField(lazy_gettext("How important"), choices=_choices(IMPORTANCES, WORDS))
    confidentiality = SelectField(
        lazy_gettext("Who may pass it on"), choices=_choices(CONFIDENTIALITIES, CONFIDENTIALITY_WORDS)
    )
    requires_ack = BooleanField(lazy_gettext("Ask everybody to acknowledge it"))
    ack_text = StringField(
        lazy_gettext("What they acknowledge"),
        [Length(max=500)],
        filters=[one_line],
        description=lazy_gettext("Word for word, such as: I have read the rules and keep to them."),
    )
    ack_due = Moment(lazy_gettext("Acknowledge until"))
    reminders = StringField(
        lazy_gettext("Remind after so many hours"),
        [Length(max=60)],
        description=lazy_gettext(
            "Up to five, such as 24, 72. Only who has not read, or not acknowledged, and never in a break or on leave."
        ),
    )
    expires = Moment(lazy_gettext("Over at"), description=lazy_gettext("Then it moves to “Over”."))
    comments_enabled = BooleanField(lazy_gettext("Readers may comment"))
    audience_mode = SelectField(lazy_gettext("Who joins later"), choices=_choices(MODES, MODE_WORDS))
    receipts_visibility = SelectField(lazy_gettext("Who sees who has read it"), choices=_choices(VISIBILITIES, WORDS))
    material = BooleanField(
        lazy_gettext("This changes what it means: tell everybody, and ask for acknowledgements anew")
    )
    revision_note = StringField(lazy_gettext("What is changed"), [Length(max=300)], filters=[one_line])
    version = HiddenField()

    def validate_reminders(self, field: StringField) -> None:
        if any(not one.isdigit() for one in _parts(field.data)):
            raise ValidationError(lazy_gettext("Give whole hours, with commas between them."))

    def values(self, *, published: bool) -> dict[str, Any]:
        """What the service takes."""
        given: dict[str, Any] = {
            "title": self.title.data,
            "summary": self.summary.data or None,
            "body": self.body.data,
            "category_id": blank_to_none(self.category_id.data),
            "importance": self.importance.data,
            "confidentiality": self.confidentiality.data,
            "requires_ack": bool(self.requires_ack.data),
            "ack_text": (self.ack_text.data or None) if self.requires_ack.data else None,
            "ack_due_at": self.ack_due.instant if self.requires_ack.data else None,
            "reminders": {"offsets_hours": sorted({int(one) for one in _parts(self.reminders.data)})},
            "expires_at": self.expires.instant,
            "comments_enabled": bool(self.comments_enabled.data),
            "receipts_visibility": self.receipts_visibility.data,
        }
        if not published:
            given |= {"audience_mode": self.audience_mode.data}
        else:
            given |= {"material": bool(self.material.data), "revision_note": self.revision_note.data or None}
        return given


def _parts(text: str | None) -> list[str]:
    return [one.strip() for one in (text or "").replace("，", ",").replace("、", ",").split(",") if one.strip()]


def filled(row: dict[str, Any]) -> dict[str, Any]:
    """What the form holds of an announcement that is there."""
    return {
        **{name: row[name] for name in ("title", "summary", "body", "category_id", "importance", "confidentiality")},
        **{name: row[name] for name in ("requires_ack", "ack_text", "comments_enabled", "receipts_visibility")},
        "audience_mode": row["audience_mode"],
        "ack_due": row["ack_due_at"],
        "expires": row["expires_at"],
        "reminders": ", ".join(str(one) for one in row["reminders"]["offsets_hours"]),
        "version": row["version"],
    }


class Schedule(Form):
    pointers: ClassVar = {"/publish_at": "local", "/timezone": "local"}

    local = DateTimeLocalField(
        lazy_gettext("Publish at"), [DataRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    )

    def values(self) -> dict[str, Any]:
        return {"local": self.local.data, "timezone": str(get_timezone())}


class Pin(Form):
    until = Moment(lazy_gettext("Pinned until"), [DataRequired()])


class Withdraw(Form):
    reason = StringField(
        lazy_gettext("Why"),
        [Length(max=500)],
        filters=[one_line],
        description=lazy_gettext("For you and the admins; readers do not see it."),
    )


class Reject(Form):
    reason = StringField(lazy_gettext("What is to be changed"), [DataRequired(), Length(max=500)], filters=[one_line])
