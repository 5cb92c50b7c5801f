"""Whether people are there."""

from __future__ import annotations

from typing import Any

from portico.domains.directory import presence, presence_schemas, service
from portico.domains.directory.api.blueprint import blp
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.ids import is_id

MOST = 200


@blp.get(
    "/presence",
    scope="presence:read",
    parameters={"ids": True},
    answer=presence_schemas.Presences,
    summary="Read the presence of up to 200 employees",
)
def list_presences(actor: Actor, ids: str) -> Any:
    """`ids` are parted by commas. Whom there is not, or who left, is left out."""
    return {"data": presence.visible_presences(actor, _ids(ids))}


def _ids(text: str) -> list[str]:
    found = list(dict.fromkeys(text.split(",")))
    if len(found) > MOST:
        raise invalid("/query/ids", "too_many", f"At most {MOST} ids.")
    if not all(is_id(one, "emp") for one in found):
        raise invalid("/query/ids", "invalid", "ids are ids of employees, parted by commas.")
    return found


@blp.get(
    '/presence/<id("emp"):employee_id>',
    scope="presence:read",
    answer=presence_schemas.Presence,
    summary="Read the presence of an employee",
)
def get_presence(actor: Actor, employee_id: str) -> Any:
    """`until` is when it ends by itself, where that is known."""
    return presence.presence_of(actor, employee_id)


@blp.get(
    "/presence/me",
    scope="presence:read",
    answer=presence_schemas.Presence,
    people_only=True,
    summary="Read your own presence",
)
def get_own_presence(actor: Actor) -> Any:
    return presence.presence_of(actor, actor.employee_id or "")


@blp.put(
    "/presence/me",
    scope="presence:write",
    body=presence_schemas.PresencePut,
    answer=presence_schemas.Presence,
    people_only=True,
    summary="Say whether you are available",
)
def put_own_presence(actor: Actor, body: dict[str, Any]) -> Any:
    """Whole: what is absent is taken back. Until `clears_at` it stands before your shift, your working hours and when
    you were seen; `dnd_until` stands before everything, and holds your notifications meanwhile."""
    return service.set_presence(actor, **body)


@blp.post(
    "/presence/me/break",
    scope="presence:write",
    body=presence_schemas.Break,
    answer=presence_schemas.Presence,
    people_only=True,
    summary="Take a break",
)
def take_break(actor: Actor, body: dict[str, Any]) -> Any:
    """Your notifications are held until it ends, and come together then. Another break takes the place of this one."""
    return service.take_break(actor, **body)


@blp.delete(
    "/presence/me/break",
    scope="presence:write",
    status=204,
    people_only=True,
    summary="End your break",
)
def end_break(actor: Actor) -> None:
    """Nothing happens without one."""
    service.end_break(actor)
