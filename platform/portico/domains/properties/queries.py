"""Reads of properties: the definitions, what of an object's values is shown, and how lists are filtered by them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from portico.domains.properties import values
from portico.domains.properties.models import Property, PropertyIndex
from portico.domains.properties.objects import OBJECTS, PropertyObject
from portico.domains.properties.schemas import STATES
from portico.kernel.actor import Actor
from portico.kernel.data_range import Reader, reaches
from portico.kernel.db import AnyRow, AnySelect
from portico.kernel.errors import FieldError, Invalid, NotFound
from portico.kernel.listing import ORDERED, Filter, Listing, ListQuery, Page, Sort, filters_added, page
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import session

PREFIX = "properties."
_property = Property.__table__.c
_index = PropertyIndex.__table__.c
_OPERATORS = ("eq", "ne", "in", "exists")

PROPERTIES = Listing(
    id_column=_property.id,
    filters={
        "key": Filter(column=_property.key),
        "type": Filter(column=_property.type, choices=values.TYPES),
        "state": Filter(column=_property.state, choices=STATES),
        "app_key": Filter(column=_property.app_key),
    },
    sorts={"created_at": Sort(_property.id), "place": Sort(_property.place)},
    default_sort="place",
)


def visible_to(actor: Actor) -> Select[Any]:
    """The definitions of the workspace, those in every state but those that are being erased."""
    return select(Property.__table__).where(_property.workspace_id == actor.workspace_id, _property.state != "erasing")


@reaches("property")
def _reach(reader: Reader) -> None:
    """Definitions are about nobody's records."""


def object_named(name: str) -> PropertyObject:
    """Raises NotFound for what is no object."""
    found = OBJECTS.get(name)
    if found is None:
        raise NotFound()
    return found


def page_of_properties(actor: Actor, object_type: str, query: ListQuery) -> Page:
    """The definitions of an object in the order in which they are shown. Raises NotFound."""
    kind = object_named(object_type)
    return page(visible_to(actor).where(_property.object == kind.name), PROPERTIES, actor.workspace_id, query)


def definition(actor: Actor, object_type: str, property_id: str, *, lock: bool = False) -> AnyRow:
    """One definition. Raises NotFound."""
    kind = object_named(object_type)
    statement = visible_to(actor).where(_property.id == property_id, _property.object == kind.name)
    row = session().execute(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFound()
    return row


@prepared
def _definitions(workspace_id: str, object_type: str) -> AnySelect:
    return (
        select(Property.__table__)
        .where(_property.workspace_id == workspace_id, _property.object == object_type)
        .order_by(_property.place)
    )


def active(workspace_id: str, object_type: str) -> dict[str, AnyRow]:
    """The definitions that hold now, by key, in the order in which they are shown."""
    return {row.key: row for row in _definitions(workspace_id, object_type) if row.state == "active"}


def in_use(actor: Actor, property_id: str) -> set[str]:
    """The keys of options that some object has."""
    rows = session().scalars(
        select(_index.text_key)
        .where(_index.workspace_id == actor.workspace_id, _index.property_id == property_id)
        .where(_index.text_key.is_not(None))
        .distinct()
    )
    return {key for key in rows if key is not None}


def seen_by(actor: Actor, object_type: str) -> list[AnyRow]:
    """The definitions whose values the actor may see, for pages."""
    kind = OBJECTS[object_type]
    known = active(actor.workspace_id, object_type).values()
    return [row for row in known if not row.sensitive or actor.may(kind.sensitive)]


def _split(
    stored: Mapping[str, Any], known: Mapping[str, AnyRow], sees_sensitive: bool
) -> tuple[dict[str, Any], list[str]]:
    """What of the values is shown, and the keys of those that are there and left out as sensitive."""
    present = {key: value for key, value in stored.items() if key in known}
    hidden = [] if sees_sensitive else sorted(key for key in present if known[key].sensitive)
    return {key: value for key, value in present.items() if key not in hidden}, hidden


def _with_hidden(row: Mapping[str, Any], name: str, shown: dict[str, Any], hidden: list[str]) -> dict[str, Any]:
    answer = {**row, "properties": shown}
    if hidden:
        answer[name] = sorted({*row.get(name, ()), *(PREFIX + key for key in hidden)})
    return answer


def shown(actor: Actor, object_type: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Objects with what of their values the actor may see; what is left out stands in `redacted`.

    Asks for the definitions only when one of them has a value.
    """
    if not any(row["properties"] for row in rows):
        return list(rows)
    known = active(actor.workspace_id, object_type)
    sees_sensitive = actor.may(OBJECTS[object_type].sensitive)
    return [_with_hidden(row, "redacted", *_split(row["properties"], known, sees_sensitive)) for row in rows]


def projected(workspace_id: str, object_type: str, data: dict[str, Any], scopes: frozenset[str]) -> dict[str, Any]:
    """The data of an event about an object, with what of its values a holder of these scopes could read now."""
    kind = OBJECTS.get(object_type)
    if kind is None or not data.get("properties"):
        return data
    known = active(workspace_id, object_type)
    return _with_hidden(data, "_redacted", *_split(data["properties"], known, kind.sensitive in scopes))


def _filter(workspace_id: str, id_column: Any, row: AnyRow) -> Filter:
    column, kind, convert = READINGS.get(row.type, TEXT)
    ordered = row.type in ("integer", "decimal", "date", "datetime")
    found = select(_index.object_id).where(_index.workspace_id == workspace_id, _index.property_id == row.id)
    table = id_column.table
    # Where the answer is about those that have none, the index is asked for each object, not read whole.
    own = found.where(_index.workspace_id == table.c.workspace_id, _index.object_id == id_column)

    def clause(operator: str, wanted: Any) -> Any:
        match operator:
            case "exists":
                return id_column.in_(found) if wanted else ~own.exists()
            case "ne":
                return ~own.where(column == convert(wanted)).exists()
            case "in":
                return id_column.in_(found.where(column.in_([convert(one) for one in wanted])))
            case _:
                return id_column.in_(found.where(_COMPARE[operator](column, convert(wanted))))

    return Filter(
        kind=kind,
        clause=clause,
        operators=("exists",) if row.type == "long_text" else ORDERED if ordered else _OPERATORS,
        choices=tuple(option["key"] for option in row.options),
    )


TEXT = (_index.text_key, "text", values.text_key)
READINGS: dict[str, tuple[Any, str, Any]] = {
    "integer": (_index.number, "int", int),
    "bool": (_index.number, "bool", int),
    "decimal": (_index.number, "decimal", values.scaled),
    "datetime": (_index.instant, "instant", lambda moment: moment),
    "date": (_index.text_key, "date", str),
    "select": (_index.text_key, "text", str),
    "multiselect": (_index.text_key, "text", str),
}
"""By type: which column of the index holds a value, how lists read it, and what is compared."""
_COMPARE: dict[str, Any] = {
    "eq": lambda column, value: column == value,
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
}


def filtered(actor: Actor, object_type: str, listing: Listing, query: ListQuery) -> tuple[Listing, ListQuery]:
    """The list of an object with the filters by its properties that the query asks for. Raises Invalid."""
    asked = {one.field for one in query.conditions if listing.is_open(one.field)}
    if not asked:
        return listing, query
    known = {row.key: row for row in seen_by(actor, object_type)}
    unknown = sorted(name for name in asked if name.removeprefix(PREFIX) not in known)
    if unknown:
        message = f"The {object_type} has no property of this key that you can filter by."
        raise Invalid(message, errors=[FieldError(f"/query/filter[{name}]", "unknown", message) for name in unknown])
    filters = {name: _filter(actor.workspace_id, listing.id_column, known[name.removeprefix(PREFIX)]) for name in asked}
    return filters_added(listing, query, filters)


def of_app(actor: Actor, app_id: str) -> list[AnyRow]:
    """The active definitions that belong to an app."""
    statement = visible_to(actor).where(_property.app_id == app_id, _property.state == "active")
    return list(session().execute(statement.order_by(_property.object, _property.place)).all())


def counted(actor: Actor, property_ids: Iterable[str]) -> int:
    """How many objects have a value of one of these."""
    found = session().scalar(
        select(func.count(_index.object_id.distinct())).where(
            _index.workspace_id == actor.workspace_id, _index.property_id.in_(list(property_ids))
        )
    )
    return found or 0
