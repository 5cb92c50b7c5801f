"""People: the list, one person, and what a person says of themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import Response, flash, redirect, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import BooleanField, EmailField, StringField
from wtforms.validators import Email, Length, Optional

from portico.domains.directory import cards, groups, queries, service
from portico.kernel import sightings
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.listing import ListQuery
from portico.kernel.text import N_
from portico.portal import properties
from portico.portal.actions import at_record, for_several
from portico.portal.blueprint import blueprint
from portico.portal.interactions import panels
from portico.portal.presence import presence_of
from portico.web.downloads import Download, file_response
from portico.web.forms import Form, blank_to_none, one_line, strip
from portico.web.lists import page_links, page_query, sort_link
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("portal", N_("People"), "users", "portal.people", 40, scope="directory:read", key="p")]
_PERSON = '/people/<id("emp"):employee_id>'
_FEW, _REPORTS, _ABOVE = 4, 12, 5


class OwnDetails(Form):
    pointers: ClassVar = {"/mobile": "mobile", "/private_email": "private_email"}

    mobile = StringField(lazy_gettext("Private phone"), [Length(max=40)], filters=[one_line])
    hide_mobile = BooleanField(
        lazy_gettext("Keep my number to me and HR"),
        description=lazy_gettext("No app sees it then, and no card that somebody downloads holds it."),
    )
    private_email = EmailField(
        lazy_gettext("Private e-mail"),
        [Optional(), Email(), Length(max=254)],
        filters=[strip],
        description=lazy_gettext("For you and HR, never for colleagues."),
    )


def department_asked_for(actor: Actor) -> dict[str, Any] | None:
    """The department that the page's address narrows the list to, when there is one."""
    department_id = request.args.get("department") or ""
    names = queries.names_of_departments(actor, [department_id]) if is_id(department_id, "dep") else {}
    return {"id": department_id, "name": names[department_id]} if names else None


@blueprint.page("/people", scope="directory:read")
def people(actor: Actor) -> str:
    """Everyone of the workspace; of one department with those below it."""
    department, sort = department_asked_for(actor), request.args.get("sort") or "display_name"
    query = page_query(queries.EMPLOYEES, sort=sort)
    if department is not None:
        found = queries.members_of(actor, department["id"], query, recursive=True)
    else:
        found = queries.page_of_employees(actor, query)
    places: Sequence[dict[str, Any]] = ()
    if query.q and query.cursor is None and department is None:
        places = queries.page_of_departments(actor, ListQuery(limit=_FEW, q=query.q)).rows
    sightings.note(actor, "employee", way="search" if request.args.get("q") else "list")
    return render_template(
        "portal/directory/people.html",
        found=found,
        presence=presence_of(actor, [row["id"] for row in found.rows if row["status"] == "active"]),
        several=for_several(actor, "employee"),
        links=page_links(found),
        names=queries.names_of_departments(actor, [place["id"] for row in found.rows for place in row["departments"]]),
        department=department,
        places=places,
        name_sort=sort_link("display_name", sort),
    )


@blueprint.page(_PERSON, endpoint="people_one", scope="directory:read")
def person(actor: Actor, employee_id: str) -> str:
    found = queries.employee(actor, employee_id)
    sightings.note(actor, "employee", employee_id)
    above = queries.managers_above(actor, employee_id)[1 : _ABOVE + 1]
    return render_template(
        "portal/directory/person.html",
        person=found,
        presence=presence_of(actor, [employee_id]).get(employee_id) if found["status"] == "active" else None,
        own_properties=properties.shown(actor, "employee", found),
        may_change=actor.may("directory:write"),
        above=queries.lookup(actor, above),
        order=above,
        reports=queries.page_of_reports(actor, employee_id, ListQuery(limit=_REPORTS)),
        reports_in_all=queries.count_of_reports(actor, employee_id),
        names=queries.paths_of_departments(actor, [place["id"] for place in found["departments"]]),
        groups=groups.names_of_member(actor, employee_id),
        is_me=employee_id == actor.employee_id,
        panels=panels(actor, "employee.panel", "employee", employee_id),
        actions=at_record(actor, "employee", employee_id),
    )


@blueprint.page(f"{_PERSON}/card.vcf", endpoint="people_card", scope="directory:read")
def card(actor: Actor, employee_id: str) -> Response:
    made = cards.card(actor, employee_id)
    sightings.note(actor, "employee", employee_id)
    return file_response(Download(iter([made.body]), made.name, "text/vcard; charset=utf-8", len(made.body)))


@blueprint.page("/people/me", methods=("GET", "POST"), endpoint="people_me", scope="directory:read")
def own_details(actor: Actor) -> Any:
    me = queries.employee(actor, actor.employee_id or "")
    form = OwnDetails(mobile=me["mobile"], hide_mobile=me["hide_mobile"], private_email=me["private_email"])
    back = workspace_url("portal.people_one", employee_id=me["id"])
    if form.validate_on_submit():
        changes = {
            "mobile": blank_to_none(form.mobile.data),
            "hide_mobile": form.hide_mobile.data,
            "private_email": blank_to_none(form.private_email.data),
        }
        with form.attempt():
            service.update_employee(actor, me["id"], changes)
            flash(gettext("Saved."), "success")
            return redirect(back, 303)
    return form.page("portal/directory/own.html", back=back)
