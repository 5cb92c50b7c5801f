"""Scopes of attachments. Whether one may be read is its owner's question."""

from __future__ import annotations

from portico.kernel.scopes import Scope
from portico.kernel.text import N_

ATTACHMENTS_READ = Scope("attachments:read", N_("open files attached to what it can read"), roles=("employee",))
ATTACHMENTS_WRITE = Scope("attachments:write", N_("upload files"), roles=("employee",), risk="write")
