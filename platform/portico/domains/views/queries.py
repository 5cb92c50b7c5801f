"""Reads of views; each begins at what the actor may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, or_, select

from portico.domains.properties import queries as properties
from portico.domains.views.errors import ViewInvalid
from portico.domains.views.models import View
from portico.domains.views.objects import OBJECTS, ViewObject
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow
from portico.kernel.errors import FieldError, Invalid, NotFound
from portico.kernel.listing import COUNTED, Condition, Filter, Listing, ListQuery, Page, Sort, conditions_of, page
from portico.kernel.unit_of_work import session

_view = View.__table__.c
VIEWS = Listing(
    id_column=_view.id,
    filters={
        "object": Filter(column=_view.object, choices=tuple(each.name for each in OBJECTS)),
        "shared": Filter(kind="bool", column=_view.shared, operators=("eq",)),
    },
    sorts={"created_at": Sort(_view.id), "name": Sort(_view.name)},
    default_sort="created_at",
)


def visible_to(actor: Actor) -> Select[Any]:
    """The shared views and the actor's own, of lists that they may read."""
    lists = [each.name for each in OBJECTS if actor.may(each.scope)]
    return select(View.__table__).where(
        _view.workspace_id == actor.workspace_id,
        _view.object.in_(lists),
        or_(_view.shared, _view.owner_employee_id == actor.employee_id),
    )


@reaches("view")
def _reach(reader: Reader) -> None:
    """A view holds no records."""


def row(actor: Actor, view_id: str) -> AnyRow:
    """One view that the actor may see. Raises NotFound."""
    found = session().execute(visible_to(actor).where(_view.id == view_id)).one_or_none()
    if found is None:
        raise NotFound()
    return found


def view(actor: Actor, view_id: str) -> dict[str, Any]:
    """Raises NotFound."""
    return shown(actor, row(actor, view_id)._mapping)


def page_of_views(actor: Actor, query: ListQuery) -> Page:
    found = page(visible_to(actor), VIEWS, actor.workspace_id, query)
    return replace(found, rows=[shown(actor, one._mapping) for one in found.rows])


def shown(actor: Actor, stored: Mapping[Any, Any]) -> dict[str, Any]:
    found = troubles(actor, OBJECTS[stored["object"]], stored)
    mine = actor.employee_id is not None and stored["owner_employee_id"] == actor.employee_id
    return {**stored, "mine": mine, "valid": not found, "troubles": [one.as_dict() for one in found]}


def troubles(actor: Actor, kind: ViewObject, stored: Mapping[Any, Any]) -> list[FieldError]:
    """What of a view the list does not know, for this reader: asked of the list as it is now."""
    found: list[FieldError] = []
    try:
        _readable(actor, kind, stored["filter"])
    except Invalid as refusal:
        found += [replace(error, pointer=_in_filter(error.pointer)) for error in refusal.errors]
    if stored["sort"] is not None and stored["sort"].removeprefix("-") not in kind.listing.sorts:
        found.append(FieldError("/sort", "unknown", f"Sort by {', '.join(sorted(kind.listing.sorts))}."))
    return found


def _in_filter(pointer: str) -> str:
    name = pointer.removeprefix("/query/").removeprefix("filter[").removesuffix("]")
    return f"/filter/{name.replace('~', '~0').replace('/', '~1')}"


def _readable(actor: Actor, kind: ViewObject, wanted: Mapping[str, Any]) -> tuple[Condition, ...]:
    """The conditions of a filter, each known to the list and read by it. Raises Invalid."""
    conditions = conditions_of(kind.listing, _with_me(actor, kind, wanted))
    properties.filtered(actor, kind.name, kind.listing, ListQuery(conditions=conditions))
    return conditions


def _with_me(actor: Actor, kind: ViewObject, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """`me` is whoever looks; an app as itself is nobody, who has no records."""
    me = actor.employee_id or "nobody"

    def read(value: Any) -> Any:
        if isinstance(value, dict):
            return {operator: read(one) for operator, one in value.items()}
        if isinstance(value, list):
            return [read(one) for one in value]
        return me if value == "me" else value

    return {name: read(value) if name in kind.people else value for name, value in wanted.items()}


def asked(actor: Actor, stored: Mapping[Any, Any], query: ListQuery) -> ListQuery:
    """What the view asks of its list, and what was asked besides. Raises ViewInvalid."""
    kind = OBJECTS[stored["object"]]
    found = troubles(actor, kind, stored)
    if found:
        raise ViewInvalid(errors=found)
    own = _readable(actor, kind, stored["filter"])
    return replace(query, conditions=(*own, *query.conditions), sort=query.sort or stored["sort"])


def page_of_items(actor: Actor, object_name: str, view_id: str, query: ListQuery) -> Page:
    """What is in a view of this list. Raises NotFound and ViewInvalid."""
    found = row(actor, view_id)
    if found.object != object_name:
        raise NotFound()
    return OBJECTS[object_name].page(actor, asked(actor, found._mapping, query))


def count(actor: Actor, view_id: str) -> dict[str, Any]:
    """How many are in a view, counted no further than to 1,000. Raises NotFound and ViewInvalid."""
    return count_of(actor, row(actor, view_id)._mapping)


def count_of(actor: Actor, stored: Mapping[Any, Any]) -> dict[str, Any]:
    """As `count`, of a view that is read already."""
    query = asked(actor, stored, ListQuery(limit=1, count="bounded"))
    total = OBJECTS[stored["object"]].page(actor, query).total or 0
    return {"count": min(total, COUNTED), "more": total > COUNTED}
