"""Scopes of identity."""

from __future__ import annotations

from portico.kernel.scopes import Scope
from portico.kernel.text import N_

WORKSPACE_READ = Scope(
    "workspace:read", N_("see how the workspace is called, its language and its time zone"), roles=("employee",)
)
WORKSPACE_WRITE = Scope(
    "workspace:write",
    N_("change the settings of the workspace"),
    roles=("admin",),
    risk="sensitive",
    for_apps=False,
)
MEMBERS_READ = Scope(
    "members:read",
    N_("see who may sign in to the workspace and in which role"),
    roles=("hr_admin", "admin"),
    for_apps=False,
)
MEMBERS_WRITE = Scope(
    "members:write",
    N_("invite people, change their roles and end their membership"),
    roles=("admin",),
    risk="sensitive",
    for_apps=False,
)
