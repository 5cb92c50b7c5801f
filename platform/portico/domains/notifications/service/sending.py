"""What apps, and people with a token, tell others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portico.domains.directory import queries as directory
from portico.domains.notifications.kinds import FROM_APP
from portico.domains.notifications.places import PLACES
from portico.domains.notifications.service.telling import notify, retract
from portico.domains.notifications.service.urgency import spend
from portico.kernel import data_range
from portico.kernel.actor import Actor
from portico.kernel.errors import FieldError, Forbidden, Invalid, invalid
from portico.kernel.ids import is_id, new_id


def send(
    actor: Actor,
    *,
    to: Sequence[str],
    title: str,
    body: str | None = None,
    page: str | None = None,
    resource: dict[str, str] | None = None,
    urgent: bool = False,
    key: str | None = None,
) -> int:
    """Tell people something under one's own name, each once per `key`. Answers how many people that are.

    Raises Invalid for whom or what the actor does not see, InsufficientScope, TooManySent and TooManyUrgent.
    """
    people = list(dict.fromkeys(to))
    _require_people(actor, people)
    spend(actor, len(people))
    notify(
        actor,
        FROM_APP.name,
        people,
        title=title,
        body=body,
        url=_place(actor, page, resource),
        resource=None if resource is None else (resource["type"], resource["id"]),
        urgent=urgent,
        installation_id=actor.installation_id,
        app_name=actor.display_name or directory.names_of(actor, [actor.id]).get(actor.id),
        as_text=True,
        key=own_key(actor, key or new_id("key")),
    )
    return len(people)


def take_back(actor: Actor, key: str) -> None:
    """What the actor told under this key. What was mailed is gone."""
    retract(actor.workspace_id, own_key(actor, key))


def own_key(actor: Actor, key: str) -> str:
    """Nobody repeats or takes back what another told."""
    return f"by:{actor.id}:{key}"


def _require_people(actor: Actor, people: Sequence[str]) -> None:
    seen = {row["id"] for row in directory.lookup(actor, people) if row["status"] != "departed"}
    unknown = [
        FieldError(f"/to/{place}", "unknown", "There is no such employee.")
        for place, one in enumerate(people)
        if one not in seen
    ]
    if unknown:
        raise Invalid(errors=unknown)


def _place(actor: Actor, page: str | None, resource: dict[str, Any] | None) -> str | None:
    """Within the app's own pages, or at something that the app sees."""
    if page is not None:
        if actor.installation_id is None:
            raise Forbidden("Only an app has pages of its own.")
        return f"/apps/{actor.installation_id}/{page}"
    if resource is None:
        return None
    prefix, path = PLACES[resource["type"]]
    known = is_id(resource["id"], prefix)
    if not known or not data_range.within(actor, [(resource["type"], resource["id"])]):
        raise invalid("/resource/id", "unknown", "There is nothing here that you can see.")
    return path.format(resource["id"])
