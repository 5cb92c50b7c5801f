"""Photos of people who work here: one each, which they set themselves, seen by whoever may read the directory."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy.exc import IntegrityError

from portico.domains.files import queries as files
from portico.domains.files import service
from portico.domains.files.intake import Taken
from portico.domains.files.owners import owner
from portico.kernel.actor import Actor
from portico.kernel.data_range import within
from portico.kernel.errors import Conflict, Forbidden
from portico.kernel.unit_of_work import session

KIND = "photo"
SIDE = 256
"""Pixels of a side; the small one beside names has 96."""


@owner(KIND)
def readable(actor: Actor, employee_ids: Collection[str]) -> set[str]:
    if not actor.may("directory:read"):
        return set()
    return {one for _, one in within(actor, [("employee", one) for one in employee_ids])}


def _me(actor: Actor) -> str:
    """Raises Forbidden."""
    if actor.kind != "employee" or actor.employee_id is None:
        raise Forbidden("People set their own photo.")
    return actor.employee_id


def set_photo(actor: Actor, taken: Taken) -> None:
    """Show this picture beside one's name, instead of the one before.

    Raises Forbidden, TooManyUnlinked, and Conflict when another one is set at this moment.
    """
    me = _me(actor)
    service.remove_of(actor, KIND, [me])
    made = service.add_attachment(actor, taken)
    try:
        with session().begin_nested():
            service.link(actor, KIND, me, [made["id"]])
    except IntegrityError:
        raise Conflict from None


def remove_photo(actor: Actor) -> None:
    """Initials again. Raises Forbidden."""
    service.remove_of(actor, KIND, [_me(actor)])


def photos(actor: Actor) -> dict[str, str]:
    """By the ids of everybody who has one: the id of the attachment."""
    return files.owned(actor, KIND)
