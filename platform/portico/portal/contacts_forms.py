"""The form of a contact: name, addresses and numbers as rows, owner, stage and tags."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, Field, FieldList, FormField, HiddenField, SelectField, StringField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from portico.domains.contacts.schemas import MAX_IDENTIFIERS
from portico.domains.contacts.settings import settings
from portico.kernel.actor import Actor
from portico.portal.companies_forms import listed
from portico.portal.people import agents
from portico.web.forms import Form, blank_to_none, strip

_BLANK_ROWS = 2


class IdentifierRow(PlainForm):  # type: ignore[misc]
    kind = SelectField(
        lazy_gettext("Kind"),
        choices=[SelectChoice("email", lazy_gettext("E-mail")), SelectChoice("phone", lazy_gettext("Phone"))],
    )
    value = StringField(lazy_gettext("Address or number"), [Length(max=320)], filters=[strip])
    label = StringField(lazy_gettext("Label"), [Length(max=40)], filters=[strip])
    shared = BooleanField(lazy_gettext("Used by several people"))


class ContactForm(Form):
    display_name = StringField(
        lazy_gettext("Name"),
        [Length(max=300)],
        filters=[strip],
        description=lazy_gettext("Without a name, the first address or number stands for it."),
    )
    identifiers = FieldList(FormField(IdentifierRow), max_entries=MAX_IDENTIFIERS)
    owner_employee_id = SelectField(lazy_gettext("Owner"), description=lazy_gettext("Who looks after this contact."))
    lifecycle_stage = SelectField(lazy_gettext("Stage"))
    tags = StringField(
        lazy_gettext("Tags"),
        [Length(max=2000)],
        filters=[strip],
        description=lazy_gettext("Separate them with commas."),
    )
    version = HiddenField()

    def rows(self) -> list[Any]:
        """The rows that say something, in their order."""
        return [entry.form for entry in self.identifiers.entries if entry.form.value.data]

    def values(self, before: dict[str, Any] | None = None) -> dict[str, Any]:
        """What the API's schema takes. Other systems' ids are not in the form and stay as they were."""
        external = [one for one in (before or {}).get("identifiers", ()) if one["kind"] == "external"]
        return {
            "display_name": blank_to_none(self.display_name.data),
            "identifiers": [*(self._identifier(row, before) for row in self.rows()), *map(_as_input, external)],
            "owner_employee_id": self.owner_employee_id.data or None,
            "lifecycle_stage": self.lifecycle_stage.data or None,
            "tags": listed(self.tags.data),
        }

    @staticmethod
    def _identifier(row: Any, before: dict[str, Any] | None) -> dict[str, Any]:
        known: list[dict[str, Any]] = (before or {}).get("identifiers", [])
        same = next((one for one in known if (one["kind"], one["value"]) == (row.kind.data, row.value.data)), None)
        return {
            "kind": row.kind.data,
            "value": row.value.data,
            "label": blank_to_none(row.label.data),
            "shared": bool(row.shared.data),
            "verified": same["verified"] if same else False,
        }

    def _field_of(self, pointer: str) -> Field | None:
        parts = pointer.strip("/").split("/")
        rows = self.rows()
        if parts[0] == "identifiers" and len(parts) > 1 and parts[1].isdigit() and int(parts[1]) < len(rows):
            return rows[int(parts[1])].value
        return None if parts[0] == "identifiers" else super()._field_of(pointer)


def _as_input(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("kind", "value", "namespace", "label", "primary", "verified", "shared")}


def stage_choices(actor: Actor, now: str | None) -> list[tuple[str, str]]:
    """The workspace's, and the one that the contact is in, which may be gone."""
    named = {one["key"]: one["label"] for one in settings(actor)["stages"]}
    known = [(key, gettext(label)) for key, label in named.items()]
    gone = [(now, now)] if now and now not in dict(known) else []
    return [("", gettext("None")), *known, *gone]


def contact_form(actor: Actor, contact: dict[str, Any] | None = None) -> ContactForm:
    """The form, filled with a contact; always with room for more."""
    known = [one for one in (contact or {}).get("identifiers", ()) if one["kind"] != "external"]
    blank = [{"kind": "email"}, {"kind": "phone"}] if not known else [{"kind": "email"}] * _BLANK_ROWS
    contact = contact or {}
    form = ContactForm(
        display_name=contact.get("display_name"),
        identifiers=[*({name: one[name] for name in ("kind", "value", "label", "shared")} for one in known), *blank],
        owner_employee_id=contact.get("owner_employee_id") or "",
        lifecycle_stage=contact.get("lifecycle_stage") or "",
        tags=", ".join(contact.get("tags", ())),
        version=contact.get("version"),
    )
    form.lifecycle_stage.choices = stage_choices(actor, contact.get("lifecycle_stage"))
    owners = agents(actor, [contact.get("owner_employee_id")])
    form.owner_employee_id.choices = [("", gettext("Nobody")), *owners]
    return form
