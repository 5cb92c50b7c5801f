"""Scopes by which a person tells an app who they are; nobody else can grant them."""

from __future__ import annotations

from portico.kernel.scopes import Scope
from portico.kernel.text import N_

OPENID = Scope("openid", N_("know who you are here"), roles=("employee",))
PROFILE = Scope("profile", N_("see your name, language and time zone"), roles=("employee",))
EMAIL = Scope("email", N_("see your e-mail address"), roles=("employee",))
