"""Reads of what happened with a contact, and of what they agreed to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from portico.domains.contacts.models import Activity, Consent, Contact
from portico.domains.directory.ranges import within_range
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnySelect
from portico.kernel.errors import NotFound
from portico.kernel.listing import ORDERED, Condition, Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_activity = Activity.__table__.c
_consent = Consent.__table__.c
_contact = Contact.__table__.c

TIMELINE = Listing(
    id_column=_activity.id,
    filters={
        "kind": Filter(column=_activity.kind, operators=("eq", "ne", "in")),
        "occurred_at": Filter(kind="instant", column=_activity.occurred_at, operators=ORDERED),
    },
    sorts={"occurred_at": Sort(_activity.occurred_at, instant=True)},
    default_sort="-occurred_at",
)
CONSENTS = Listing(
    id_column=_consent.id,
    filters={
        "channel": Filter(column=_consent.channel, operators=("eq", "in")),
        "purpose": Filter(column=_consent.purpose, operators=("eq", "in")),
        "status": Filter(column=_consent.status, operators=("eq", "in")),
        "is_current": Filter(kind="bool", column=_consent.is_current, operators=("eq",)),
    },
    sorts={"at": Sort(_consent.at, instant=True)},
    default_sort="-at",
)


def source_of(actor: Actor) -> str:
    """Whose an activity is: of the person, also where an app writes in their name, or of the app."""
    return actor.employee_id or actor.app_id or actor.id


def _may_see(actor: Actor) -> list[ColumnElement[bool]]:
    """`team` is for people; `private` for who wrote it: in a person's name an app sees only what it wrote."""
    if actor.kind == "system":
        return []
    own = _activity.source == source_of(actor)
    if actor.through_app:
        return [or_(_activity.visibility == "all", own & (_activity.author["id"].as_string() == actor.id))]
    return [or_(_activity.visibility.in_(("all", "team")), own)]


def activities_visible_to(actor: Actor) -> Select[Any]:
    """What the actor may see of contacts within their range."""
    return (
        select(Activity.__table__)
        .join(
            Contact.__table__,
            (_contact.workspace_id == _activity.workspace_id) & (_contact.id == _activity.contact_id),
        )
        .where(_activity.workspace_id == actor.workspace_id, _contact.trashed_at.is_(None))
        .where(*_may_see(actor), *within_range(actor, _contact.owner_employee_id))
    )


def _contacts_within(reader: Reader) -> AnySelect:
    return select(_contact.id).where(
        _contact.workspace_id == reader.workspace_id, *within_range(reader, _contact.owner_employee_id)
    )


@reaches("activity")
def _reach_of_activities(reader: Reader) -> AnySelect:
    return select(_activity.id).where(
        _activity.workspace_id == reader.workspace_id, _activity.contact_id.in_(_contacts_within(reader))
    )


@reaches("consent")
def _reach_of_consents(reader: Reader) -> AnySelect:
    return select(_consent.id).where(
        _consent.workspace_id == reader.workspace_id, _consent.contact_id.in_(_contacts_within(reader))
    )


def page_of_activities(actor: Actor, contact_id: str, query: ListQuery, kinds: list[str] | None = None) -> Page:
    """Of one contact; that the actor may see it was asked before. What happened at one moment stands in one order."""
    if kinds:
        query = ListQuery(
            limit=query.limit,
            cursor=query.cursor,
            conditions=(*query.conditions, Condition("kind", "in", sorted(set(kinds)))),
            sort=query.sort,
            fields=query.fields,
            count=query.count,
        )
    start = activities_visible_to(actor).where(_activity.contact_id == contact_id)
    found = page(start, TIMELINE, actor.workspace_id, query)
    return Page([dict(row._mapping) for row in found.rows], found.next_cursor, found.total, found.fields)


def activity(actor: Actor, contact_id: str, activity_id: str) -> dict[str, Any]:
    """One of a contact. Raises NotFound."""
    statement = activities_visible_to(actor).where(_activity.contact_id == contact_id, _activity.id == activity_id)
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def activity_by_reference(actor: Actor, source: str, source_ref: str) -> dict[str, Any] | None:
    """What the same source wrote by this reference before."""
    row = (
        session()
        .execute(
            select(Activity.__table__).where(
                _activity.workspace_id == actor.workspace_id,
                _activity.source == source,
                _activity.source_ref == source_ref,
            )
        )
        .one_or_none()
    )
    return None if row is None else dict(row._mapping)


def page_of_consents(actor: Actor, contact_id: str, query: ListQuery) -> Page:
    """Of one contact, with all that held before; that the actor may see it was asked before."""
    start = select(Consent.__table__).where(
        _consent.workspace_id == actor.workspace_id, _consent.contact_id == contact_id
    )
    found = page(start, CONSENTS, actor.workspace_id, query)
    return Page([dict(row._mapping) for row in found.rows], found.next_cursor, found.total, found.fields)


def current_consent(actor: Actor, contact_id: str, channel: str, purpose: str) -> dict[str, Any] | None:
    """What holds now."""
    row = (
        session()
        .execute(
            select(Consent.__table__).where(
                _consent.workspace_id == actor.workspace_id,
                _consent.contact_id == contact_id,
                _consent.channel == channel,
                _consent.purpose == purpose,
                _consent.is_current,
            )
        )
        .one_or_none()
    )
    return None if row is None else dict(row._mapping)
