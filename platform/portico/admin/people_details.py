"""What the directory says of a person, changed by who keeps it."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, DateField, EmailField, StringField
from wtforms.validators import DataRequired, Email, Length, Optional

from portico.admin.blueprint import blueprint, go
from portico.admin.picker import DEPARTMENTS, PEOPLE, is_search, one_picked, picked, picker
from portico.domains.directory import queries, service
from portico.kernel.actor import Actor
from portico.web.forms import Form, blank_to_none, one_line, strip


class Details(Form):
    pointers: ClassVar = {"/primary_email": "email"}

    display_name = StringField(lazy_gettext("Full name"), [DataRequired(), Length(max=200)], filters=[one_line])
    email = EmailField(lazy_gettext("Work e-mail"), [Optional(), Email(), Length(max=254)], filters=[strip])
    title = StringField(
        lazy_gettext("Job title"),
        [Length(max=100)],
        filters=[one_line],
        description=lazy_gettext("Shown beside the name."),
    )
    given_name = StringField(lazy_gettext("Given name"), [Length(max=100)], filters=[one_line])
    family_name = StringField(lazy_gettext("Family name"), [Length(max=100)], filters=[one_line])
    phonetic_name = StringField(
        lazy_gettext("How the name is read"),
        [Length(max=200)],
        filters=[one_line],
        description=lazy_gettext("Found by the search, such as Wang Xiaoming for 王小明."),
    )
    employee_no = StringField(lazy_gettext("Employee number"), [Length(max=60)], filters=[one_line])
    work_phone = StringField(lazy_gettext("Work phone"), [Length(max=40)], filters=[one_line])


class Sensitive(Form):
    """What only those see who may, and therefore change."""

    mobile = StringField(lazy_gettext("Private phone"), [Length(max=40)], filters=[one_line])
    hide_mobile = BooleanField(lazy_gettext("Keep the number out of apps and cards"))
    private_email = EmailField(lazy_gettext("Private e-mail"), [Optional(), Email(), Length(max=254)], filters=[strip])
    hired_on = DateField(lazy_gettext("Hired on"), [Optional()])
    leaves_on = DateField(lazy_gettext("Leaves on"), [Optional()])


_PLAIN = ("title", "given_name", "family_name", "phonetic_name", "employee_no", "work_phone")
_ONE = '/people/<id("emp"):employee_id>'


@blueprint.page(f"{_ONE}/edit", methods=("GET", "POST"), scope="directory:write")
def people_edit(actor: Actor, employee_id: str) -> Any:
    person = queries.employee(actor, employee_id)
    known = {name: person[name] for name in ("display_name", *_PLAIN)}
    form = Details(email=person["primary_email"], **known)
    places = {place["id"]: place for place in person["departments"]}
    posted = request.method == "POST"
    ids = picked() if posted else list(places)
    manager_id = one_picked("manager_id") if posted else person["manager_id"]
    if not is_search() and form.validate_on_submit():
        changes = _changes(form, [one for one in ids if one[:4] == "dep_"], places)
        if "manager_id" in request.form:
            changes["manager_id"] = manager_id
        with form.attempt():
            service.update_employee(actor, employee_id, changes)
            flash(gettext("Saved."), "success")
            return go("people_person", employee_id=employee_id)
    return form.page(
        "admin/people/edit.html",
        person=person,
        picker=picker(actor, ids, kinds=DEPARTMENTS),
        managers=picker(
            actor,
            [manager_id] if manager_id else [],
            kinds=PEOPLE,
            name="manager_id",
            nothing=gettext("Nobody"),
            without=frozenset({employee_id}),
        ),
    )


def _changes(form: Details, ids: list[str], places: dict[str, Any]) -> dict[str, Any]:
    """The first department is the primary one, unless the one that was primary is still among them."""
    old = next((one for one in ids if places.get(one, {}).get("primary")), None)
    primary = old or (ids[0] if ids else None)
    return {
        "display_name": form.display_name.data,
        "primary_email": blank_to_none(form.email.data),
        **{name: blank_to_none(form[name].data) for name in _PLAIN if name in request.form},
        "departments": [{**places.get(one, {}), "id": one, "primary": one == primary} for one in ids],
    }


@blueprint.page(f"{_ONE}/private", methods=("GET", "POST"), scope="directory.sensitive:read")
def people_private(actor: Actor, employee_id: str) -> Any:
    person = queries.employee(actor, employee_id)
    names = ("mobile", "hide_mobile", "private_email", "hired_on", "leaves_on")
    form = Sensitive(**{name: person[name] for name in names})
    if form.validate_on_submit():
        with form.attempt():
            values = {name: form[name].data or None for name in names}
            service.update_employee(actor, employee_id, {**values, "hide_mobile": form.hide_mobile.data})
            flash(gettext("Saved."), "success")
            return go("people_person", employee_id=employee_id)
    return form.page("admin/people/private.html", person=person)
