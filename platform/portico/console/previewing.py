"""While a manifest is written: its findings, what admins will read, and what would change in the version that runs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request
from flask_babel import gettext

from portico.console.apps import APP
from portico.console.blueprint import ROLE, blueprint
from portico.console.manifests import LONGEST, Found, Reading, read
from portico.domains.catalogue import manifests, queries
from portico.domains.directory import queries as directory
from portico.domains.installations import service as installations
from portico.domains.installations.consent import consent
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal
from portico.kernel.listing import ListQuery
from portico.kernel.unit_of_work import unit
from portico.web.consent_words import consent_groups

_SHOWN = 120
_MENDABLE = (400, 409, 422)


@dataclass(slots=True)
class Preview:
    """What stands below the editor; of a manifest that cannot be read, or has findings, the findings alone."""

    reading: Reading
    groups: list[dict[str, Any]] = field(default_factory=list)
    listing: list[Found] = field(default_factory=list)
    fields: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    plan: dict[str, Any] | None = None
    running: int | None = None
    """The number of the version that it is compared with."""
    asked_anew: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=lambda: {k: gettext(v) for k, v in manifests.KINDS.items()})


def preview(actor: Actor, reading: Reading, app_id: str | None = None) -> Preview:
    """Changes nothing. Opens its own units. Raises NotFound for an app of somebody else."""
    made = Preview(reading)
    if app_id is not None:
        with unit(actor.workspace_id, write=False):
            queries.own_app(actor, app_id)
    if not reading.good or reading.manifest is None:
        return made
    with unit(actor.workspace_id, write=False):
        _say_what_is_asked(actor, made, reading.manifest, app_id)
    if app_id is not None:
        try:
            made.plan = installations.plan(actor, app_id, reading.manifest)
        except Refusal as refusal:
            if refusal.status not in _MENDABLE:
                raise
            made.wrong = [gettext(error.message) for error in refusal.errors] or [gettext(refusal.detail)]
    return made


def _say_what_is_asked(actor: Actor, made: Preview, manifest: dict[str, Any], app_id: str | None) -> None:
    people = directory.page_of_employees(actor, ListQuery(limit=1, count="exact")).total or 0
    running = queries.released(app_id) if app_id is not None else None
    granted = manifests.all_scopes(running.manifest) if running is not None else None
    made.groups = consent_groups(consent(manifest, actor.locale).groups, people, granted=granted)
    made.listing = [
        Found(each.path, None, *manifests.said(each, gettext))
        for each in manifests.check_listing(manifest)
        if each.path not in made.reading.unread
    ]
    if running is None:
        return
    made.running = running.number
    had = set(manifests.scope_names(running.manifest, "scopes"))
    made.asked_anew = [
        item["sentence"]
        for group in made.groups
        for item in group["items"]
        if item.get("scope") and not item["optional"] and item["scope"] not in had
    ]
    made.fields = [
        (path, _short(before), _short(after))
        for path, before, after in manifests.changed_fields(running.manifest, manifest)
        if f"/{path.replace('.', '/')}" not in made.reading.unread
    ]


def _short(value: Any) -> str | None:
    if value is None:
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _answer(actor: Actor, app_id: str | None) -> str:
    """The element beside the editor alone. Files that the manifest names come with the form, not while one writes."""
    source = request.form.get("source", "")
    made = preview(actor, read(source[:LONGEST], with_files=False), app_id)
    return render_template("console/manifest/_reading.html", preview=made, live=True)


@blueprint.page("/manifest", methods=("POST",), role=ROLE, own_units=True)
def manifest_reading(actor: Actor) -> str:
    return _answer(actor, None)


@blueprint.page(f"{APP}/manifest", methods=("POST",), role=ROLE, own_units=True)
def apps_manifest_reading(actor: Actor, app_id: str) -> str:
    return _answer(actor, app_id)
