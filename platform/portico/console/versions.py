"""Versions of an app: what was frozen when, and the next one, first compared and then released."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext

from portico.console.apps import APP, tabs
from portico.console.blueprint import ROLE, blueprint, go
from portico.console.manifests import Manifest, read
from portico.console.previewing import Preview, preview
from portico.domains.catalogue import queries, service
from portico.domains.catalogue.schemas import REASONS
from portico.domains.catalogue.service.reviewing import is_under_way
from portico.domains.catalogue.service.rolling_out import is_released_at_once
from portico.domains.installations import service as installations
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.text import N_
from portico.kernel.unit_of_work import unit
from portico.web.acting import act
from portico.web.lists import page_links, page_query

RELEASE, DRAFT = "release", "draft"
PERCENTS = (1, 5, 10, 25, 50, 100)
_VERSION = f'{APP}/versions/<id("ver"):version_id>'
_STEPS: dict[str, Callable[..., Any]] = {
    "check": service.check_version,
    "submit": service.submit_version,
    RELEASE: service.release_version,
    "pause": service.pause_version,
    "resume": service.resume_version,
    "roll_back": service.roll_back_version,
    "withdraw": service.withdraw_version,
}
_DONE = {
    "check": N_("The robot looks at it."),
    "submit": N_("It goes to review as soon as the robot finds nothing wrong."),
    RELEASE: N_("It is released to that share."),
    "pause": N_("The release stands still; nobody joins."),
    "resume": N_("The release goes on."),
    "roll_back": N_("All that ran it run the version before it."),
    "withdraw": N_("It is for no new installation any more."),
}


@blueprint.page(f"{APP}/versions", role=ROLE, own_units=True)
def apps_versions(actor: Actor, app_id: str) -> str:
    counts = installations.counts(actor, app_id)
    with unit(actor.workspace_id, write=False):
        found = queries.page_of_versions(actor, app_id, page_query(queries.VERSIONS))
        return render_template(
            "console/versions/list.html",
            app=queries.own_app(actor, app_id),
            tabs=tabs(app_id, "apps_versions"),
            rows=found.rows,
            counts=counts,
            links=page_links(found),
        )


@blueprint.page(_VERSION, role=ROLE, own_units=True)
def apps_version(actor: Actor, app_id: str, version_id: str) -> str:
    counts = installations.counts(actor, app_id)
    with unit(actor.workspace_id, write=False):
        row = queries.own_version(actor, app_id, version_id)
        app = queries.own_app(actor, app_id)
        return render_template(
            "console/versions/version.html",
            app=app,
            tabs=tabs(app_id, "apps_versions"),
            row=row,
            here=counts.get(version_id, 0),
            everywhere=sum(counts.values()),
            steps=queries.next_steps(row, at_once=is_released_at_once(app_id, app["visibility"])),
            percents=[each for each in PERCENTS if each > row.percent or row.status != "released"],
            under_way=is_under_way(row),
            codes={code: gettext(text) for code, text in REASONS.items()},
            manifest=json.dumps(row.manifest, indent=2, ensure_ascii=False),
        )


@blueprint.page(f"{_VERSION}/<step>", methods=("POST",), role=ROLE)
def apps_version_step(actor: Actor, app_id: str, version_id: str, step: str) -> Any:
    if step not in _STEPS:
        raise NotFound()
    percent = request.form.get("percent", "")
    more = {"percent": int(percent)} if step == RELEASE and percent in {str(each) for each in PERCENTS} else {}
    act(lambda: _STEPS[step](actor, app_id, version_id, **more), gettext(_DONE[step]))
    return go("apps_version", app_id=app_id, version_id=version_id)


@blueprint.page(f"{APP}/versions/new", methods=("GET", "POST"), role=ROLE, own_units=True)
def apps_versions_new(actor: Actor, app_id: str) -> Any:
    """Two steps in one form: compare (changes nothing), then release."""
    with unit(actor.workspace_id, write=False):
        app = queries.own_app(actor, app_id)
        newest = queries.newest_manifest(app_id)
    form = Manifest(source=json.dumps(newest, indent=2, ensure_ascii=False))
    shown: Preview | None = None
    if form.validate_on_submit():
        reading = read(form.source.data)
        if reading.good and reading.manifest is not None and request.form.get("step") in (RELEASE, DRAFT):
            with form.attempt():
                return _create(actor, app_id, reading.manifest, release=request.form["step"] == RELEASE)
        shown = preview(actor, reading, app_id)
    response = form.page("console/versions/new.html", app=app, tabs=tabs(app_id, "apps_versions"), preview=shown)
    response.status_code = 422 if shown is not None and (shown.reading.findings or shown.wrong) else form.status
    return response


def _create(actor: Actor, app_id: str, manifest: dict[str, Any], *, release: bool) -> Any:
    with unit(actor.workspace_id, write=True):
        row = service.create_version(actor, app_id, manifest, release=release)
    if not release:
        flash(gettext("Version %(number)s is a draft: it runs nowhere.", number=row.number), "success")
        return go("apps_version", app_id=app_id, version_id=row.id)
    released = gettext("Version %(number)s runs.", number=row.number)
    waits = gettext("Version %(number)s is a draft. The robot looks at it; then it goes to review.", number=row.number)
    flash(released if row.status == "released" else waits, "success")
    return go("apps_versions", app_id=app_id)
