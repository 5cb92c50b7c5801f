"""What can be seen about one person, and who looked: by colleagues and by each installed app, in the person's words.

An app is named when a scope that it was granted shows something of this person and its data range reaches them.
"""

from __future__ import annotations

from typing import Any

from portico.domains.audit import sightings
from portico.domains.catalogue import queries as catalogue
from portico.domains.directory import queries as directory
from portico.domains.installations import queries
from portico.domains.installations.schemas import LIVE
from portico.kernel import data_range
from portico.kernel.actor import Actor
from portico.kernel.data_range import Receiver
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.scopes import SCOPES

FIELDS: dict[str, tuple[str, ...]] = {
    "directory:read": (
        "display_name",
        "title",
        "primary_email",
        "work_phone",
        "employee_no",
        "departments",
        "groups",
        "manager_id",
        "status",
        "timezone",
        "locale",
    ),
    "directory.sensitive:read": ("mobile", "private_email", "hired_on", "leaves_on"),
    "members:read": ("role", "sign_in_email"),
    "tickets:read": ("own_tickets",),
    "audit:read": ("acts", "addresses"),
    "presence:read": ("presence",),
    "attendance.team:read": ("punches", "workdays"),
    "attendance.location:read": ("punch_places",),
    "absences:read": ("absences",),
    "announcements.receipts:read": ("announcement_receipts",),
}
"""What each scope shows of a person who works here."""


MANAGER, AUTHOR = "manager", "author"
"""Who is no role: whom the person reports to, and who wrote the announcement."""
_ROLES = {
    "tickets:read": ("agent",),
    "attendance.team:read": (MANAGER, "hr_admin"),
    "absences:read": (MANAGER, "hr_admin"),
    "announcements.receipts:read": (AUTHOR,),
}
"""Where the scope shows most people no more than their own, and who sees those of others."""


def visibility(actor: Actor) -> dict[str, Any]:
    """For the acting person about themselves, in the open unit."""
    me = actor.employee_id or ""
    return {
        "employee_id": me,
        "people": [_of_role(scope) for scope in FIELDS],
        "apps": _apps(actor, me),
        "readers": _readers(actor, me),
        "lists": _readers(actor, ""),
        "days": sightings.DAYS,
    }


def _of_role(scope: str) -> dict[str, Any]:
    return {"scope": scope, "roles": list(_ROLES.get(scope, SCOPES[scope].roles)), "fields": list(FIELDS[scope])}


def _apps(actor: Actor, me: str) -> list[dict[str, Any]]:
    live = Condition("status", "in", list(LIVE))
    rows = queries.page_of_installations(actor, ListQuery(limit=200, conditions=(live,))).rows
    ids = {row["app_id"] for row in rows}
    looks, released = catalogue.looks_of(ids, actor.locale), catalogue.released_of(ids)
    found = [_app(actor, me, row, looks[row["app_id"]], released.get(row["app_id"])) for row in rows]
    return sorted((one for one in found if one["shows"]), key=lambda one: one["name"].casefold())


def _app(
    actor: Actor, me: str, row: dict[str, Any], look: dict[str, Any], released: catalogue.Released | None
) -> dict[str, Any]:
    manifest = released.manifest if released else {}
    asked = {each["name"]: each for each in catalogue.scopes_asked(manifest, actor.locale)}
    effective = sorted(set(row["granted_scopes"]).intersection(asked, FIELDS))
    reader = Receiver(actor.workspace_id, data_range.parse(row["data_range"]))
    within = bool(data_range.within(reader, [("employee", me)]))
    return {
        "installation_id": row["id"],
        "app_key": row["app_key"],
        "name": look["name"] or row["app_key"],
        "icon_url": look["icon_url"],
        "publisher": look["publisher"],
        "status": row["status"],
        "shows": [
            {"scope": name, "fields": list(FIELDS[name]), "reason": asked[name]["reason"]}
            for name in effective
            if within or name == "tickets:read"
        ],
        "egress": catalogue.egress(manifest, actor.locale),
    }


def _readers(actor: Actor, object_id: str) -> list[dict[str, Any]]:
    rows = sightings.who_looked(actor, "employee", object_id)
    people = directory.names_of(actor, {row[name] for row in rows for name in ("reader_id", "on_behalf_of")})
    apps = queries.apps_of(actor, [row["reader_id"] for row in rows])
    looks = catalogue.looks_of(set(apps.values()), actor.locale)
    return [
        {
            "kind": row["reader_kind"],
            "id": row["reader_id"],
            "name": people.get(row["reader_id"]) or _app_name(row["reader_id"], apps, looks),
            "on_behalf_of": row["on_behalf_of"] or None,
            "on_behalf_of_name": people.get(row["on_behalf_of"]),
            "times": row["times"],
            "last_at": row["last_at"],
        }
        for row in rows
    ]


def _app_name(installation_id: str, apps: dict[str, str], looks: dict[str, Any]) -> str | None:
    look = looks.get(apps.get(installation_id, ""))
    return (look["name"] or look["key"]) if look else None
