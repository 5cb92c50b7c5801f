"""Single identifiers of a contact: added, changed, taken away. Each is a change of the contact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portico.domains.contacts import queries
from portico.domains.contacts.schemas import MAX_IDENTIFIERS
from portico.domains.contacts.service import identifying
from portico.domains.contacts.service.contacts import update_contact
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, invalid


def _write(actor: Actor, contact_id: str, identifiers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    written: list[dict[str, Any]] = update_contact(actor, contact_id, {"identifiers": identifiers})["identifiers"]
    return written


def _present(actor: Actor, contact_id: str) -> list[dict[str, Any]]:
    known: list[dict[str, Any]] = queries.whole_contact(actor, contact_id, lock=True)["identifiers"]
    return known


def _alone(identifiers: Sequence[dict[str, Any]], one: dict[str, Any], changes: dict[str, Any]) -> None:
    """Where one becomes the primary of its kind, the others are not any more."""
    if changes.get("primary"):
        for other in identifiers:
            if other["kind"] == one["kind"] and other is not one:
                other["primary"] = False


def add_identifier(actor: Actor, contact_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Add one; one that is there already takes the given fields. Raises NotFound, Invalid and IdentifierTaken."""
    present = _present(actor, contact_id)
    [given] = identifying.localised(actor, [values])
    whole = identifying.merged(present, [given])
    if len(whole) > MAX_IDENTIFIERS:
        raise invalid("", "too_many", f"A contact has at most {MAX_IDENTIFIERS} identifiers.")
    written = _write(actor, contact_id, whole)
    return next(one for one in written if identifying.key(one) == identifying.key(given))


def change_identifier(actor: Actor, contact_id: str, identifier_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Change what is said of one. Raises NotFound and IdentifierTaken."""
    whole = [dict(one) for one in _present(actor, contact_id)]
    one = next((one for one in whole if one["id"] == identifier_id), None)
    if one is None:
        raise NotFound()
    if values.get("verified") is False:
        values = {**values, "verification": None}
    elif values.get("verification") and "verified" not in values:
        values = {**values, "verified": values["verification"] != "none"}
    one.update(values)
    _alone(whole, one, values)
    written = _write(actor, contact_id, whole)
    return next(one for one in written if one["id"] == identifier_id)


def remove_identifier(actor: Actor, contact_id: str, identifier_id: str) -> None:
    """Take one away; it is free for others. Raises NotFound."""
    present = _present(actor, contact_id)
    left = [one for one in present if one["id"] != identifier_id]
    if len(left) == len(present):
        raise NotFound()
    _write(actor, contact_id, left)
