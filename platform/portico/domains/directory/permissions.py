"""Scopes of the directory."""

from __future__ import annotations

from portico.kernel.scopes import Scope
from portico.kernel.text import N_

DIRECTORY_READ = Scope(
    "directory:read",
    N_("see departments and the names, titles and work addresses of employees"),
    roles=("employee",),
)
DIRECTORY_SENSITIVE = Scope(
    "directory.sensitive:read",
    N_(
        "see employees' private phone numbers and addresses, the days they came and go, and their properties that are "
        "marked as sensitive"
    ),
    roles=("hr_admin",),
    risk="sensitive",
)
DIRECTORY_WRITE = Scope("directory:write", N_("change departments and employees"), roles=("hr_admin",), risk="write")
PRESENCE_READ = Scope(
    "presence:read", N_("see who is available, busy, on a break or away, and until when"), roles=("employee",)
)
PRESENCE_WRITE = Scope(
    "presence:write",
    N_("say whether they are available, and take breaks"),
    roles=("employee",),
    risk="write",
    for_apps=False,
)
