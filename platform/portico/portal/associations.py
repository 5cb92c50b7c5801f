"""What contacts are to companies, on the pages of both."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, redirect
from flask_babel import format_date, gettext, lazy_gettext
from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.settings import settings
from portico.kernel.actor import Actor
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal.blueprint import blueprint
from portico.portal.companies_forms import company_named
from portico.web.acting import act
from portico.web.forms import Form, strip
from portico.web.pages import workspace_url

LABELS = {
    "employee_of": N_("Works there"),
    "decision_maker": N_("Decides"),
    "billing": N_("Gets the invoices"),
    "referrer": N_("Recommended us"),
}
_OTHER = "other"
_SHOWN = 25
_ALL = '/contacts/<id("con"):contact_id>/companies'


class AssociationForm(Form):
    pointers: ClassVar = {"/company_id": "company", "/label": "label"}

    company = StringField(
        lazy_gettext("Company"),
        [DataRequired(), Length(max=300)],
        filters=[strip],
        description=lazy_gettext("By its name or a domain."),
    )
    label = SelectField(lazy_gettext("What they are to it"))
    other = StringField(
        lazy_gettext("Another word for it"), [Length(max=60)], filters=[strip], render_kw={"autocomplete": "off"}
    )
    is_primary = BooleanField(lazy_gettext("Their main company"))

    def values(self, actor: Actor) -> dict[str, Any]:
        """What the API's schema takes. Raises Invalid."""
        label = self.other.data if self.label.data == _OTHER and self.other.data else self.label.data
        company_id = company_named(actor, self.company.data, "company")
        return {"company_id": company_id, "label": label, **({"is_primary": True} if self.is_primary.data else {})}


def word(label: str) -> str:
    """A label for people; words of one's own are as they were written."""
    return str(gettext(LABELS[label])) if label in LABELS else label


def stage_word(actor: Actor, key: str | None) -> str | None:
    """What the workspace calls a stage; one that went is called by its key."""
    labels = {one["key"]: one["label"] for one in settings(actor)["stages"]}
    return str(gettext(labels[key])) if key in labels else key


def companies_of(actor: Actor, contact_id: str) -> list[dict[str, Any]]:
    """For the page of a contact, the primary one first."""
    if not actor.may("companies:read"):
        return []
    rows = queries.page_of_associations(actor, contact_id, ListQuery(limit=_SHOWN)).rows
    names = queries.company_names_of(actor, [row["company_id"] for row in rows])
    shown = [
        row
        | {
            "name": names[row["company_id"]],
            "word": word(row["label"]),
            "until": format_date(row["ends_on"]) if row["ends_on"] else None,
        }
        for row in rows
        if row["company_id"] in names
    ]
    return sorted(shown, key=lambda row: not row["is_primary"])


def contacts_of(actor: Actor, company_id: str) -> Any:
    """The first contacts of a company, for its page."""
    query = ListQuery(limit=_SHOWN, sort="display_name", conditions=(Condition("company_id", "eq", company_id),))
    return queries.page_of_contacts(actor, query)


@blueprint.page(f"{_ALL}/new", methods=("GET", "POST"), endpoint="associations_new", scope="contacts:write")
def new_association(actor: Actor, contact_id: str) -> Any:
    contact = queries.contact(actor, contact_id)
    form = AssociationForm()
    form.label.choices = [*((key, gettext(text)) for key, text in LABELS.items()), (_OTHER, gettext("Something else"))]
    back = workspace_url("portal.contacts_one", contact_id=contact_id)
    if form.validate_on_submit():
        with form.attempt():
            service.create_association(actor, contact_id, load(schemas.AssociationCreate(), form.values(actor)))
            flash(gettext("Saved."), "success")
            return redirect(back)
    return form.page("portal/contacts/association.html", contact=contact, back=back)


@blueprint.page(f'{_ALL}/<id("asc"):association_id>/primary', methods=("POST",), scope="contacts:write")
def make_primary_association(actor: Actor, contact_id: str, association_id: str) -> Any:
    act(
        lambda: service.update_association(actor, contact_id, association_id, {"is_primary": True}),
        gettext("Saved."),
    )
    return redirect(workspace_url("portal.contacts_one", contact_id=contact_id))


@blueprint.page(f'{_ALL}/<id("asc"):association_id>/remove', methods=("POST",), scope="contacts:write")
def remove_association(actor: Actor, contact_id: str, association_id: str) -> Any:
    act(lambda: service.remove_association(actor, contact_id, association_id), gettext("Untied."))
    return redirect(workspace_url("portal.contacts_one", contact_id=contact_id))
