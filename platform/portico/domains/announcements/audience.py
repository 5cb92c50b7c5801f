"""Audiences of announcements, in the directory's words: who is included, without who is excluded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from portico.domains.directory import audiences
from portico.kernel.actor import Actor
from portico.kernel.unit_of_work import session

NOBODY: dict[str, Any] = {"include": [], "exclude": []}


def names_everybody(audience: Mapping[str, Any]) -> bool:
    return any(rule["kind"] == "all" for rule in audience["include"])


def count_up_to(workspace_id: str, audience: Mapping[str, Any], most: int) -> int:
    """How many are in, counted no further."""
    some = audiences.people(workspace_id, audience).limit(most).subquery()
    return session().scalar(select(func.count()).select_from(some)) or 0


def preview(actor: Actor, audience: Mapping[str, Any]) -> dict[str, Any]:
    """How many, some of them, and what each rule brings that none before it does; of those whom the actor sees."""
    by_rule = audiences.count_by_rule(actor.workspace_id, audience, reader=actor)
    return {
        "count": sum(by_rule),
        "sample": audiences.sample(actor.workspace_id, audience, reader=actor),
        "by_rule": [{"rule": rule, "count": people} for rule, people in zip(audience["include"], by_rule, strict=True)],
    }
