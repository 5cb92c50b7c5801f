"""Scopes of the record."""

from __future__ import annotations

from portico.kernel.scopes import Scope
from portico.kernel.text import N_

AUDIT_READ = Scope(
    "audit:read",
    N_("see who did what in the workspace, and from where"),
    roles=("admin",),
    risk="sensitive",
    for_apps=False,
)
