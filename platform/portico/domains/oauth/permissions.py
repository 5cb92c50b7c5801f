"""Scopes by which a person tells an app who they are; nobody else can grant them."""

from __future__ import annotations

from portico.kernel.scopes import Scope
from portico.kernel.text import N_

OPENID = Scope("openid", N_("know who you are here"), roles=())
PROFILE = Scope("profile", N_("see your name, language and time zone"), roles=())
EMAIL = Scope("email", N_("see your e-mail address"), roles=())
