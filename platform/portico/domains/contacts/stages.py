"""Where a contact stands, in the order that the workspace says."""

from __future__ import annotations

from portico.domains.contacts.settings import settings
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid


def require_stage(actor: Actor, key: str | None) -> None:
    """Raises Invalid for what is none of the workspace's stages."""
    if key is None:
        return
    known = [one["key"] for one in settings(actor)["stages"]]
    if key not in known:
        raise invalid("/lifecycle_stage", "unknown", f"There is no such stage; use {', '.join(known)}.")


def is_backward(actor: Actor, before: str | None, after: str | None) -> bool:
    """Whether it is a step back. Clearing is none, nor is leaving a stage that is gone."""
    known = [one["key"] for one in settings(actor)["stages"]]
    if before not in known or after not in known:
        return False
    return known.index(after) < known.index(before)
