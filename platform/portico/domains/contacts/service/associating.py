"""Tying contacts to companies. Whoever does it holds the contact's row, so a contact has one primary company."""

from __future__ import annotations

from typing import Any, cast

from sqlalchemy import Table, delete, update

from portico.domains.contacts import events, queries
from portico.domains.contacts.errors import AssociationExists
from portico.domains.contacts.models import Association
from portico.domains.contacts.service import linking
from portico.domains.contacts.service.contacts import apply
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, invalid
from portico.kernel.events import emit
from portico.kernel.unit_of_work import session

MOST = 50
_table = cast(Table, Association.__table__)


def _follow(actor: Actor, contact: dict[str, Any]) -> None:
    """The contact names the companies of its associations, the primary one first."""
    company_ids = list(dict.fromkeys(one["company_id"] for one in queries.associations_of(actor, contact["id"])))
    if company_ids != contact["company_ids"]:
        apply(actor, contact, {"company_ids": company_ids})


def _make_primary(actor: Actor, contact_id: str, association_id: str | None) -> None:
    """This one and no other; none for a moment, so that the unique index is never met on the way."""
    mine = (_table.c.workspace_id == actor.workspace_id, _table.c.contact_id == contact_id)
    work = session()
    work.execute(update(_table).where(*mine, _table.c.is_primary).values(is_primary=False))
    if association_id is not None:
        work.execute(update(_table).where(*mine, _table.c.id == association_id).values(is_primary=True))


def create_association(actor: Actor, contact_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Tie a contact to a company; its first one is the primary one. Raises NotFound, Invalid and AssociationExists."""
    contact = queries.whole_contact(actor, contact_id, lock=True)
    try:
        queries.company(actor, values["company_id"])
    except NotFound:
        raise invalid("/company_id", "invalid", "There is no company with this id.") from None
    present = queries.associations_of(actor, contact_id)
    if any((one["company_id"], one["label"]) == (values["company_id"], values["label"]) for one in present):
        raise AssociationExists()
    if len(present) >= MOST:
        raise invalid("/company_id", "too_many", f"A contact has at most {MOST} associations.")
    primary = values.get("is_primary", False) or not present
    if primary:
        _make_primary(actor, contact_id, None)
    row = linking.add(actor, contact_id, **{**values, "is_primary": primary})
    _follow(actor, contact)
    return row


def update_association(actor: Actor, contact_id: str, association_id: str, values: dict[str, Any]) -> dict[str, Any]:
    """Change the label, the dates or which is primary. Raises NotFound, Invalid and AssociationExists."""
    contact = queries.whole_contact(actor, contact_id, lock=True)
    before = queries.association(actor, contact_id, association_id)
    changes = {name: value for name, value in values.items() if before[name] != value}
    if not changes:
        return before
    after = {**before, **changes}
    if after["starts_on"] and after["ends_on"] and after["ends_on"] < after["starts_on"]:
        raise invalid("/ends_on", "invalid", "It ends before it starts.")
    others = [one for one in queries.associations_of(actor, contact_id) if one["id"] != association_id]
    if any((one["company_id"], one["label"]) == (after["company_id"], after["label"]) for one in others):
        raise AssociationExists()
    if "is_primary" in changes:
        _make_primary(actor, contact_id, association_id if after["is_primary"] else None)
    plain = {name: value for name, value in changes.items() if name != "is_primary"}
    if plain:
        mine = (_table.c.workspace_id == actor.workspace_id, _table.c.id == association_id)
        session().execute(update(_table).where(*mine).values(plain))
    emit(actor, events.ASSOCIATION_UPDATED, after, changes=sorted(changes), before=before)
    _follow(actor, contact)
    return after


def remove_association(actor: Actor, contact_id: str, association_id: str) -> None:
    """Untie; the oldest of those that stay becomes the primary one. Raises NotFound."""
    contact = queries.whole_contact(actor, contact_id, lock=True)
    before = queries.association(actor, contact_id, association_id)
    session().execute(delete(_table).where(_table.c.workspace_id == actor.workspace_id, _table.c.id == association_id))
    left = queries.associations_of(actor, contact_id)
    if before["is_primary"] and left:
        _make_primary(actor, contact_id, left[0]["id"])
    emit(actor, events.ASSOCIATION_REMOVED, before)
    _follow(actor, contact)
