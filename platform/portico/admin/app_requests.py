"""What people ask for, deciding about it, and the company's policy about apps. For what an installed app lacks only
what is new is shown, and each can be left out."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext

from portico.admin.blueprint import blueprint, go
from portico.admin.consent import Decision, groups, must_prove, prove
from portico.admin.installations import asked_by, narrowed, with_looks
from portico.domains.catalogue import queries as catalogue
from portico.domains.directory import queries as directory
from portico.domains.installations import policies, queries, requests, service
from portico.domains.installations.schemas import UPGRADES
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.ids import is_id
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.scopes import SCOPES
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web.acting import act
from portico.web.forms import Form, version_in
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [
    Entry("admin", N_("App requests"), "inbox", "admin.app_requests", 45, scope="installations:read", group=N_("Apps")),
    Entry("admin", N_("App policy"), "scale", "admin.app_policy", 55, scope="installations:read", group=N_("Apps")),
]


@blueprint.page("/app-requests", scope="installations:read")
def app_requests(actor: Actor) -> str:
    decided = request.args.get("status") == "decided"
    filters = {"status__in": "approved,declined,expired" if decided else "open"}
    found = requests.page_of_requests(actor, page_query(requests.REQUESTS, filters))
    looks = catalogue.looks_of({row["app_id"] for row in found.rows}, actor.locale)
    names = directory.names_of(actor, [each["employee_id"] for row in found.rows for each in row["requesters"]])
    rows = [{**row, "app": looks[row["app_id"]]} for row in found.rows]
    return render_template("admin/requests/list.html", rows=rows, names=names, links=page_links(found), decided=decided)


@blueprint.page('/app-requests/<id("irq"):request_id>/decline', methods=("POST",), scope="installations:write")
def app_requests_decline(actor: Actor, request_id: str) -> Any:
    reason = (request.form.get("reason") or "").strip()[:2000] or gettext("No reason was given.")
    act(lambda: service.decline_request(actor, request_id, reason), gettext("Declined. Those who asked hear of it."))
    return go("app_requests")


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
        needs_password=must_prove(lacking),
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
    if must_prove(chosen):
        prove(form.password.data)
    with unit(actor.workspace_id, write=True):
        _, there, lacking = _about(actor, request_id)
        granted = {*there["granted_scopes"], *(name for name in chosen if name in lacking)}
        service.approve_request(actor, request_id, {"granted_scopes": sorted(granted)})
    flash(gettext("Granted. It counts from the app's next request, and those who asked hear of it."), "success")
    return True


@blueprint.page("/app-policy", methods=("GET", "POST"), scope="installations:read")
def app_policy(actor: Actor) -> Any:
    form = Form()
    now = policies.policy(actor)
    if form.validate_on_submit() and actor.may("installations:write"):
        known = {scope.name for scope in SCOPES}
        values = {
            "deny_scopes": [name for name in request.form.getlist("deny_scopes") if name in known],
            **_publishers(),
            "minimum_verification": _one_of(request.form.get("minimum_verification"), "any", "domain", "operator"),
            "minimum_review": _one_of(request.form.get("minimum_review"), "any", "robot", "person"),
            "auto_approve": _one_of(request.form.get("auto_approve"), "none", "read"),
            "upgrades": _one_of(request.form.get("upgrades"), *UPGRADES),
        }
        with form.attempt():
            service.set_policy(actor, values, version_in(request.form.get("version")) or 0)
            flash(gettext("Saved. It counts for each app from its next request."), "success")
            return go("app_policy")
    scopes = [
        {"name": scope.name, "sentence": gettext(scope.sentence)}
        for scope in SCOPES
        if scope.for_apps and ":" in scope.name
    ]
    return form.page(
        "admin/requests/policy.html",
        policy=now,
        scopes=scopes,
        publishers=_known_publishers(actor, now),
        may_change=actor.may("installations:write"),
    )


def _publishers() -> dict[str, Any]:
    """One decision for each publisher: as the rule says, allowed, or denied. `only`: those that are allowed and no
    others."""
    chosen = {name.removeprefix("publisher-"): value for name, value in request.form.items() if _is_publisher(name)}
    allowed = sorted(found for found, value in chosen.items() if value == "allow")
    denied = sorted(found for found, value in chosen.items() if value == "deny")
    return {
        "allowed_publishers": allowed if request.form.get("only_allowed") else None,
        "denied_publishers": denied,
    }


def _is_publisher(name: str) -> bool:
    return name.startswith("publisher-") and is_id(name.removeprefix("publisher-"), "pub")


def _known_publishers(actor: Actor, now: dict[str, Any]) -> list[dict[str, Any]]:
    """Those whose apps can be found here, and those that the policy names, each with what is decided."""
    named = [*(now["allowed_publishers"] or ()), *now["denied_publishers"]]
    rows = {row["id"]: row for row in catalogue.page_of_publishers(actor, ListQuery(limit=MAX_LIMIT)).rows}
    rows |= {row["id"]: row for row in catalogue.publishers_named(named)}
    return [
        {**row, "decision": _decision(now, row["id"])} for row in sorted(rows.values(), key=lambda row: row["name"])
    ]


def _decision(now: dict[str, Any], publisher_id: str) -> str:
    if publisher_id in now["denied_publishers"]:
        return "deny"
    return "allow" if publisher_id in (now["allowed_publishers"] or ()) else ""


def _one_of(given: str | None, *choices: str) -> str:
    return given if given in choices else choices[0]
