"""How people pause, go and come back: each page says before what will happen."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash
from flask_babel import gettext, lazy_gettext
from wtforms import DateField, EmailField, StringField
from wtforms.validators import Email, Length, Optional

from portico.admin.blueprint import blueprint, go
from portico.admin.picker import DEPARTMENTS, PEOPLE, is_search, one_picked, picked, picker
from portico.domains.directory import groups, queries, service
from portico.kernel.actor import Actor
from portico.web.acting import act
from portico.web.forms import Form, one_line, strip

_ONE = '/people/<id("emp"):employee_id>'


class Leaving(Form):
    pointers: ClassVar = {"/leaves_on": "leaves_on"}

    leaves_on = DateField(lazy_gettext("Last day"), [Optional()])


class Returning(Form):
    pointers: ClassVar = {"/primary_email": "email"}

    hired_on = DateField(lazy_gettext("First day"), [Optional()])
    email = EmailField(lazy_gettext("Work e-mail"), [Optional(), Email(), Length(max=254)], filters=[strip])
    employee_no = StringField(lazy_gettext("Employee number"), [Length(max=60)], filters=[one_line])


@blueprint.page(f"{_ONE}/suspend", methods=("POST",), scope="directory:write")
def people_suspend(actor: Actor, employee_id: str) -> Any:
    act(lambda: service.suspend(actor, employee_id), gettext("Suspended. Sessions and tokens here have ended."))
    return go("people_person", employee_id=employee_id)


@blueprint.page(f"{_ONE}/reactivate", methods=("POST",), scope="directory:write")
def people_reactivate(actor: Actor, employee_id: str) -> Any:
    act(lambda: service.reactivate(actor, employee_id), gettext("Active again, in the role of before."))
    return go("people_person", employee_id=employee_id)


@blueprint.page(f"{_ONE}/depart", methods=("GET", "POST"), scope="directory:write")
def people_depart(actor: Actor, employee_id: str) -> Any:
    person, form, heir = queries.employee(actor, employee_id), Leaving(), one_picked("reassign_reports_to")
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            service.depart(actor, employee_id, leaves_on=form.leaves_on.data, reassign_reports_to=heir)
            flash(gettext("Departed. What this person did stays in the history."), "success")
            return go("people_person", employee_id=employee_id)
    heirs = picker(
        actor,
        [heir] if heir else [],
        kinds=PEOPLE,
        name="reassign_reports_to",
        nothing=gettext("Nobody for now"),
        without=frozenset({employee_id}),
    )
    return form.page(
        "admin/people/depart.html",
        person=person,
        picker=heirs,
        reports=queries.count_of_reports(actor, employee_id),
        groups=groups.names_of_member(actor, employee_id),
        names=queries.names_of_departments(actor, [place["id"] for place in person["departments"]]),
    )


@blueprint.page(f"{_ONE}/rehire", methods=("GET", "POST"), scope="directory:write")
def people_rehire(actor: Actor, employee_id: str) -> Any:
    person = queries.employee(actor, employee_id)
    form = Returning(email=person["primary_email"], employee_no=person["employee_no"])
    ids = [one for one in picked() if one.startswith("dep_")]
    if not is_search() and form.validate_on_submit():
        given = {"hired_on": form.hired_on.data, "primary_email": form.email.data, "employee_no": form.employee_no.data}
        values = {name: value for name, value in given.items() if value}
        with form.attempt():
            service.rehire(actor, employee_id, departments=[{"id": one} for one in ids], **values)
            flash(gettext("Here again, in the role of before."), "success")
            return go("people_person", employee_id=employee_id)
    return form.page(
        "admin/people/rehire.html",
        person=person,
        picker=picker(actor, ids, kinds=DEPARTMENTS),
        past=queries.past_places_of(actor, employee_id)[:5],
    )
