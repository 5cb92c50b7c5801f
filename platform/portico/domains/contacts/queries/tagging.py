"""Tags of the workspace, and lists filtered by them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from portico.domains.contacts.models import Tag, TagUse
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.errors import NotFound
from portico.kernel.listing import Filter, Listing, ListQuery, Page, Sort, page
from portico.kernel.unit_of_work import session

_tag = Tag.__table__.c
_use = TagUse.__table__.c

TAGS = Listing(
    id_column=_tag.id,
    filters={"name": Filter(column=_tag.name, operators=("eq", "in")), "color": Filter(column=_tag.color)},
    sorts={"name": Sort(_tag.name), "created_at": Sort(_tag.id)},
    default_sort="name",
)


def tag_filter(name: str, model: Any) -> Filter:
    """`filter[tags]` of a kind of records: one tag, or any of several, read from their index."""
    table = model.__table__.c

    def tagged(operator: str, wanted: Any) -> ColumnElement[bool]:
        found = select(_use.object_id).where(
            _use.workspace_id == table.workspace_id, _use.object == name, _use.object_id == table.id
        )
        return found.where(_use.tag.in_(wanted if operator == "in" else [wanted])).exists()

    return Filter(clause=tagged, operators=("eq", "in"))


def tags_visible_to(actor: Actor) -> Select[Any]:
    """The tags of the workspace."""
    return select(Tag.__table__).where(_tag.workspace_id == actor.workspace_id)


@reaches("tag")
def _reach(reader: Reader) -> None:
    """Words are about nobody's records."""


def page_of_tags(actor: Actor, query: ListQuery) -> Page:
    found = page(tags_visible_to(actor), TAGS, actor.workspace_id, query)
    return Page([dict(row._mapping) for row in found.rows], found.next_cursor, found.total, found.fields)


def tag(actor: Actor, tag_id: str, *, lock: bool = False) -> dict[str, Any]:
    """One tag. Raises NotFound."""
    statement = tags_visible_to(actor).where(_tag.id == tag_id)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return dict(row._mapping)


def is_used(actor: Actor, name: str) -> bool:
    """Whether a contact or a company has the tag; those in the trash count."""
    found = select(_use.object_id).where(
        _use.workspace_id == actor.workspace_id, _use.object.in_(("contact", "company")), _use.tag == name
    )
    return session().scalar(found.limit(1)) is not None


def tag_colors(actor: Actor, names: Iterable[str]) -> dict[str, str]:
    """The colours of these tags, for pages."""
    wanted = sorted(set(names))
    if not wanted:
        return {}
    rows = session().execute(
        select(_tag.name, _tag.color).where(_tag.workspace_id == actor.workspace_id, _tag.name.in_(wanted))
    )
    return {row.name: row.color for row in rows}
