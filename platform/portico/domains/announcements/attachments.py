"""Files of announcements: for who manages one, and for its recipients while it is out."""

from __future__ import annotations

from collections.abc import Collection

from portico.domains.announcements import queries
from portico.domains.files.owners import owner
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal


def withheld(actor: Actor, announcement_id: str, attachment_id: str) -> bool:
    """What the author shows and does not give out, but to who manages it."""
    managed = queries.one(actor, announcement_id)
    if managed is not None and queries.manages(actor, managed):
        return False
    found = queries.any_one(actor, announcement_id)
    return found is None or attachment_id in found["withheld"]


@owner(queries.KIND, withheld=withheld)
def readable(actor: Actor, announcement_ids: Collection[str]) -> set[str]:
    return {one for one in announcement_ids if _reads(actor, one)}


def _reads(actor: Actor, announcement_id: str) -> bool:
    if not actor.may("announcements:read"):
        return False
    if queries.one(actor, announcement_id) is not None:
        return True
    try:
        return bool(queries.received(actor, announcement_id))
    except Refusal:
        return False
