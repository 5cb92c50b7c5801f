"""The audit log: who did what, on whose behalf, from where; each line provable up to a signed checkpoint."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from flask import redirect, render_template, request
from flask_babel import get_timezone, gettext

from portico.admin import audit_words as words
from portico.admin.blueprint import blueprint, go
from portico.domains.audit import chain, queries, service
from portico.domains.audit.sentences import OBJECTS, SENTENCES
from portico.domains.catalogue import queries as catalogue
from portico.domains.directory import queries as directory
from portico.domains.installations import queries as installations
from portico.domains.tasks import service as tasks
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import EVENT_TYPES, RECORD_TYPES
from portico.kernel.ids import is_id
from portico.kernel.listing import ListQuery
from portico.kernel.text import N_
from portico.web.acting import act
from portico.web.lists import page_links, page_query
from portico.web.navigation import Entry
from portico.web.pages import workspace_url

MENU = [Entry("admin", N_("Audit log"), "scroll-text", "admin.audit", 85, scope="audit:read", group=N_("Workspace"))]
SCOPE = "audit:read"
_NOBODY = "emp_00000000000000000000000000"
_MOST_PEOPLE = 100
_ASKED = ("who", "app", "behalf", "kind", "action", "object", "since", "until")


def _people(actor: Actor, text: str) -> str:
    """The ids of those whom a typed name, address or id means; nobody's when there is none."""
    if any(is_id(text, prefix) for prefix in ("emp", "ins", "app")) or text == "system":
        return text
    found = directory.page_of_employees(actor, ListQuery(limit=_MOST_PEOPLE, q=text)).rows
    return ",".join(row["id"] for row in found) or _NOBODY


def _instant(text: str | None, *, end: bool = False) -> str | None:
    """The beginning or the end of a day in the person's zone; what is no day filters nothing."""
    try:
        day = date.fromisoformat(text or "")
        moment = datetime.combine(day + timedelta(days=end), time(), get_timezone())
        return clock.rfc3339(moment) if 1970 < day.year < 9998 else None
    except (ValueError, OverflowError):
        return None


def asked(actor: Actor) -> dict[str, str | None]:
    """The filters of the page as those of the listing: what the export is asked with, too."""
    given = {name: (request.args.get(name) or "").replace("\x00", "")[:100].strip() for name in _ASKED}
    return {
        "who__in": _people(actor, given["who"]) if given["who"] else None,
        "actor_id": given["app"] if is_id(given["app"], "ins") else None,
        "on_behalf_of__in": _people(actor, given["behalf"]) if given["behalf"] else None,
        "object_type": given["kind"] if given["kind"] in OBJECTS else None,
        "action": given["action"] if given["action"] in SENTENCES else None,
        "object_id": given["object"] or None,
        "at__gte": _instant(given["since"]),
        "at__lt": _instant(given["until"], end=True),
    }


def _shown(names: words.Names, entry: dict[str, Any]) -> dict[str, Any]:
    return {
        **entry,
        "sentence": words.sentence(names, entry),
        "changed": words.changes(names, entry),
        "kind": words.kind_label(entry["object_type"]),
        "who": words.who(names, entry),
        "what": words.what(names, entry),
    }


def _apps(actor: Actor) -> list[tuple[str, str]]:
    rows = installations.page_of_installations(actor, ListQuery(limit=200)).rows
    looks = catalogue.looks_of({row["app_id"] for row in rows}, actor.locale)
    return sorted(((row["id"], looks[row["app_id"]]["name"] or row["app_key"]) for row in rows), key=lambda one: one[1])


@blueprint.page("/audit", scope=SCOPE)
def audit(actor: Actor) -> str:
    filters = asked(actor)
    found = queries.page_of_entries(actor, page_query(queries.ENTRIES, filters))
    names = words.Names(actor, found.rows)
    return render_template(
        "admin/audit/list.html",
        rows=[_shown(names, row) for row in found.rows],
        links=page_links(found),
        filtered=any(filters.values()),
        apps=_apps(actor),
        kinds=sorted(((name, words.kind_label(name)) for name in OBJECTS), key=lambda one: one[1]),
        actions=sorted((kind.name, kind.name) for kind in (*EVENT_TYPES, *RECORD_TYPES)),
        newest=queries.newest_checkpoint(actor),
        public_keys=chain.public_keys(),
    )


@blueprint.page("/audit/export", methods=("POST",), scope=SCOPE)
def audit_export(actor: Actor) -> Any:
    """What the filters let through, as a file; its page is the asker's, in the portal."""
    filters: dict[str, Any] = {}
    for name, text in asked(actor).items():
        field, _, operator = name.partition("__")
        if text:
            filters.setdefault(field, {})[operator or "eq"] = text
    form = request.form.get("format", "")
    made: list[dict[str, Any]] = []

    def work() -> None:
        made.append(tasks.create_export(actor, resource="audit", format=form, filter=filters))

    if act(work, gettext("The export has begun. You may leave this page; it goes on.")):
        return redirect(workspace_url("portal.exports_one", job_id=made[0]["id"]), 303)
    return go("audit")


@blueprint.page('/audit/<id("aud"):entry_id>', scope=SCOPE)
def audit_entry(actor: Actor, entry_id: str) -> str:
    entry = queries.entry(actor, entry_id)
    names = words.Names(actor, [entry])
    origin = entry["origin"] or {}
    return render_template(
        "admin/audit/entry.html",
        row=_shown(names, entry),
        origin=origin,
        credential=words.CREDENTIALS.get(origin.get("credential", "")),
        proof=service.prove(actor, entry),
        newest=queries.newest_checkpoint(actor),
    )
