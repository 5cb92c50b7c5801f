"""Which scopes an app really uses: noted where one admits a call or an event, written later by `last_use`."""

from __future__ import annotations

from collections.abc import Iterable

from portico.kernel import last_use
from portico.kernel.actor import Actor

KIND = "scope_use"


def note(workspace_id: str, installation_id: str, scopes: Iterable[str]) -> None:
    """These scopes of the installation did something just now."""
    for scope in scopes:
        last_use.note(KIND, f"{workspace_id}|{installation_id}|{scope}")


def note_call(actor: Actor, scopes: Iterable[str]) -> None:
    """What a person lent an app is theirs to take back: only what the app does as itself is measured."""
    if actor.kind == "app" and actor.installation_id is not None:
        note(actor.workspace_id, actor.installation_id, (scope for scope in scopes if actor.may(scope)))
