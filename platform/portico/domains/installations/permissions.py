"""Scopes and policies of installations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portico.domains.catalogue import manifests
from portico.domains.installations.errors import DevNeedsAdmin, TrialNeedsAdmin
from portico.kernel.actor import Actor
from portico.kernel.errors import Forbidden
from portico.kernel.scopes import Scope
from portico.kernel.text import N_

INSTALLATIONS_READ = Scope(
    "installations:read",
    N_("see which apps are installed, for whom, and what they may do"),
    roles=("app_manager",),
    for_apps=False,
)
INSTALLATIONS_WRITE = Scope(
    "installations:write",
    N_("install, limit, suspend and uninstall apps"),
    roles=("app_manager",),
    marks="app_manager",
    risk="sensitive",
    for_apps=False,
)

INSTALLATIONS_REQUEST = Scope(
    "installations:request",
    N_("ask for apps, and see what became of it"),
    roles=("employee",),
    risk="write",
    for_apps=False,
)

RATINGS_WRITE = Scope("ratings:write", N_("rate apps that they use"), roles=("employee",), risk="write", for_apps=False)

# As an app, an app with these sees no more than any employee of the workspace does.
FOR_TRIALS = frozenset({"directory:read"})


def require_may_try(actor: Actor, *, visibility: str, scopes: Iterable[str]) -> None:
    """A developer may switch on their own private app for themselves alone, if that gives nobody new power.

    Raises TrialNeedsAdmin, which names the scopes that only an admin can consent to.
    """
    beyond = sorted(set(scopes) - FOR_TRIALS)
    if not actor.may("apps:write") or visibility != "private" or beyond:
        raise TrialNeedsAdmin(extra={"required_scopes": beyond})


def require_own_trial(actor: Actor, installation: dict[str, Any]) -> None:
    """Who switched it on may switch it off. Raises Forbidden."""
    if not actor.may("apps:write") or installation["installed_by"] != actor.employee_id:
        raise Forbidden(N_("Another person installed this app; an admin can uninstall it."))


def require_may_develop(actor: Actor, installation: dict[str, Any]) -> None:
    """Whoever runs an app on their machine gets what is meant for it. In production that is for who may install apps,
    and for a developer whose app is here for themselves alone. Raises DevNeedsAdmin."""
    alone = {"kind": "employee", "id": actor.employee_id}
    availability = installation["availability"]
    only = [{name: rule[name] for name in alone} for rule in availability["include"]]
    own_trial = availability["kind"] == "only" and only == [alone]
    if not (manifests.in_development() or actor.has_role("app_manager") or own_trial):
        raise DevNeedsAdmin()
