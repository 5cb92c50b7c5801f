"""What another system knows: update the contact that has one of the identifiers, or create it."""

from __future__ import annotations

from typing import Any

from portico.domains.contacts import queries
from portico.domains.contacts.errors import AmbiguousMatch, IdentifierTaken
from portico.domains.contacts.schemas import MAX_IDENTIFIERS
from portico.domains.contacts.service import identifying
from portico.domains.contacts.service.contacts import create_contact, update_contact
from portico.kernel.actor import Actor
from portico.kernel.errors import Conflict, invalid

_TRIES = 3

Outcome = tuple[bool, dict[str, Any]]
"""Whether the contact was created, and the contact."""


def upsert_contact(actor: Actor, values: dict[str, Any]) -> Outcome:
    """Match by the given identifiers. Raises AmbiguousMatch, Invalid and IdentifierTaken."""
    values = {**values, "identifiers": identifying.localised(actor, values["identifiers"])}
    return _upsert(actor, values, [identifying.key(one) for one in values["identifiers"]])


def put_contact(actor: Actor, namespace: str, value: str, values: dict[str, Any]) -> Outcome:
    """Match by the one identifier of the path, which the contact then has.

    Raises NotFound for what cannot be an identifier, AmbiguousMatch, Invalid and IdentifierTaken.
    """
    kind, space, canonical = wanted = queries.key_of(actor, namespace, value)
    given = identifying.localised(actor, values.get("identifiers", []))
    values = {**values, "identifiers": given}
    if wanted not in [identifying.key(one) for one in given]:
        named = {"kind": kind, "namespace": space, "value": value.strip(), "canonical": canonical}
        values = {**values, "identifiers": [named, *given]}
    return _upsert(actor, values, [wanted])


def _upsert(actor: Actor, values: dict[str, Any], keys: list[queries.Key]) -> Outcome:
    """Insert, then catch: who loses the race to create finds the winner at the next look."""
    for attempt in range(1, _TRIES + 1):
        found = queries.matches(actor, keys)
        if len(found) > 1:
            raise AmbiguousMatch(extra={"contact_ids": sorted(found)} if actor.may("contacts:read") else None)
        if found:
            return False, _update(actor, found.pop(), values)
        try:
            return True, create_contact(actor, values)
        except IdentifierTaken:
            # Taken by a contact that none of the keys means (an upsert by path): looking again would not help.
            if attempt == _TRIES or not queries.matches(actor, keys):
                raise
    raise Conflict()


def _update(actor: Actor, contact_id: str, values: dict[str, Any]) -> dict[str, Any]:
    present = queries.whole_contact(actor, contact_id, lock=True)["identifiers"]
    identifiers = identifying.merged(present, values["identifiers"])
    if len(identifiers) > MAX_IDENTIFIERS:
        raise invalid("/identifiers", "too_many", f"A contact has at most {MAX_IDENTIFIERS} identifiers.")
    return update_contact(actor, contact_id, {**values, "identifiers": identifiers})
