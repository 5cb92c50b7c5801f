"""People: who is here, inviting, and one person's place, role and state."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import flash, render_template, request
from flask_babel import gettext, lazy_gettext
from wtforms import EmailField, SelectField, StringField
from wtforms.validators import DataRequired, Email, InputRequired, Length

from portico import settings
from portico.admin.blueprint import blueprint, go
from portico.admin.picker import DEPARTMENTS, department_names, is_search, picked, picker
from portico.domains.directory import groups, queries, service
from portico.domains.directory.service.inviting import link_token
from portico.domains.identity import queries as identity
from portico.domains.identity import service as members
from portico.domains.identity.roles import find, made_roles
from portico.kernel import public, sightings
from portico.kernel.actor import ROLES, Actor
from portico.kernel.custom_roles import exceeds
from portico.kernel.db import AnyRow
from portico.kernel.ids import is_id
from portico.kernel.text import N_
from portico.web import roles
from portico.web.acting import act
from portico.web.forms import Form, one_line, strip
from portico.web.lists import page_links, page_query, sort_link
from portico.web.navigation import Entry

MENU = [Entry("admin", N_("People"), "users", "admin.people", 20, scope="members:read", group=N_("Company"), key="p")]
STATES = {
    "active": N_("Active"),
    "invited": N_("Invited"),
    "suspended": N_("Suspended"),
    "departed": N_("Departed"),
}


class Invite(Form):
    pointers: ClassVar = {"/primary_email": "email"}

    display_name = StringField(lazy_gettext("Full name"), [DataRequired(), Length(max=200)], filters=[one_line])
    email = EmailField(
        lazy_gettext("Work e-mail"),
        [InputRequired(), Email(), Length(max=254)],
        filters=[strip],
        description=lazy_gettext("The link goes here. It works once and for seven days."),
    )
    role = SelectField(lazy_gettext("Role"), [InputRequired()])


class Role(Form):
    role = SelectField(lazy_gettext("Role"), [InputRequired()])


def _role_choices(actor: Actor) -> list[tuple[str, str]]:
    """Those that the actor may give: only owners make owners."""
    known = (*ROLES, *made_roles(actor.workspace_id))
    return [(str(one), roles.label(one)) for one in known if not exceeds(actor.role or "", one)]


def invitation_link(actor: Actor, invitation: AnyRow | None) -> str | None:
    """The link itself, where no mail server takes it to the person: then an admin hands it over.

    Whoever holds it can take it up, so that of an owner only owners see."""
    if invitation is None or settings.current().smtp_url is not None or not actor.may("members:write"):
        return None
    if invitation.role == "owner" and not actor.has_role("owner"):
        return None
    return public.url(f"/account/invitation/{link_token(invitation.id, invitation.nonce)}")


@blueprint.page("/people", scope="members:read")
def people(actor: Actor) -> str:
    status, sort = request.args.get("status"), request.args.get("sort")
    department = request.args.get("department") or ""
    known = department_names(actor, [department]) if is_id(department, "dep") else {}
    filters = {"status": status if status in STATES else None, "department_id": department if known else None}
    found = queries.page_of_employees(actor, page_query(queries.EMPLOYEES, filters, sort=sort))
    ids = [row["id"] for row in found.rows]
    return render_template(
        "admin/people/list.html",
        found=found,
        links=page_links(found),
        members=identity.members_by_employee(actor, ids),
        names=department_names(actor, [place["id"] for row in found.rows for place in row["departments"]]),
        department={"id": department, "name": known[department]} if known else None,
        states={state: gettext(label) for state, label in STATES.items()},
        by_name=sort_link("display_name", sort or "display_name"),
        may_invite=actor.may("members:write"),
    )


@blueprint.page("/people/invite", methods=("GET", "POST"), scope="members:write")
def people_invite(actor: Actor) -> Any:
    form = Invite(role="employee")
    form.role.choices = _role_choices(actor)
    places = [one for one in picked() if one.startswith("dep_")]
    if not is_search() and form.validate_on_submit():
        with form.attempt():
            row = service.invite(
                actor,
                email=form.email.data,
                display_name=form.display_name.data,
                role=form.role.data,
                department_ids=places,
            )
            flash(gettext("%(name)s is invited.", name=form.display_name.data), "success")
            return go("people_person", employee_id=row.employee_id)
    chosen = picker(actor, places, kinds=DEPARTMENTS)
    return form.page("admin/people/invite.html", picker=chosen, sentences=roles.SENTENCES)


def _person_page(actor: Actor, employee_id: str, form: Form) -> Any:
    person = queries.employee(actor, employee_id)
    sightings.note(actor, "employee", employee_id)
    member = identity.members_by_employee(actor, [employee_id]).get(employee_id)
    invitation = queries.pending_invitations(actor, [employee_id]).get(employee_id)
    return form.page(
        "admin/people/person.html",
        person=person,
        member=member,
        invitation=invitation,
        link=invitation_link(actor, invitation),
        names=department_names(actor, [place["id"] for place in person["departments"]]),
        manager=queries.names_of(actor, [person["manager_id"]]).get(person["manager_id"]),
        past=queries.past_places_of(actor, employee_id),
        groups=groups.names_of_member(actor, employee_id),
        states={state: gettext(label) for state, label in STATES.items()},
        role_label=roles.label(_role_of(actor, member, invitation)),
        sentences=roles.SENTENCES,
        may=actor.may,
        myself=employee_id == actor.employee_id,
    )


def _role_of(actor: Actor, member: AnyRow | None, invitation: AnyRow | None) -> str:
    if member is not None:
        found: str = member.role
        return found
    return (find(actor.workspace_id, invitation.role) if invitation else None) or "employee"


def _role_form(actor: Actor, employee_id: str) -> Role:
    member = identity.members_by_employee(actor, [employee_id]).get(employee_id)
    form = Role(role=member.role if member else "employee")
    form.role.choices = _role_choices(actor)
    return form


@blueprint.page('/people/<id("emp"):employee_id>', scope="members:read")
def people_person(actor: Actor, employee_id: str) -> Any:
    return _person_page(actor, employee_id, _role_form(actor, employee_id))


@blueprint.page('/people/<id("emp"):employee_id>/role', methods=("POST",), scope="members:write")
def people_role(actor: Actor, employee_id: str) -> Any:
    queries.employee(actor, employee_id)
    form = _role_form(actor, employee_id)
    member = identity.member_of_employee(actor, employee_id)
    if member is not None and form.validate_on_submit():
        with form.attempt():
            members.change_role(actor, member.id, form.role.data)
            flash(gettext("The role is changed. It counts from the next click."), "success")
            return go("people_person", employee_id=employee_id)
    return _person_page(actor, employee_id, form)


@blueprint.page('/people/<id("emp"):employee_id>/reset-two-factor', methods=("POST",), scope="members:write")
def people_reset_two_factor(actor: Actor, employee_id: str) -> Any:
    queries.employee(actor, employee_id)
    member = identity.member_of_employee(actor, employee_id)
    if member is not None:
        done = gettext("Reset. The password alone opens this login now; the person was told by mail.")
        act(lambda: members.reset_two_factor(actor, member.id), done)
    return go("people_person", employee_id=employee_id)


@blueprint.page('/people/<id("emp"):employee_id>/resend', methods=("POST",), scope="members:write")
def people_resend(actor: Actor, employee_id: str) -> Any:
    invitation = queries.pending_invitations(actor, [employee_id]).get(employee_id)
    if invitation is not None:
        done = gettext("A new link is on its way; the old one is dead.")
        act(lambda: service.resend(actor, invitation.id), done)
    return go("people_person", employee_id=employee_id)


@blueprint.page('/people/<id("emp"):employee_id>/withdraw', methods=("POST",), scope="members:write")
def people_withdraw(actor: Actor, employee_id: str) -> Any:
    invitation = queries.pending_invitations(actor, [employee_id]).get(employee_id)
    if invitation is not None:
        act(lambda: service.withdraw(actor, invitation.id), gettext("Withdrawn. The link does nothing any more."))
    return go("people_person", employee_id=employee_id)
