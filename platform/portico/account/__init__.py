"""The door and what belongs to a person alone: sign-in, set-up, invitations, passwords, settings, personal tokens."""

from __future__ import annotations

from portico.account import directory, identity, logout, settings, tokens
from portico.account.blueprint import blueprint

MENU = [*settings.MENU, *tokens.MENU]

__all__ = ["MENU", "blueprint", "directory", "identity", "logout", "settings", "tokens"]
