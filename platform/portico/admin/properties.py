"""Properties of contacts, companies, tickets and employees: the lists, adding one, changing one, the archive."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length

from portico.admin.blueprint import blueprint, go, here
from portico.domains.properties import queries, schemas, service
from portico.domains.properties.objects import OBJECTS
from portico.domains.properties.values import WITH_OPTIONS
from portico.kernel import text
from portico.kernel.actor import Actor
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.forms import Form, one_line
from portico.web.navigation import Entry

MENU = [
    Entry(
        "admin",
        N_("Properties"),
        "sliders-horizontal",
        "admin.properties",
        40,
        scope="properties:write",
        group=N_("Company"),
    )
]
OF = {"contact": N_("Contacts"), "company": N_("Companies"), "ticket": N_("Tickets"), "employee": N_("People")}
TYPES = {
    "text": N_("Text"),
    "long_text": N_("Long text"),
    "integer": N_("Whole number"),
    "decimal": N_("Number"),
    "bool": N_("Yes or no"),
    "date": N_("Date"),
    "datetime": N_("Date and time"),
    "url": N_("Web address"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "select": N_("One of several options"),
    "multiselect": N_("Several options"),
}
_OBJECT = "/properties/<object_type>"
_ONE = f'{_OBJECT}/<id("prp"):property_id>'


class Changed(Form):
    label = StringField(lazy_gettext("Property name"), [DataRequired(), Length(max=100)], filters=[one_line])
    options = TextAreaField(
        lazy_gettext("Options"),
        render_kw={"rows": 6},
        description=lazy_gettext("One on each line. To show another text than is kept, write: key | text."),
    )
    sensitive = BooleanField(
        lazy_gettext("Sensitive"), description=lazy_gettext("Only those who may see sensitive data see the values.")
    )

    def values(self, kind: str) -> dict[str, Any]:
        options = {"options": list(_options(self.options.data))} if kind in WITH_OPTIONS else {}
        return {"label": self.label.data, "sensitive": bool(self.sensitive.data), **options}


class Added(Changed):
    pointers: ClassVar = {"/key": "key", "/type": "type"}

    key = StringField(
        lazy_gettext("Key"),
        [Length(max=50)],
        description=lazy_gettext("How the API calls it: a-z, 0-9 and _. Left empty, it is made of the name."),
    )
    type = SelectField(
        lazy_gettext("What it holds"),
        choices=[SelectChoice(name, lazy_gettext(label)) for name, label in TYPES.items()],
    )


def _options(written: str | None) -> Any:
    for line in (written or "").splitlines():
        key, _, label = (part.strip() for part in line.partition("|"))
        if key:
            yield {"key": key, "label": label or key}


def _lines(options: list[dict[str, Any]]) -> str:
    whole = [f"{one['key']} | {one['label']}" if one["label"] != one["key"] else one["key"] for one in options]
    return "\n".join(line for line, one in zip(whole, options, strict=True) if not one["archived"])


def _key_of(label: str) -> str:
    return text.slug(label).replace("-", "_")


def _words(object_type: str) -> dict[str, Any]:
    types = {name: gettext(label) for name, label in TYPES.items()}
    return {"object_type": object_type, "types": types, "of": gettext(OF[object_type])}


@blueprint.page("/properties", scope="properties:write")
def properties(actor: Actor) -> str:
    object_type = request.args.get("of", "contact")
    object_type = object_type if object_type in OBJECTS else "contact"
    found = queries.page_of_properties(actor, object_type, ListQuery(limit=MAX_LIMIT))
    tabs = [
        {"label": gettext(label), "url": here("properties", of=name), "active": name == object_type}
        for name, label in OF.items()
    ]
    return render_template("admin/properties/list.html", rows=found.rows, tabs=tabs, **_words(object_type))


@blueprint.page(f"{_OBJECT}/new", methods=("GET", "POST"), scope="properties:write")
def properties_new(actor: Actor, object_type: str) -> Any:
    queries.object_named(object_type)
    form = Added()
    if form.validate_on_submit():
        given = {
            "key": form.key.data or _key_of(form.label.data),
            "type": form.type.data,
            **form.values(form.type.data),
        }
        with form.attempt():
            row = service.create_property(actor, object_type, load(schemas.PropertyCreate(), given))
            flash(gettext("%(name)s is added.", name=row["label"]), "success")
            return go("properties", of=object_type)
    return form.page("admin/properties/edit.html", row=None, **_words(object_type))


@blueprint.page(_ONE, methods=("GET", "POST"), scope="properties:write")
def properties_edit(actor: Actor, object_type: str, property_id: str) -> Any:
    row = queries.definition(actor, object_type, property_id)
    form = Changed(label=row.label, options=_lines(row.options), sensitive=row.sensitive)
    if row.app_id is not None:
        del form.label, form.options
    if form.validate_on_submit():
        given = {"sensitive": bool(form.sensitive.data)} if row.app_id is not None else form.values(row.type)
        with form.attempt():
            service.update_property(actor, object_type, property_id, load(schemas.PropertyUpdate(), given))
            flash(gettext("Saved."), "success")
            return go("properties", of=object_type)
    return form.page("admin/properties/edit.html", row=row, **_words(object_type))


@blueprint.page(f"{_ONE}/archive", methods=("POST",), scope="properties:write")
def properties_archive(actor: Actor, object_type: str, property_id: str) -> Any:
    act(lambda: service.archive_property(actor, object_type, property_id), gettext("Put away."))
    return go("properties", of=object_type)


@blueprint.page(f"{_ONE}/restore", methods=("POST",), scope="properties:write")
def properties_restore(actor: Actor, object_type: str, property_id: str) -> Any:
    act(
        lambda: service.restore_property(actor, object_type, property_id),
        gettext("It is there again, with its values."),
    )
    return go("properties", of=object_type)
