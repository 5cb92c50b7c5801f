"""Versions of an app: what was frozen when, and the next one, first compared and then released."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint, go
from portico.console.manifests import Manifest, Reading, read
from portico.domains.catalogue import queries, service
from portico.domains.installations import service as installations
from portico.kernel.actor import Actor
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web.lists import page_links, page_query

RELEASE = "release"
KINDS = {
    "scopes": N_("Required permissions"),
    "optional_scopes": N_("Optional permissions"),
    "user_scopes": N_("Permissions of people"),
    "egress": N_("Hosts that get data"),
    "surfaces": N_("Pages and panels"),
    "actions": N_("Actions"),
    "events": N_("Events"),
    "properties": N_("Properties"),
    "settings": N_("Settings"),
}


@blueprint.page(f"{APP}/versions", role=ROLE)
def apps_versions(actor: Actor, app_id: str) -> str:
    found = queries.page_of_versions(actor, app_id, page_query(queries.VERSIONS))
    return render_template(
        "console/versions/list.html",
        app=queries.own_app(actor, app_id),
        tabs=tabs(app_id, "apps_versions"),
        rows=found.rows,
        links=page_links(found),
    )


@blueprint.page(f'{APP}/versions/<id("ver"):version_id>', role=ROLE)
def apps_version(actor: Actor, app_id: str, version_id: str) -> str:
    row = queries.own_version(actor, app_id, version_id)
    return render_template(
        "console/versions/version.html",
        app=queries.own_app(actor, app_id),
        tabs=tabs(app_id, "apps_versions"),
        row=row,
        manifest=json.dumps(row.manifest, indent=2, ensure_ascii=False),
    )


@blueprint.page(f"{APP}/versions/new", methods=("GET", "POST"), role=ROLE, own_units=True)
def apps_versions_new(actor: Actor, app_id: str) -> Any:
    """Two steps in one form: compare (changes nothing), then release."""
    with unit(actor.workspace_id, write=False):
        app = queries.own_app(actor, app_id)
        newest = queries.newest_manifest(app_id)
    form = Manifest(source=json.dumps(newest, indent=2, ensure_ascii=False))
    reading, plan = Reading(None, []), None
    if form.validate_on_submit():
        reading = read(form.source.data)
        if reading.good and reading.manifest is not None:
            with form.attempt():
                if request.form.get("step") == RELEASE:
                    return _release(actor, app_id, reading.manifest)
                plan = installations.plan(actor, app_id, reading.manifest)
    response = form.page(
        "console/versions/new.html",
        app=app,
        tabs=tabs(app_id, "apps_versions"),
        findings=reading.findings,
        plan=plan,
        kinds={kind: gettext(label) for kind, label in KINDS.items()},
        wrong=[gettext(error.message) for error in (form.refusal.errors if form.refusal else ())],
    )
    response.status_code = 422 if reading.findings else form.status
    return response


def _release(actor: Actor, app_id: str, manifest: dict[str, Any]) -> Any:
    with unit(actor.workspace_id, write=True):
        row = service.create_version(actor, app_id, manifest)
    released = gettext("Version %(number)s runs.", number=row.number)
    waits = gettext("Version %(number)s is in review.", number=row.number)
    flash(released if row.status == "released" else waits, "success")
    return go("apps_versions", app_id=app_id)
