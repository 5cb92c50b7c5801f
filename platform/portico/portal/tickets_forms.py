"""The forms of tickets."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_babel import lazy_gettext
from wtforms import EmailField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Email, InputRequired, Length
from wtforms.validators import Optional as MayBeBlank

from portico.domains.tickets import schemas
from portico.kernel.db import AnyRow
from portico.kernel.ids import is_id
from portico.kernel.schemas import load
from portico.portal.attachments import FilesForm
from portico.web.forms import Form, strip, version_in

LONGEST = 65_536


def tags_of(text: str | None) -> list[str]:
    return [tag.strip() for tag in (text or "").replace("，", ",").split(",") if tag.strip()]


class Reply(FilesForm):
    """What the requester writes: always public."""

    body = TextAreaField(
        lazy_gettext("Your reply"), [DataRequired(), Length(max=LONGEST)], render_kw={"rows": 4, "required": True}
    )

    def values(self) -> dict[str, Any]:
        given = {"body": self.body.data, "visibility": "public", **self.files()}
        loaded: dict[str, Any] = load(schemas.CommentCreate(), given)
        return loaded


class Comment(FilesForm):
    """The agents' composer. `last` is the newest comment that was on the page: what came after it stops the sending."""

    body = TextAreaField(lazy_gettext("Text"), [DataRequired(), Length(max=LONGEST)])
    visibility = RadioField(choices=[SelectChoice("public"), SelectChoice("internal")], default="public")
    then = SelectField(lazy_gettext("Status afterwards"), default="")
    last = HiddenField()

    def values(self) -> dict[str, Any]:
        given = {
            "body": self.body.data,
            "visibility": self.visibility.data,
            "expected_last_comment_id": self.last.data if is_id(self.last.data, "cmt") else None,
            **self.files(),
        }
        loaded: dict[str, Any] = load(schemas.CommentCreate(), given)
        return loaded

    def step(self) -> dict[str, Any]:
        """The status afterwards; what a ticket waits for is what was just written."""
        reason = {"hold_reason": (self.body.data or "")[:300]} if self.then.data == "on_hold" else {}
        loaded: dict[str, Any] = load(schemas.TicketUpdate(), {"status": self.then.data, **reason})
        return loaded


class Changes(Form):
    pointers: ClassVar = {"/status_id": "status"}
    statuses: dict[str, AnyRow]
    """What `status` offers, by its values."""

    status = SelectField(lazy_gettext("Status"), [InputRequired()])
    hold_reason = StringField(
        lazy_gettext("What it waits for"),
        [Length(max=300)],
        filters=[strip],
        description=lazy_gettext("Needed while a ticket is on hold."),
    )
    priority = SelectField(lazy_gettext("Priority"), [InputRequired()])
    assignee_id = SelectField(lazy_gettext("Assignee"), default="")
    queue_id = SelectField(lazy_gettext("Queue"), default="")
    tags = StringField(
        lazy_gettext("Tags"),
        [Length(max=2000)],
        filters=[strip],
        description=lazy_gettext("Separate them with commas."),
    )
    version = HiddenField()

    def values(self) -> dict[str, Any]:
        row = self.statuses[self.status.data]
        given = {
            "status_id": row.id,
            "priority": self.priority.data,
            "assignee_id": self.assignee_id.data or None,
            "queue_id": self.queue_id.data or None,
            "tags": tags_of(self.tags.data),
            "hold_reason": (self.hold_reason.data or None) if row.category == "on_hold" else None,
        }
        loaded: dict[str, Any] = load(schemas.TicketUpdate(), given)
        return loaded

    def expected_version(self) -> int | None:
        return version_in(self.version.data)


class NewTicket(FilesForm):
    """For a contact that is there, or for a new one; `contact_id` says which."""

    pointers: ClassVar = {
        "/comment": "body",
        "/display_name": "name",
        "/identifiers": "email",
        "/requester": "contact_id",
    }

    contact_id = HiddenField()
    name = StringField(lazy_gettext("Name"), [Length(max=300)], filters=[strip])
    email = EmailField(lazy_gettext("E-mail"), [MayBeBlank(), Email(), Length(max=254)], filters=[strip])
    phone = StringField(lazy_gettext("Phone"), [Length(max=40)], filters=[strip])
    subject = StringField(lazy_gettext("Subject"), [InputRequired(), Length(max=300)], filters=[strip])
    body = TextAreaField(
        lazy_gettext("What is it about?"), [DataRequired(), Length(max=LONGEST)], render_kw={"rows": 6}
    )
    visibility = SelectField(
        lazy_gettext("Who can read this text"),
        [InputRequired()],
        choices=[
            SelectChoice("public", lazy_gettext("The customer and the team")),
            SelectChoice("internal", lazy_gettext("Only the team")),
        ],
    )
    priority = SelectField(lazy_gettext("Priority"), [InputRequired()], default="normal")
    assignee_id = SelectField(lazy_gettext("Assignee"), default="")

    def new_contact(self) -> dict[str, Any]:
        """What the schema of a new contact takes."""
        given = [("email", self.email.data), ("phone", self.phone.data)]
        identifiers = [{"kind": kind, "value": value} for kind, value in given if value]
        return {"display_name": self.name.data or None, "identifiers": identifiers}

    def values(self, contact_id: str) -> dict[str, Any]:
        given = {
            "subject": self.subject.data,
            "requester": {"contact_id": contact_id},
            "priority": self.priority.data,
            "assignee_id": self.assignee_id.data or None,
            "channel": "portal",
            "comment": {"body": self.body.data, "visibility": self.visibility.data, **self.files()},
        }
        loaded: dict[str, Any] = load(schemas.TicketCreate(), given)
        return loaded


class NewRequest(FilesForm):
    """What an employee asks for."""

    pointers: ClassVar = {"/comment": "body"}

    subject = StringField(
        lazy_gettext("In one line"), [InputRequired(), Length(max=300)], filters=[strip], render_kw={"autofocus": True}
    )
    body = TextAreaField(
        lazy_gettext("What do you need?"),
        [DataRequired(), Length(max=LONGEST)],
        description=lazy_gettext("What you tried, and by when you need it."),
        render_kw={"rows": 6},
    )

    def values(self, employee_id: str) -> dict[str, Any]:
        given = {
            "subject": self.subject.data,
            "requester": {"employee_id": employee_id},
            "channel": "portal",
            "comment": {"body": self.body.data, "visibility": "public", **self.files()},
        }
        loaded: dict[str, Any] = load(schemas.TicketCreate(), given)
        return loaded
