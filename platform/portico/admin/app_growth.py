"""Deciding about what people ask for in an installed app: only what is new is shown, and each can be left out."""

from __future__ import annotations

from typing import Any

from flask import flash, request
from flask_babel import gettext

from portico.admin.blueprint import blueprint, go
from portico.admin.consent import Decision, groups, is_sensitive, prove
from portico.admin.installations import asked_by, narrowed, with_looks
from portico.domains.directory import queries as directory
from portico.domains.installations import queries, requests, service
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import unit


def _about(actor: Actor, request_id: str) -> tuple[dict[str, Any], dict[str, Any], list[str]]:
    """The open request, the installation, and what is asked for and still lacking. Raises NotFound."""
    asked = requests.request(actor, request_id)
    there = queries.live_installation(actor, asked["app_id"])
    if asked["status"] != "open" or asked["kind"] != "permissions" or there is None:
        raise NotFound()
    wanted = asked["scopes"] or there["pending_scopes"]
    return asked, there, [name for name in wanted if name in there["pending_scopes"]]


@blueprint.page(
    '/app-requests/<id("irq"):request_id>/grow',
    methods=("GET", "POST"),
    scope="installations:write",
    own_units=True,
)
def app_requests_grow(actor: Actor, request_id: str) -> Any:
    with unit(actor.workspace_id, write=False):
        asked, there, lacking = _about(actor, request_id)
        row = with_looks(actor, [there])[0]
        everything, _ = asked_by(actor, row)
        shown = groups(actor, narrowed(everything, lacking), chosen=_chosen(lacking))
        names = directory.names_of(actor, [each["employee_id"] for each in asked["requesters"]])
    form = Decision(who="everyone")
    if form.validate_on_submit():
        with form.attempt():
            if _approve(actor, form, request_id, _chosen(lacking)):
                return go("app_requests")
    # Each may be left out here, also what the app says that it needs: so far it lived without.
    items = [item for group in shown for item in group["items"] if item.get("scope")]
    for item in items:
        item["optional"] = True
    return form.page(
        "admin/requests/grow.html",
        row=row,
        asked=asked,
        names=names,
        groups=[group for group in shown if any(item in items for item in group["items"])],
        needs_password=is_sensitive(lacking),
    )


def _chosen(lacking: list[str]) -> list[str]:
    if request.method != "POST":
        return lacking
    return [name for name in request.form.getlist("scopes") if name in lacking]


def _approve(actor: Actor, form: Decision, request_id: str, chosen: list[str]) -> bool:
    """Grant what is ticked, besides what the app has. False, with the reason on the page, when nothing is."""
    if not chosen:
        flash(gettext("Choose at least one, or decline the request."), "warning")
        return False
    if is_sensitive(chosen):
        prove(form.password.data)
    with unit(actor.workspace_id, write=True):
        _, there, lacking = _about(actor, request_id)
        granted = {*there["granted_scopes"], *(name for name in chosen if name in lacking)}
        service.approve_request(actor, request_id, {"granted_scopes": sorted(granted)})
    flash(gettext("Granted. It counts from the app's next request, and those who asked hear of it."), "success")
    return True
