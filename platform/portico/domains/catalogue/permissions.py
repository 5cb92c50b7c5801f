"""Scopes of the catalogue."""

from __future__ import annotations

from portico.kernel.scopes import Scope
from portico.kernel.text import N_

APPS_READ = Scope(
    "apps:read", N_("see the apps of their publisher, with versions and findings"), roles=("developer",), for_apps=False
)
APPS_WRITE = Scope(
    "apps:write",
    N_("register apps, release versions and make credentials"),
    roles=("developer",),
    marks="developer",
    risk="sensitive",
    for_apps=False,
)
CATALOGUE_READ = Scope("catalogue:read", N_("see which apps can be installed"), roles=("app_manager", "developer"))
