"""What a contact agreed to, on their page; and recording it."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, redirect
from flask_babel import gettext, lazy_gettext
from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portico.domains.contacts import queries, schemas, service
from portico.kernel import text
from portico.kernel.actor import Actor
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.web.forms import Form, blank_to_none, strip
from portico.web.pages import workspace_url

STATUSES = {"granted": N_("Agreed"), "denied": N_("Refused"), "withdrawn": N_("Took it back")}
CHANNELS = {"email": N_("E-mail"), "phone": N_("Phone"), "sms": N_("Text message"), "post": N_("Letter")}
BASES = {
    "consent": N_("They said yes"),
    "contract": N_("A contract"),
    "legitimate_interests": N_("Our legitimate interest"),
    "legal_obligation": N_("The law asks for it"),
}
_SHOWN = 50


class ConsentForm(Form):
    pointers: ClassVar = {"/purpose": "purpose"}

    status = SelectField(
        lazy_gettext("What they said"),
        choices=[SelectChoice(key, lazy_gettext(label)) for key, label in STATUSES.items()],
    )
    channel = SelectField(
        lazy_gettext("How we may reach them"),
        choices=[SelectChoice(key, lazy_gettext(label)) for key, label in CHANNELS.items()],
    )
    purpose = StringField(
        lazy_gettext("What for"),
        [DataRequired(), Length(max=40)],
        filters=[strip],
        description=lazy_gettext("One word in Latin letters, such as newsletter."),
    )
    basis = SelectField(
        lazy_gettext("Why we may"),
        choices=[
            SelectChoice("", lazy_gettext("None")),
            *(SelectChoice(key, lazy_gettext(label)) for key, label in BASES.items()),
        ],
    )
    source = StringField(
        lazy_gettext("How we know"),
        [Length(max=200)],
        filters=[strip],
        description=lazy_gettext("Such as the form that they filled in."),
    )

    def values(self) -> dict[str, Any]:
        return {
            "status": self.status.data,
            "channel": self.channel.data,
            "purpose": text.slug(self.purpose.data).replace("-", "_"),
            "basis": blank_to_none(self.basis.data),
            "source": blank_to_none(self.source.data),
        }


def current_consents(actor: Actor, contact_id: str) -> list[dict[str, Any]]:
    """As they hold now."""
    query = ListQuery(limit=_SHOWN, conditions=(Condition("is_current", "eq", True),))
    rows = queries.page_of_consents(actor, contact_id, query).rows
    return [_shown(row) for row in rows]


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    status, channel = STATUSES.get(row["status"], row["status"]), CHANNELS.get(row["channel"], row["channel"])
    return row | {"word": gettext(status), "way": gettext(channel)}


@blueprint.page(
    '/contacts/<id("con"):contact_id>/consents/new',
    methods=("GET", "POST"),
    endpoint="consents_new",
    scope="contacts:write",
)
def new_consent(actor: Actor, contact_id: str) -> Any:
    contact = queries.contact(actor, contact_id)
    form = ConsentForm()
    back = workspace_url("portal.contacts_one", contact_id=contact_id)
    if form.validate_on_submit():
        with form.attempt():
            service.add_consent(actor, contact_id, load(schemas.ConsentCreate(), form.values()))
            flash(gettext("Written down."), "success")
            return redirect(back)
    return form.page("portal/contacts/consent.html", contact=contact, back=back)
