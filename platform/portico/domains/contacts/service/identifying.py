"""Writing the identifiers of a contact. That each has one holder is the database's to keep, and ours to explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Table, delete
from sqlalchemy.exc import IntegrityError

from portico.domains.contacts import queries
from portico.domains.contacts.errors import IdentifierTaken
from portico.domains.contacts.identifiers import phone
from portico.domains.contacts.models import ContactIdentifier
from portico.domains.contacts.settings import region
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.adding import add
from portico.kernel.data_range import within
from portico.kernel.errors import FieldError, Refusal, invalid
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import savepoint, session

_table = cast(Table, ContactIdentifier.__table__)

Given = dict[str, Any]


def key(one: Mapping[str, Any]) -> queries.Key:
    return one["kind"], one.get("namespace") or "", one["canonical"]


def localised(actor: Actor, given: Sequence[Given]) -> list[Given]:
    """With numbers that name no country as those of the workspace's. Raises Invalid where two become one."""
    bare = [one for one in given if one["kind"] == "phone" and not one["canonical"].startswith("+")]
    here = region(actor) if bare else None
    if here is None:
        return list(given)
    whole = [{**one, "canonical": phone(one["value"], here)} if one in bare else one for one in given]
    seen: set[queries.Key] = set()
    for place, one in enumerate(whole):
        if key(one) in seen:
            raise invalid(f"/identifiers/{place}/value", "invalid", "This identifier is named twice.")
        seen.add(key(one))
    return whole


def complete(given: Sequence[Given], present: Sequence[Given] = ()) -> list[Given]:
    """The identifiers with every field, the first of a kind primary where none is. One that is there already keeps its
    id, and since when it is proved."""
    known = {key(one): one for one in present}
    whole = [_whole(one, known.get(key(one), {})) for one in given]
    have_primary = {one["kind"] for one in whole if one["primary"]}
    for one in whole:
        if one["kind"] not in have_primary:
            one["primary"] = True
            have_primary.add(one["kind"])
    return whole


def _whole(one: Given, known: Given) -> Given:
    by = one.get("verification")
    verified = one.get("verified", by not in (None, "none"))
    return {
        "id": known.get("id") or new_id("cid"),
        "kind": one["kind"],
        "value": one["value"],
        "namespace": one.get("namespace") or None,
        "label": one.get("label"),
        "primary": one.get("primary", False),
        "verified": verified,
        "verified_at": (known.get("verified_at") or clock.now()) if verified else None,
        "verification": (by or known.get("verification")) if verified else None,
        "shared": one.get("shared", False),
        "canonical": one["canonical"],
    }


def merged(present: Sequence[Given], given: Sequence[Given]) -> list[Given]:
    """What is there, with what is given added; a field that is given replaces the one that is there."""
    found = {key(one): dict(one) for one in present}
    for one in given:
        if one.get("primary"):
            for other in found.values():
                other["primary"] = other["primary"] and other["kind"] != one["kind"]
        found[key(one)] = {**found.get(key(one), {}), **one}
    return complete(list(found.values()), present)


def replace(actor: Actor, contact_id: str, identifiers: Sequence[Given], *, fresh: bool = False) -> None:
    """Write the whole list. Stand inside `exclusive`, which explains what the unique index refuses."""
    if not fresh:
        session().execute(
            delete(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.contact_id == contact_id)
        )
    rows = [_row(actor, contact_id, place, one) for place, one in enumerate(identifiers)]
    # Sorted, so that two writers of the same identifiers wait for each other in one order.
    add(_table, sorted(rows, key=key))


def _row(actor: Actor, contact_id: str, place: int, one: Given) -> dict[str, Any]:
    return {
        "workspace_id": actor.workspace_id,
        "id": one["id"],
        "contact_id": contact_id,
        "position": place,
        "kind": one["kind"],
        "namespace": one["namespace"] or "",
        "value": one["value"],
        "canonical": one["canonical"],
        "label": one["label"],
        "is_primary": one["primary"],
        "verified": one["verified"],
        "verified_at": one["verified_at"],
        "verification": one["verification"],
        "shared": one["shared"],
        "held": not one["shared"],
    }


@contextmanager
def exclusive(
    actor: Actor, contact_id: str, identifiers: Sequence[Given], refusal: type[Refusal] = IdentifierTaken
) -> Iterator[None]:
    """A savepoint in which identifiers are written. Raises `refusal` when another contact holds one of them."""
    try:
        with savepoint():
            yield
    except IntegrityError:
        holders = queries.holders(actor, [key(one) for one in identifiers], but=contact_id)
        if not holders:
            raise
        raise _refused(actor, identifiers, holders, refusal) from None


def _refused(
    actor: Actor, identifiers: Sequence[Given], holders: Mapping[queries.Key, str], refusal: type[Refusal]
) -> Refusal:
    """Names the other contact only to those who may read contacts."""
    places = [place for place, one in enumerate(identifiers) if key(one) in holders]
    errors = [
        FieldError(f"/identifiers/{place}/value", refusal.code, "Another contact has this identifier.")
        for place in places
    ]
    holder = holders[key(identifiers[places[0]])]
    seen = actor.may("contacts:read") and within(actor, [("contact", holder)])
    extra = {"contact_id": holder} if seen else None
    return refusal(errors=errors, extra=extra)
