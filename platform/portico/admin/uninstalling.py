"""The end of an app, step by step: what depends on it, uninstalling, erasing; and why a person may use it or not."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portico.admin.blueprint import blueprint, go
from portico.domains.catalogue import queries as catalogue
from portico.domains.directory import queries as directory
from portico.domains.installations import explaining, previewing, queries, service
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.listing import ListQuery
from portico.kernel.text import N_
from portico.web.acting import act

_ONE = '/apps/<id("ins"):installation_id>'
DEPENDENTS = {
    "surfaces": N_("Pages and panels"),
    "actions": N_("Actions"),
    "properties": N_("Properties of the app"),
    "contact_values": N_("Contacts that have values of them"),
    "ticket_values": N_("Tickets that have values of them"),
    "employee_values": N_("Employees that have values of them"),
    "tokens": N_("Tokens that work now"),
    "user_grants": N_("People who let it act for them"),
    "endpoints": N_("Addresses that receive events"),
    "waiting_deliveries": N_("Events that wait to be delivered"),
}
REASONS = {
    "person_not_active": N_("The person is suspended or has left."),
    "not_installed": N_("The app is not installed in this workspace."),
    "suspended_by_company": N_("The company suspended the app."),
    "suspended_by_publisher": N_("The publisher suspended the app."),
    "suspended_by_operator": N_("The operator suspended the app."),
    "excluded": N_("A rule excludes this person."),
    "not_included": N_("It is for some people only, and no rule includes this person."),
    "included": N_("A rule includes this person."),
    "for_everyone": N_("It is for everyone in the workspace."),
    "scope_pending": N_("It asks for a permission that nobody granted."),
    "upgrades_wait": N_("The policy has this wait for an admin when a new version asks for it."),
    "policy_denies_scope": N_("The policy denies a permission that it asks for."),
    "policy_denies_publisher": N_("The policy lets in no apps of this publisher."),
    "policy_needs_verification": N_("The policy asks for a publisher that has proved more about itself."),
    "app_stopped": N_("The app is stopped everywhere; nobody can install it now."),
    "policy_needs_review": N_("The policy asks for more review than this version has had."),
}


def _app(actor: Actor, row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "app": catalogue.looks_of([row["app_id"]], actor.locale)[row["app_id"]]}


@blueprint.page(f"{_ONE}/uninstall", methods=("GET", "POST"), scope="installations:write")
def installations_uninstall(actor: Actor, installation_id: str) -> Any:
    if request.method == "POST":
        done = gettext("Uninstalled. Its tokens died in the same moment; your data is whole.")
        act(lambda: service.uninstall(actor, installation_id), done)
        return go("installations_app", installation_id=installation_id)
    row = _app(actor, queries.installation(actor, installation_id))
    seen = previewing.preview(actor, installation_id)
    names = [{**each, "title": gettext(DEPENDENTS.get(each["kind"], each["kind"]))} for each in seen["dependents"]]
    return render_template("admin/installations/uninstall.html", row=row, seen=seen, dependents=names)


@blueprint.page(f"{_ONE}/erase", methods=("POST",), scope="installations:write")
def installations_erase(actor: Actor, installation_id: str) -> Any:
    done = gettext("Erased here. The app was told to erase what it holds, and its answer will stand below.")
    act(lambda: service.erase(actor, installation_id), done)
    return go("installations_app", installation_id=installation_id)


@blueprint.page(f"{_ONE}/why", scope="installations:read")
def installations_why(actor: Actor, installation_id: str) -> str:
    row = _app(actor, queries.installation(actor, installation_id))
    people = directory.page_of_employees(actor, ListQuery(limit=200)).rows
    wanted = request.args.get("employee_id")
    found = None
    if wanted:
        if wanted not in directory.names_of(actor, [wanted]):
            raise NotFound()
        found = explaining.access_to_installation(actor, installation_id, wanted)
    reasons = [_worded(each) for each in (found["reasons"] if found else [])]
    return render_template(
        "admin/installations/why.html", row=row, people=people, wanted=wanted, found=found, reasons=reasons
    )


def _worded(reason: dict[str, Any]) -> dict[str, Any]:
    text = REASONS[reason["code"]]
    return {**reason, "text": gettext(text)}
