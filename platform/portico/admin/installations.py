"""Installed apps: the list, and one page per app with all that an admin decides about it."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext

from portico.admin.app_settings import changed_settings, setting_fields
from portico.admin.blueprint import blueprint, go
from portico.admin.consent import Decision, availability, groups, is_sensitive, must_prove, prove, ticked
from portico.admin.picker import EFFECTS, EXCLUDE, INCLUDE, chosen, is_search, kept_depth, names_of_rules, picker
from portico.domains.catalogue import manifests
from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.manifests import localised
from portico.domains.directory import queries as directory
from portico.domains.installations import erasures, measuring, queries, service
from portico.domains.installations.consent import Consent, consent
from portico.domains.installations.schemas import GONE, LIVE
from portico.domains.interactions import queries as interactions
from portico.domains.oauth import grants
from portico.domains.webhooks import queries as webhooks
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.slots import SLOTS
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web.acting import act
from portico.web.app_frames import allow_frames, frame
from portico.web.forms import Form, version_in
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry

MENU = [
    Entry(
        "admin",
        N_("Installed apps"),
        "blocks",
        "admin.installations",
        40,
        scope="installations:read",
        group=N_("Apps"),
        key="a",
    )
]
_ONE = '/apps/<id("ins"):installation_id>'
_RECENT = 8


def with_looks(actor: Actor, rows: Any) -> list[dict[str, Any]]:
    looks = catalogue.looks_of({row["app_id"] for row in rows}, actor.locale)
    return [{**row, "app": looks[row["app_id"]]} for row in rows]


@blueprint.page("/apps", scope="installations:read")
def installations(actor: Actor) -> str:
    gone = request.args.get("status") == "uninstalled"
    filters = {"status__in": ",".join(GONE if gone else LIVE)}
    found = queries.page_of_installations(actor, page_query(queries.INSTALLATIONS, filters))
    shown = with_looks(actor, found.rows)
    return render_template("admin/installations/list.html", rows=shown, links=page_links(found), gone=gone)


def asked_by(actor: Actor, installation: dict[str, Any]) -> tuple[Consent, dict[str, Any]]:
    """What the version that runs asks for, and the settings that it declares."""
    released = catalogue.run_by(installation)
    manifest = released.manifest if released else {}
    return consent(manifest, actor.locale), manifest.get("settings", {})


@blueprint.page(_ONE, scope="installations:read")
def installations_app(actor: Actor, installation_id: str) -> str:
    row = with_looks(actor, [queries.installation(actor, installation_id)])[0]
    asked, declared = asked_by(actor, row)
    mine = Condition("installation_id", "eq", installation_id)
    deliveries = webhooks.page_of_deliveries(actor, ListQuery(limit=_RECENT, conditions=(mine,)))
    granted = groups(actor, narrowed(asked, row["granted_scopes"]))
    ran = interactions.page_of_interactions(actor, ListQuery(limit=_RECENT, conditions=(mine,))).rows
    return render_template(
        "admin/installations/app.html",
        row=row,
        granted=granted,
        pending=[name for name in asked.required if name in row["pending_scopes"]],
        offered=[name for name in asked.optional if name in row["pending_scopes"]],
        included=names_of_rules(actor, row["availability"]["include"]),
        excluded=names_of_rules(actor, row["availability"]["exclude"]),
        records=names_of_rules(actor, row["data_range"]["include"]),
        unused=measuring.unused(actor, row),
        replays=grants.replays(actor, installation_id),
        offers=offered(actor, row),
        ran=ran,
        runners=directory.names_of(actor, [run["employee_id"] or "" for run in ran]),
        settings=setting_fields(
            declared,
            actor.locale,
            None,
            row["settings"],
            kept=frozenset(queries.secret_settings(actor.workspace_id, row)),
        ),
        beside=[one.title for one in interactions.settings_of(actor, installation_id)],
        deliveries=webhooks.with_apps(actor, deliveries.rows),
        installer=directory.names_of(actor, [row["installed_by"] or ""]).get(row["installed_by"]),
        erasure=erasures.of_installation(actor, installation_id) if row["status"] == "erased" else None,
        may_erase=actor.may("installations:write"),
        may_change=actor.may("installations:write") and row["status"] in LIVE,
    )


def offered(actor: Actor, installation: dict[str, Any]) -> list[dict[str, Any]]:
    """The actions of the version that runs, as an admin reads them."""
    released = catalogue.run_by(installation)
    return [
        {
            "title": localised(each["title"], actor.locale),
            "risk": each.get("risk", "write"),
            "identity": each.get("identity", "app"),
            "places": [SLOTS[place].title for place in each["places"] if place in SLOTS],
        }
        for each in (manifests.actions(released.manifest) if released else ())
    ]


def narrowed(asked: Consent, granted: list[str]) -> Consent:
    """Only what was granted, and what the app says it sends."""
    kept = [
        type(group)(group.kind, tuple(item for item in group.items if item.scope is None or item.scope in granted))
        for group in asked.groups
    ]
    return Consent(tuple(group for group in kept if group.items), asked.required, asked.optional)


@blueprint.page(f"{_ONE}/people", methods=("GET", "POST"), scope="installations:write")
def installations_people(actor: Actor, installation_id: str) -> Any:
    row = with_looks(actor, [queries.installation(actor, installation_id)])[0]
    before = row["availability"]
    form = Decision(who=before["kind"])
    ids = chosen(before["include"], INCLUDE)
    barred = chosen(before["exclude"], EXCLUDE)
    if not is_search() and form.validate_on_submit():
        wanted = availability(form.who.data, ids, barred)
        changed = {**wanted, **{effect: kept_depth(wanted.get(effect, []), before[effect]) for effect in EFFECTS}}
        with form.attempt():
            service.update_installation(actor, installation_id, {"availability": changed})
            flash(gettext("Saved. It counts from the next click."), "success")
            return go("installations_app", installation_id=installation_id)
    pickers = {"picker": picker(actor, ids), "barred": picker(actor, barred, name=EXCLUDE)}
    return form.page("admin/installations/people.html", row=row, **pickers)


@blueprint.page(f"{_ONE}/permissions", methods=("GET", "POST"), scope="installations:write", own_units=True)
def installations_permissions(actor: Actor, installation_id: str) -> Any:
    """Consent anew: what the released version asks for, with what is not granted yet marked; `only=new` shows just
    that."""
    with unit(actor.workspace_id, write=False):
        row = with_looks(actor, [queries.installation(actor, installation_id)])[0]
        asked, _ = asked_by(actor, row)
        has = row["granted_scopes"]
        new = set(row["pending_scopes"])
        read = narrowed(asked, row["pending_scopes"]) if _is_about_new() else asked
        shown = groups(actor, read, granted=has, chosen=_chosen(asked, has))
    form = Decision(who="everyone", version=str(row["version"]))
    if form.validate_on_submit():
        # What it cannot work without was granted when it came, or is granted by this very yes.
        granted = [*asked.required, *ticked(asked), *_kept(asked, has)]
        with form.attempt():
            if is_sensitive(set(granted).difference(has)):
                prove(form.password.data)
            with unit(actor.workspace_id, write=True):
                version = version_in(form.version.data) or 0
                service.update_installation(actor, installation_id, {"granted_scopes": granted}, version)
            flash(gettext("Saved. It counts from the app's next request."), "success")
            return go("installations_app", installation_id=installation_id)
    return form.page(
        "admin/installations/permissions.html", row=row, groups=shown, needs_password=must_prove(new), new=new
    )


def _is_about_new() -> bool:
    return request.args.get("only") == "new"


def _kept(asked: Consent, granted: list[str]) -> list[str]:
    """What is not on the page stays, as long as the app asks for it."""
    return [name for name in granted if name in asked.optional] if _is_about_new() else []


def _chosen(asked: Consent, granted: list[str]) -> list[str]:
    return ticked(asked) if request.method == "POST" else [name for name in asked.optional if name in granted]


@blueprint.page(f"{_ONE}/settings", methods=("GET", "POST"), scope="installations:write")
def installations_settings(actor: Actor, installation_id: str) -> Any:
    row = with_looks(actor, [queries.installation(actor, installation_id)])[0]
    _, declared = asked_by(actor, row)
    form = Form()
    if form.validate_on_submit():
        with form.attempt():
            service.update_installation(actor, installation_id, {"settings": changed_settings(declared)})
            flash(gettext("Saved."), "success")
            return go("installations_app", installation_id=installation_id)
    refusal: Refusal | None = form.refusal
    kept = frozenset(queries.secret_settings(actor.workspace_id, row))
    fields = setting_fields(declared, actor.locale, refusal, row["settings"], kept=kept)
    beside = interactions.settings_of(actor, installation_id)
    allow_frames(beside)
    return form.page(
        "admin/installations/settings.html", row=row, settings=fields, frames=[frame(one) for one in beside]
    )


@blueprint.page(f"{_ONE}/suspend", methods=("POST",), scope="installations:write")
def installations_suspend(actor: Actor, installation_id: str) -> Any:
    done = gettext("Suspended. Its tokens are refused, its panels are gone, its events wait.")
    act(lambda: service.suspend(actor, installation_id), done)
    return go("installations_app", installation_id=installation_id)


@blueprint.page(f"{_ONE}/resume", methods=("POST",), scope="installations:write")
def installations_resume(actor: Actor, installation_id: str) -> Any:
    done = gettext("It works again. What waited is delivered now.")
    act(lambda: service.resume(actor, installation_id), done)
    return go("installations_app", installation_id=installation_id)
