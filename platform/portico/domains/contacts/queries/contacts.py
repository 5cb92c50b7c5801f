"""Reads of contacts; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select

from portico.domains.contacts import identifiers
from portico.domains.contacts.models import Contact, ContactIdentifier
from portico.domains.contacts.queries.associations import with_company
from portico.domains.contacts.queries.tagging import tag_filter
from portico.domains.contacts.settings import region
from portico.domains.directory.ranges import within_range
from portico.domains.properties import queries as properties
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.id_lists import among
from portico.kernel.listing import ORDERED, Condition, Filter, Listing, ListQuery, Page, Sort, page, start_of
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import session

_contact = Contact.__table__.c
_known = ContactIdentifier.__table__.c
_COLUMNS = (
    _contact.id,
    _contact.display_name,
    _contact.owner_employee_id,
    _contact.lifecycle_stage,
    _contact.tags,
    _contact.company_ids,
    _contact.properties,
    _contact.created_at,
    _contact.updated_at,
    _contact.version,
)
_NAMES = tuple(column.key for column in _COLUMNS)
_IDENTIFIER = (
    _known.contact_id,
    _known.id,
    _known.kind,
    _known.namespace,
    _known.value,
    _known.canonical,
    _known.label,
    _known.is_primary,
    _known.verified,
    _known.verified_at,
    _known.verification,
    _known.shared,
)

Key = tuple[str, str, str]
"""kind, namespace, canonical"""


def _canonical_or_none(kind: str, text: str) -> tuple[str, str] | None:
    namespace, value = text.split(":", 1) if kind == "external" and ":" in text else ("", text)
    try:
        return namespace, identifiers.canonical(kind, value)
    except identifiers.NotAnIdentifier:
        return None


def _known_by(kind: str, operator: str, wanted: Any) -> ColumnElement[bool]:
    """Whether the contact has such an identifier; what cannot be one is nobody's."""
    found = select(_known.id).where(
        _known.workspace_id == _contact.workspace_id, _known.contact_id == _contact.id, _known.kind == kind
    )
    if operator == "exists":
        return found.exists() if wanted else ~found.exists()
    forms = [form for item in (wanted if operator == "in" else [wanted]) if (form := _canonical_or_none(kind, item))]
    if not forms:
        return false()
    matching = or_(*((_known.namespace == namespace) & (_known.canonical == form) for namespace, form in forms))
    return found.where(matching).exists()


def _identifier_filter(kind: str) -> Filter:
    return Filter(clause=lambda operator, wanted: _known_by(kind, operator, wanted), operators=("eq", "in", "exists"))


CONTACTS = Listing(
    id_column=_contact.id,
    filters={
        **{kind: _identifier_filter(kind) for kind in identifiers.KINDS},
        "owner_employee_id": Filter(column=_contact.owner_employee_id),
        "lifecycle_stage": Filter(column=_contact.lifecycle_stage),
        "company_id": Filter(clause=with_company, operators=("eq", "in", "exists")),
        "tags": tag_filter("contact", Contact),
        "created_at": Filter(kind="instant", column=_contact.created_at, operators=ORDERED),
        "updated_at": Filter(kind="instant", column=_contact.updated_at, operators=ORDERED),
    },
    sorts={
        "created_at": Sort(_contact.id),
        "updated_at": Sort(_contact.updated_at, instant=True),
        "display_name": Sort(_contact.name_key),
    },
    search_kind="contact",
    open_filters=properties.PREFIX,
)


def visible_to(actor: Actor) -> Select[Any]:
    """The contacts of the workspace that are not in the trash."""
    return select(*_COLUMNS).where(
        _contact.workspace_id == actor.workspace_id,
        _contact.trashed_at.is_(None),
        *within_range(actor, _contact.owner_employee_id),
    )


@reaches("contact")
def _reach(reader: Reader) -> AnySelect:
    """Those in the trash too: that they went there is news."""
    return select(_contact.id).where(
        _contact.workspace_id == reader.workspace_id, *within_range(reader, _contact.owner_employee_id)
    )


def identifiers_of(actor: Actor, contact_ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The identifiers of each of these contacts, in their order."""
    found: dict[str, list[dict[str, Any]]] = {contact_id: [] for contact_id in contact_ids}
    if not contact_ids:
        return found
    for row in _identifiers_of(actor, contact_ids):
        found[row[0]].append(_identifier(row))
    return found


def _identifier(row: AnyRow) -> dict[str, Any]:
    _, known_id, kind, namespace, value, canonical, label, primary, verified, verified_at, verification, shared = row
    return {
        "id": known_id,
        "kind": kind,
        "value": value,
        "namespace": namespace or None,
        "label": label,
        "primary": primary,
        "verified": verified,
        "verified_at": verified_at,
        "verification": verification,
        "shared": shared,
        "canonical": canonical,
    }


def _whole(row: AnyRow, known: list[dict[str, Any]]) -> dict[str, Any]:
    """A row of `visible_to` with its identifiers. What stands behind its columns is left out."""
    whole = dict(zip(_NAMES, row, strict=False))
    whole["identifiers"] = known
    return whole


@prepared
def _identifiers_of(actor: Actor, contact_ids: Sequence[str]) -> AnySelect:
    return (
        select(*_IDENTIFIER)
        .where(_known.workspace_id == actor.workspace_id, among(_known.contact_id, contact_ids))
        .order_by(_known.contact_id, _known.position)
    )


@prepared
def _one(actor: Actor, contact_id: str) -> AnySelect:
    return visible_to(actor).where(_contact.id == contact_id)


@prepared
def _one_locked(actor: Actor, contact_id: str) -> AnySelect:
    return visible_to(actor).where(_contact.id == contact_id).with_for_update()


def whole_contact(actor: Actor, contact_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One contact with all that is kept of it, for the service; `lock` keeps it for a change until the unit ends.

    Raises NotFound."""
    row = (_one_locked if lock else _one)(actor, contact_id).one_or_none()
    if row is None:
        raise NotFound()
    return _whole(row, identifiers_of(actor, [contact_id])[contact_id])


def shown_to(actor: Actor, contact: dict[str, Any]) -> dict[str, Any]:
    """The contact for its reader."""
    return properties.shown(actor, "contact", [contact])[0]


def contact(actor: Actor, contact_id: str) -> dict[str, Any]:
    """One contact as the actor may see it. Raises NotFound."""
    return shown_to(actor, whole_contact(actor, contact_id))


def trashed_contact(actor: Actor, contact_id: str, since: datetime) -> dict[str, Any]:
    """One contact in the trash, locked, put there not before `since`. Raises NotFound."""
    row = (
        session()
        .execute(
            select(*_COLUMNS)
            .where(_contact.workspace_id == actor.workspace_id, _contact.id == contact_id)
            .where(
                _contact.trashed_at >= since,
                _contact.purged_at.is_(None),
                *within_range(actor, _contact.owner_employee_id),
            )
            .with_for_update()
        )
        .one_or_none()
    )
    if row is None:
        raise NotFound()
    return _whole(row, identifiers_of(actor, [contact_id])[contact_id])


def _in_region(actor: Actor, query: ListQuery) -> ListQuery:
    """The query with telephone numbers as they are kept, and looked for by their digits."""
    if query.q:
        query = replace(query, q=identifiers.dialled(query.q))
    if not any(one.field == "phone" and one.operator != "exists" for one in query.conditions):
        return query
    here = region(actor)
    return replace(query, conditions=tuple(_as_kept(one, here) for one in query.conditions))


def _as_kept(condition: Condition, here: str | None) -> Condition:
    if condition.field != "phone" or condition.operator == "exists":
        return condition
    several = isinstance(condition.value, list)
    forms = [_phone_or_same(one, here) for one in (condition.value if several else [condition.value])]
    return replace(condition, value=forms if several else forms[0])


def _phone_or_same(text: str, here: str | None) -> str:
    try:
        return identifiers.phone(text, here)
    except identifiers.NotAnIdentifier:
        return text


def page_of_contacts(actor: Actor, query: ListQuery) -> Page:
    query = _in_region(actor, query)
    listing, query = properties.filtered(actor, "contact", CONTACTS, query)
    found = page(start_of(visible_to, actor), listing, actor.workspace_id, query)
    known = identifiers_of(actor, [row.id for row in found.rows])
    rows = [_whole(row, known[row.id]) for row in found.rows]
    return Page(properties.shown(actor, "contact", rows), found.next_cursor, found.total, found.fields)


def active_contact(actor: Actor, contact_id: str) -> Row[Any] | None:
    """The contact without its identifiers, when it is not in the trash."""
    return session().execute(visible_to(actor).where(_contact.id == contact_id)).one_or_none()


def names_of(actor: Actor, contact_ids: Iterable[str]) -> dict[str, str]:
    """Display names by id, for pages and answers that show who; those in the trash too."""
    rows = session().execute(
        select(_contact.id, _contact.display_name).where(
            _contact.workspace_id == actor.workspace_id, _contact.id.in_(list(contact_ids))
        )
    )
    return {row.id: row.display_name for row in rows}


def _any_of(keys: Iterable[Key]) -> ColumnElement[bool]:
    """Spelt as OR of ANDs: SQLite reads its index for these, not for a list of row values."""
    wanted = (
        and_(_known.kind == kind, _known.namespace == namespace, _known.canonical == form)
        for kind, namespace, form in keys
    )
    return or_(false(), *wanted)


def holders(actor: Actor, keys: Iterable[Key], *, but: str | None = None) -> Mapping[Key, str]:
    """Which contact holds each of these identifiers exclusively, leaving out the contact `but`."""
    rows = session().execute(
        select(_known.kind, _known.namespace, _known.canonical, _known.contact_id)
        .where(_known.workspace_id == actor.workspace_id, _known.held)
        .where(_any_of(keys))
    )
    return {(row.kind, row.namespace, row.canonical): row.contact_id for row in rows if row.contact_id != but}


def matches(actor: Actor, keys: Iterable[Key]) -> set[str]:
    """The contacts that these identifiers mean. A shared one only speaks where no exclusive one does."""
    rows = (
        session()
        .execute(
            select(_known.contact_id, _known.held)
            .join(
                Contact.__table__,
                (_contact.workspace_id == _known.workspace_id) & (_contact.id == _known.contact_id),
            )
            .where(_known.workspace_id == actor.workspace_id, _contact.trashed_at.is_(None))
            .where(_any_of(keys), *within_range(actor, _contact.owner_employee_id))
        )
        .all()
    )
    return {row.contact_id for row in rows if row.held} or {row.contact_id for row in rows}


def key_of(actor: Actor, namespace: str, value: str) -> Key:
    """The identifier that `/contacts/by-id/{namespace}/{value}` names. Raises NotFound for what cannot be one."""
    kind = namespace if namespace in ("email", "phone") else "external"
    if kind == "external" and not identifiers.is_namespace(namespace):
        raise NotFound()
    try:
        return (
            kind,
            namespace if kind == "external" else "",
            identifiers.canonical(kind, value, region(actor) if kind == "phone" else None),
        )
    except identifiers.NotAnIdentifier:
        raise NotFound() from None


def contact_by_identifier(actor: Actor, namespace: str, value: str) -> dict[str, Any]:
    """The one contact known by this identifier. Raises NotFound, also when it is shared by several."""
    found = matches(actor, [key_of(actor, namespace, value)])
    if len(found) != 1:
        raise NotFound()
    return contact(actor, found.pop())
