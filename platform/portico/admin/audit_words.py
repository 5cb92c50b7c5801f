"""The record in words: sentences with names, also of what is gone, by what the record kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext

from portico.domains.audit.sentences import OBJECTS, OTHER, SENTENCES
from portico.domains.catalogue import queries as catalogue
from portico.domains.directory import groups
from portico.domains.directory import queries as directory
from portico.domains.installations import queries as installations
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.text import N_
from portico.web import roles

FIELDS: dict[str, str] = {
    "assignee_id": N_("Assignee"),
    "archived_at": N_("Archived"),
    "availability": N_("Who may use it"),
    "data_range": N_("Which records"),
    "departments": N_("Departments"),
    "deny_scopes": N_("Denied permissions"),
    "description": N_("Description"),
    "display_name": N_("Name"),
    "employee_no": N_("Employee number"),
    "external_id": N_("External id"),
    "family_name": N_("Family name"),
    "given_name": N_("Given name"),
    "granted_scopes": N_("Permissions"),
    "hide_mobile": N_("Keeps the number private"),
    "hired_on": N_("Hired on"),
    "holds": N_("Suspensions"),
    "identifiers": N_("Ways to reach"),
    "leaves_on": N_("Leaves on"),
    "lifecycle_stage": N_("Stage"),
    "locale": N_("Language"),
    "manager_id": N_("Manager"),
    "members": N_("Members"),
    "mobile": N_("Private phone"),
    "name": N_("Name"),
    "owner_employee_id": N_("Owner"),
    "parent_id": N_("Belongs to"),
    "phonetic_name": N_("How the name is read"),
    "primary_email": N_("E-mail"),
    "priority": N_("Priority"),
    "private_email": N_("Private e-mail"),
    "role": N_("Role"),
    "settings": N_("Settings"),
    "sort_order": N_("Order"),
    "status": N_("State"),
    "subject": N_("Subject"),
    "tags": N_("Tags"),
    "timezone": N_("Time zone"),
    "title": N_("Title"),
    "types": N_("Events"),
    "url": N_("Address"),
    "work_phone": N_("Work phone"),
}
_STATES = {
    "active": N_("Active"),
    "approved": N_("Approved"),
    "archived": N_("Archived"),
    "cancelled": N_("Cancelled"),
    "closed": N_("Closed"),
    "departed": N_("Departed"),
    "draft": N_("Draft"),
    "high": N_("High"),
    "in_review": N_("In review"),
    "invited": N_("Invited"),
    "low": N_("Low"),
    "new": N_("New"),
    "normal": N_("Normal"),
    "on_hold": N_("On hold"),
    "open": N_("Open"),
    "paused": N_("Paused"),
    "pending": N_("Pending"),
    "published": N_("Published"),
    "rejected": N_("Rejected"),
    "scheduled": N_("Scheduled"),
    "solved": N_("Solved"),
    "suspended": N_("Suspended"),
    "uninstalled": N_("Uninstalled"),
    "urgent": N_("Urgent"),
    "withdrawn": N_("Withdrawn"),
}
"""How a state or a priority is called on the page of whatever has it."""
CREDENTIALS = {
    "session": N_("Signed in with a browser"),
    "personal_token": N_("Personal token"),
    "installation_token": N_("Token of the app"),
    "user_token": N_("Token of the app in a person's name"),
    "token": N_("Token"),
}
_CREDENTIAL_KINDS = {
    "client_secret": N_("client secret"),
    "public_key": N_("public key"),
    "signing_secret": N_("signing secret"),
}


class Names:
    """What is called how, for the entries of one page: few questions, however many lines."""

    def __init__(self, actor: Actor, entries: Iterable[dict[str, Any]]) -> None:
        ids = {one for entry in entries for one in _ids(entry)}
        self.known: dict[str, str] = directory.names_of(actor, [one for one in ids if is_id(one, "emp")])
        apps = installations.apps_of(actor, [one for one in ids if is_id(one, "ins")])
        looks = catalogue.looks_of({*apps.values(), *(one for one in ids if is_id(one, "app"))}, actor.locale)
        self.known |= {one: look["name"] or look["key"] for one, look in looks.items()}
        self.known |= {one: self.known[app] for one, app in apps.items() if app in self.known}
        self.known |= directory.names_of_departments(actor, [one for one in ids if is_id(one, "dep")])
        if any(is_id(one, "grp") for one in ids):
            self.known |= groups.names_of(actor)

    def get(self, one: str | None, otherwise: str | None = None) -> str:
        return self.known.get(one or "") or otherwise or one or str(gettext("somebody"))


def _ids(value: Any) -> Iterator[str]:
    """Every text in an entry that may be an id."""
    if isinstance(value, dict):
        for part in value.values():
            yield from _ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from _ids(part)
    elif isinstance(value, str):
        yield value


def who(names: Names, entry: dict[str, Any]) -> str:
    actor = entry["actor"]
    match actor["kind"]:
        case "system":
            return str(gettext("Portico"))
        case "visitor":
            return str(gettext("A visitor"))
        case "app_for_employee":
            person = names.get(actor.get("on_behalf_of"))
            return str(gettext("%(app)s in the name of %(person)s", app=names.get(actor["id"]), person=person))
        case _:
            return names.get(actor["id"])


def what(names: Names, entry: dict[str, Any]) -> str:
    """The object as the record called it then, else as it is called now."""
    detail = entry["detail"] or {}
    name = detail.get("name")
    if name in _CREDENTIAL_KINDS:
        return str(gettext(_CREDENTIAL_KINDS[name]))
    now = names.known.get(entry["object_id"])
    return now if entry["object_type"] == "app" and now else name or now or entry["object_id"]


def sentence(names: Names, entry: dict[str, Any]) -> str:
    refers = (entry["detail"] or {}).get("refers", {})
    places = {
        "who": who(names, entry),
        "what": what(names, entry),
        "person": names.get(refers.get("employee_id")),
        "app": names.get(refers.get("app_id") or refers.get("client_id")),
    }
    text = SENTENCES.get(entry["action"], OTHER)
    return str(gettext(text)) % {**places, "action": entry["action"]}


def kind_label(object_type: str) -> str:
    return str(gettext(OBJECTS[object_type])) if object_type in OBJECTS else object_type


def field_label(field: str) -> str:
    return str(gettext(FIELDS[field])) if field in FIELDS else field


def changes(names: Names, entry: dict[str, Any]) -> list[dict[str, Any]]:
    """What changed, field by field. A field whose values the record does not hold is named all the same."""
    held = (entry["detail"] or {}).get("fields", {})
    return [
        {
            "label": field_label(name),
            "name": name,
            "knows_before": "before" in held.get(name, {}),
            "knows_after": "after" in held.get(name, {}),
            "before": _value(names, name, held.get(name, {}).get("before")),
            "after": _value(names, name, held.get(name, {}).get("after")),
        }
        for name in entry["changes"] or ()
    ]


def _value(names: Names, field: str, value: Any) -> str:
    if field == "role" and isinstance(value, str):
        return roles.label(value)
    if field in ("status", "priority") and isinstance(value, str) and value in _STATES:
        return str(gettext(_STATES[value]))
    if value is None or value in ("", [], {}):
        return str(gettext("nothing"))
    if isinstance(value, bool):
        return str(gettext("yes") if value else gettext("no"))
    if isinstance(value, list):
        return ", ".join(_value(names, "", part) for part in value)
    if isinstance(value, dict):
        shown = value.get("value") or value.get("id")
        if isinstance(shown, str):
            return names.get(shown)
        return ", ".join(f"{name}: {_value(names, '', part)}" for name, part in value.items())
    return names.get(value) if isinstance(value, str) else str(value)
