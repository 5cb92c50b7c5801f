"""Installing an app of one's own at home: at once for oneself where that gives nobody new power, else by an admin."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template
from flask_babel import gettext

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint, go
from portico.domains.catalogue import manifests, queries
from portico.domains.directory import queries as directory
from portico.domains.identity import queries as identity
from portico.domains.installations import queries as installations
from portico.domains.installations import service
from portico.domains.installations.consent import consent
from portico.domains.installations.permissions import FOR_TRIALS
from portico.kernel import public
from portico.kernel.actor import Actor
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.unit_of_work import unit
from portico.web.acting import act
from portico.web.forms import Form
from portico.web.pages import workspace_url

_ASKED = 5
_SHOWN = 100


def _beyond(manifest: dict[str, Any]) -> list[str]:
    """What only an admin can consent to."""
    return sorted(set(manifests.scope_names(manifest, "scopes")) - FOR_TRIALS)


def _required(actor: Actor, manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """(scope, sentence) of what the app cannot do without."""
    items = [item for group in consent(manifest, actor.locale).groups for item in group.items]
    said = [(item.scope, gettext(item.sentence)) for item in items if item.scope and not item.optional]
    return [(scope, sentence[:1].upper() + sentence[1:]) for scope, sentence in said]


def _admins(actor: Actor) -> list[str]:
    """Whom to ask, by name."""
    wanted = Condition("role", "in", ["owner", "admin", "app_manager"])
    found = identity.page_of_members(actor, ListQuery(limit=_ASKED, conditions=(wanted,)))
    names = directory.names_of(actor, [row.employee_id for row in found.rows])
    return [names[row.employee_id] for row in found.rows if row.employee_id in names]


@blueprint.page(f"{APP}/install", methods=("GET", "POST"), role=ROLE)
def apps_install(actor: Actor, app_id: str) -> Any:
    app = queries.own_app(actor, app_id)
    if installations.live_installation(actor, app_id) is not None:
        return go("apps_show", app_id=app_id)
    form = Form()
    if form.validate_on_submit():
        with form.attempt():
            service.try_own_app(actor, app_id)
            flash(gettext("Installed for you. Its installation id stands below."), "success")
            return go("apps_show", app_id=app_id)
    manifest = queries.newest_manifest(app_id)
    consent_page = workspace_url("admin.catalogue_install", app_key=app["key"])
    return form.page(
        "console/installing/install.html",
        app=app,
        tabs=tabs(app_id, "apps_show"),
        asked=_required(actor, manifest),
        beyond=_beyond(manifest),
        private=app["visibility"] == "private",
        is_admin=actor.may("installations:write"),
        consent_page=consent_page,
        link=public.url(consent_page),
        admins=_admins(actor),
    )


@blueprint.page(f"{APP}/installations", role=ROLE, own_units=True)
def apps_installations(actor: Actor, app_id: str) -> str:
    """Over all workspaces; whose each is stays with the company."""
    rows = service.where(actor, app_id, _SHOWN + 1)
    with unit(actor.workspace_id, write=False):
        return render_template(
            "console/installing/list.html",
            app=queries.own_app(actor, app_id),
            tabs=tabs(app_id, "apps_installations"),
            rows=rows[:_SHOWN],
            more=len(rows) > _SHOWN,
        )


@blueprint.page(f"{APP}/uninstall", methods=("POST",), role=ROLE)
def apps_uninstall(actor: Actor, app_id: str) -> Any:
    installation = installations.live_installation(actor, app_id)
    queries.own_app(actor, app_id)
    if installation is not None:
        act(lambda: service.end_trial(actor, installation["id"]), gettext("Uninstalled. Its tokens are dead."))
    return go("apps_show", app_id=app_id)
