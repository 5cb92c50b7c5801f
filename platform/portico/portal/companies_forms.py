"""The form of a company."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, lazy_gettext
from wtforms import HiddenField, SelectField, StringField
from wtforms.validators import DataRequired, Length

from portico.domains.contacts import queries
from portico.domains.contacts.names import name_key
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.listing import ListQuery
from portico.portal.people import agents
from portico.web.forms import Form, one_line, strip

_LOOKED_AT = 20


def listed(text: str | None) -> list[str]:
    """What stands between the commas of a text box."""
    return [one.strip() for one in (text or "").replace("，", ",").split(",") if one.strip()]


def company_named(actor: Actor, text: str | None, field: str) -> str | None:
    """The id of the company that a person wrote by its name or domain; None for an empty box. Raises Invalid."""
    wanted = (text or "").strip()
    if not wanted:
        return None
    found = queries.page_of_companies(actor, ListQuery(limit=_LOOKED_AT, q=wanted)).rows
    same = [one["id"] for one in found if name_key(one["name"]) == name_key(wanted) or wanted.lower() in one["domains"]]
    if len(same) == 1 or len(found) == 1:
        return str(same[0] if same else found[0]["id"])
    message = gettext("Several companies begin so; write the whole name, or a domain.") if found else None
    raise invalid(f"/{field}", "unknown", message or gettext("There is no company of this name or domain."))


class CompanyForm(Form):
    name = StringField(lazy_gettext("Company name"), [DataRequired(), Length(max=300)], filters=[one_line])
    domains = StringField(
        lazy_gettext("Domains"),
        [Length(max=4000)],
        filters=[strip],
        description=lazy_gettext("Such as acme.example; separate them with commas. Each belongs to one company."),
    )
    parent_id = StringField(
        lazy_gettext("Belongs to"),
        [Length(max=300)],
        filters=[strip],
        description=lazy_gettext("The company above, by its name or a domain."),
    )
    owner_employee_id = SelectField(lazy_gettext("Owner"), description=lazy_gettext("Who looks after this company."))
    tags = StringField(
        lazy_gettext("Tags"),
        [Length(max=2000)],
        filters=[strip],
        description=lazy_gettext("Separate them with commas."),
    )
    version = HiddenField()

    def values(self, actor: Actor) -> dict[str, Any]:
        """What the API's schema takes. Raises Invalid."""
        return {
            "name": self.name.data,
            "domains": listed(self.domains.data),
            "parent_id": company_named(actor, self.parent_id.data, "parent_id"),
            "owner_employee_id": self.owner_employee_id.data or None,
            "tags": listed(self.tags.data),
        }


def company_form(actor: Actor, company: dict[str, Any] | None = None, parent: str | None = None) -> CompanyForm:
    """The form, filled with a company."""
    known = company or {}
    form = CompanyForm(
        name=known.get("name"),
        domains=", ".join(known.get("domains", ())),
        parent_id=parent,
        owner_employee_id=known.get("owner_employee_id") or "",
        tags=", ".join(known.get("tags", ())),
        version=known.get("version"),
    )
    form.owner_employee_id.choices = [("", gettext("Nobody")), *agents(actor, [known.get("owner_employee_id")])]
    return form
