"""Files of announcements: for who manages one, and for its recipients while it is out."""

from __future__ import annotations

from collections.abc import Collection

from portico.domains.announcements import queries
from portico.domains.files.owners import owner
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal


@owner(queries.KIND)
def readable(actor: Actor, announcement_ids: Collection[str]) -> set[str]:
    return {one for one in announcement_ids if _reads(actor, one)}


def _reads(actor: Actor, announcement_id: str) -> bool:
    if queries.one(actor, announcement_id) is not None:
        return True
    try:
        return actor.may("announcements:read") and bool(queries.received(actor, announcement_id))
    except Refusal:
        return False
