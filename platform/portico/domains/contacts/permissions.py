"""Scopes and policies of contacts."""

from __future__ import annotations

from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

CONTACTS_READ = Scope(
    "contacts:read", N_("read contacts: names, e-mail addresses, phone numbers, owners and tags"), roles=("agent",)
)
CONTACTS_SENSITIVE = Scope(
    "contacts.sensitive:read",
    N_("see the properties of contacts that are marked as sensitive"),
    roles=("support_admin",),
    risk="sensitive",
)
CONTACTS_WRITE = Scope("contacts:write", N_("add, change and delete contacts"), roles=("agent",), risk="write")

COMPANIES_READ = Scope(
    "companies:read", N_("read companies outside: names, domains, owners and tags"), roles=("agent",)
)
COMPANIES_SENSITIVE = Scope(
    "companies.sensitive:read",
    N_("see the properties of companies that are marked as sensitive"),
    roles=("support_admin",),
    risk="sensitive",
)
COMPANIES_WRITE = Scope(
    "companies:write", N_("add, change and delete companies outside"), roles=("agent",), risk="write"
)

CONTACT_SETTINGS_WRITE = Scope(
    "contact_settings:write",
    N_("decide how contacts are kept: stages, country of telephone numbers, companies by domain"),
    roles=("support_admin",),
    risk="write",
    for_apps=False,
)

TIMELINE_WRITE = Scope(
    "timeline:write", N_("write notes, calls and happenings of their own on contacts"), roles=("agent",), risk="write"
)


def require_may_write_kind(actor: Actor, kind: str) -> None:
    """What an app computed is called by the app; people write what people do. Raises Invalid."""
    if kind.startswith("app:") and actor.kind not in ("app", "app_for_employee", "system"):
        raise invalid("/kind", "invalid", "Only apps write activities of their own kinds.")


def may_move_back(actor: Actor) -> bool:
    """Whether the actor may set a stage that lies behind. Clearing it is anybody's who may change the contact."""
    return actor.has_role("support_admin")


def require_may_trash(actor: Actor) -> None:
    """Of people, only support admins delete and restore; an app does by its scope. Raises Forbidden."""
    if not actor.is_app and not actor.has_role("support_admin"):
        raise Forbidden("Deleting and restoring contacts and companies belongs to support admins.")
