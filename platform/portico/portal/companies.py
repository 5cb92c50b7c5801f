"""Companies outside: the list, one company with what is around it, and changing one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext

from portico.domains.contacts import queries, schemas, service
from portico.domains.contacts.errors import DomainReused
from portico.domains.directory import queries as directory
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.schemas import load
from portico.kernel.text import N_
from portico.portal import properties
from portico.portal.actions import at_record, for_several
from portico.portal.associations import contacts_of
from portico.portal.blueprint import blueprint
from portico.portal.companies_forms import CompanyForm, company_form
from portico.portal.contacts import primary
from portico.portal.interactions import panels
from portico.portal.people import agents
from portico.web.forms import version_in
from portico.web.lists import page_links, page_query, sort_link
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("portal", N_("Companies"), "building-2", "portal.companies", 32, scope="companies:read")]
_BELOW = 10
_ONE = '/companies/<id("cmp"):company_id>'


@blueprint.page("/companies", scope="companies:read")
def companies(actor: Actor) -> str:
    sort = request.args.get("sort") or "-updated_at"
    owner, tag = request.args.get("owner") or "", (request.args.get("tag") or "").strip()[:60]
    selects = properties.chosen(actor, "company", request.args)
    filters = {"owner_employee_id": owner, "tags": tag, **{each["name"]: each["value"] for each in selects}}
    found = queries.page_of_companies(actor, page_query(queries.COMPANIES, filters, sort=sort))
    trashed = request.args.get("trashed")
    return render_template(
        "portal/companies/companies.html",
        found=found,
        several=for_several(actor, "company"),
        links=page_links(found),
        owners=agents(actor, [owner if is_id(owner, "emp") else None]),
        owner_names=directory.names_of(actor, {row["owner_employee_id"] for row in found.rows} - {None}),
        owner=owner,
        selects=selects,
        tag=tag,
        tones=queries.tag_colors(actor, [name for row in found.rows for name in row["tags"]]),
        sorts={name: sort_link(name, sort) for name in ("name", "updated_at")},
        may_restore=actor.has_role("support_admin"),
        trashed=trashed if is_id(trashed, "cmp") and actor.has_role("support_admin") else None,
    )


@blueprint.page("/companies/new", methods=("GET", "POST"), endpoint="companies_new", scope="companies:write")
def new_company(actor: Actor) -> Any:
    form = company_form(actor, parent=(request.args.get("parent") or "")[:300])
    if form.validate_on_submit():
        with form.attempt():
            made = service.create_company(actor, load(schemas.CompanyCreate(), form.values(actor)))
            flash(gettext("%(name)s is added.", name=made["name"]), "success")
            return redirect(workspace_url("portal.companies_one", company_id=made["id"]))
    return _form_page(actor, form, None)


@blueprint.page(_ONE, endpoint="companies_one", scope="companies:read")
def company(actor: Actor, company_id: str) -> str:
    found = queries.company(actor, company_id)
    owner_id = found["owner_employee_id"]
    below = queries.page_of_companies(
        actor, ListQuery(limit=_BELOW, sort="name", conditions=(Condition("parent_id", "eq", company_id),))
    )
    return render_template(
        "portal/companies/company.html",
        company=found,
        own_properties=properties.shown(actor, "company", found),
        owner=directory.names_of(actor, [owner_id]).get(owner_id) if owner_id else None,
        parent=queries.company_names_of(actor, [found["parent_id"]]).get(found["parent_id"] or ""),
        below=below,
        contacts=contacts_of(actor, company_id) if actor.may("contacts:read") else None,
        primary=primary,
        tones=queries.tag_colors(actor, found["tags"]),
        may_trash=actor.has_role("support_admin"),
        panels=panels(actor, "company.panel", "company", company_id),
        actions=at_record(actor, "company", company_id),
    )


@blueprint.page(f"{_ONE}/edit", methods=("GET", "POST"), endpoint="companies_edit", scope="companies:write")
def edit_company(actor: Actor, company_id: str) -> Any:
    before = queries.company(actor, company_id)
    parent = queries.company_names_of(actor, [before["parent_id"]]).get(before["parent_id"] or "")
    form = company_form(actor, before, parent)
    if form.validate_on_submit():
        with form.attempt():
            values = load(schemas.CompanyUpdate(), form.values(actor))
            service.update_company(actor, company_id, values, expected_version=version_in(form.version.data))
            flash(gettext("Saved."), "success")
            return redirect(workspace_url("portal.companies_one", company_id=company_id))
    return _form_page(actor, form, before)


def _form_page(actor: Actor, form: CompanyForm, company: dict[str, Any] | None) -> Any:
    """The form; where another company has a domain already, it is named."""
    other = form.refusal.extra.get("company_id") if form.refusal else None
    name = queries.company_names_of(actor, [other]).get(other) if other else None
    return form.page("portal/companies/edit.html", company=company, other=other, other_name=name)


@blueprint.page(f"{_ONE}/trash", methods=("POST",), scope="companies:write")
def trash_company(actor: Actor, company_id: str) -> Any:
    service.trash_company(actor, company_id)
    return redirect(workspace_url("portal.companies", trashed=company_id))


@blueprint.page(f"{_ONE}/restore", methods=("POST",), scope="companies:write")
def restore_company(actor: Actor, company_id: str) -> Any:
    without = request.form.get("release_taken") == "1"
    try:
        restored = service.restore_company(actor, company_id, release_taken=without)
    except DomainReused as refusal:
        page = render_template("portal/companies/restore.html", company_id=company_id, refusal=refusal)
        return page, refusal.status
    flash(gettext("%(name)s is back.", name=restored["name"]), "success")
    return redirect(workspace_url("portal.companies_one", company_id=company_id))
