"""The door and what belongs to a person alone: sign-in, set-up, invitations, passwords, settings, personal
tokens, and what apps may do in their name."""

from __future__ import annotations

from portico.account import (
    app_scopes,
    apps,
    authorize,
    device,
    directory,
    identity,
    logged_requests,
    logout,
    second_step,
    settings,
    tokens,
    two_factor,
    unlisted,
)
from portico.account.blueprint import blueprint

MENU = [*settings.MENU, *two_factor.MENU, *tokens.MENU, *apps.MENU]

__all__ = [
    "MENU",
    "app_scopes",
    "apps",
    "authorize",
    "blueprint",
    "device",
    "directory",
    "identity",
    "logged_requests",
    "logout",
    "second_step",
    "settings",
    "tokens",
    "two_factor",
    "unlisted",
]
