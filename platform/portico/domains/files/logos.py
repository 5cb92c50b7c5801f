"""The logo of a workspace: one, set by its admins, seen by whoever comes to its door."""

from __future__ import annotations

from collections.abc import Collection

from portico.domains.files import queries, service
from portico.domains.files.errors import ImageUnreadable
from portico.domains.files.intake import Taken
from portico.domains.files.owners import owner
from portico.domains.files.queries import Bytes
from portico.domains.identity.service import update_workspace
from portico.kernel.actor import Actor, system
from portico.kernel.db import AnyRow
from portico.kernel.text import N_

KIND = "logo"
SIDE = 256
"""Pixels of a side, as pages take it in; over the API any picture that was drawn anew will do."""


@owner(KIND)
def readable(actor: Actor, workspace_ids: Collection[str]) -> set[str]:
    return {actor.workspace_id}.intersection(workspace_ids) if actor.may("workspace:read") else set()


def set_logo(actor: Actor, attachment_id: str) -> AnyRow:
    """Show this upload of the actor, instead of the one before. Raises Invalid, ImageUnreadable and Stale."""
    after = update_workspace(actor, {"logo_id": attachment_id})
    service.remove_of(actor, KIND, [actor.workspace_id])
    service.link(actor, KIND, actor.workspace_id, [attachment_id], pointer="/attachment_id")
    if queries.linked(actor, KIND, actor.workspace_id, attachment_id).small_place is None:
        raise ImageUnreadable(N_("Choose a picture: JPEG, PNG, WebP or GIF."))
    return after


def take_logo(actor: Actor, taken: Taken) -> AnyRow:
    """As a page does it, in one step. Raises TooManyUnlinked and Stale."""
    made: str = service.add_attachment(actor, taken)["id"]
    return set_logo(actor, made)


def remove_logo(actor: Actor) -> None:
    """The first letter again."""
    update_workspace(actor, {"logo_id": None})
    service.remove_of(actor, KIND, [actor.workspace_id])


def shown_at_the_door(workspace_id: str, attachment_id: str) -> Bytes:
    """For whoever has not signed in yet: the small picture. Raises NotFound, also for every other attachment."""
    row = queries.linked(system(workspace_id), KIND, workspace_id, attachment_id)
    return Bytes(row.small_place or row.place, row.name, "image/webp" if row.small_place else row.type, None)
