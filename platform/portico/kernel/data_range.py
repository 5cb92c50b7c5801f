"""Which records an app sees: the data range of its installation, as the actor carries it.

A range names people; a record is within it by who holds it (a contact's owner, a ticket's assignee, the employee
themselves). Each domain says once, by `reaches`, which of its records are within a range. Lists, reads and writes
begin at `visible_to(actor)`, which asks the same; events and panels ask `within` here. A type of which nobody said
anything is outside of every range: what was forgotten stays hidden.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, false, or_

from portico.kernel.actor import DataRange
from portico.kernel.db import AnySelect
from portico.kernel.errors import Refusal
from portico.kernel.unit_of_work import session

ALL: dict[str, Any] = {"kind": "all", "include": [], "unassigned": False}


class OutOfRange(Refusal):
    code, status, title = (
        "out_of_range",
        403,
        "This would put the record outside the records that the app may see.",
    )


def parse(stored: Mapping[str, Any] | None) -> DataRange | None:
    """From the installation's column; None is every record."""
    if stored is None or stored["kind"] == "all":
        return None
    rules = stored["include"]
    departments = [rule for rule in rules if rule["kind"] == "department"]
    return DataRange(
        departments=frozenset(rule["id"] for rule in departments if not rule["recursive"]),
        subtrees=frozenset(rule["id"] for rule in departments if rule["recursive"]),
        groups=frozenset(rule["id"] for rule in rules if rule["kind"] == "group"),
        employees=frozenset(rule["id"] for rule in rules if rule["kind"] == "employee"),
        unassigned=stored["unassigned"],
    )


class Reader(Protocol):
    """Whoever has a workspace and perhaps a range: an actor, or the receiver of an event."""

    @property
    def workspace_id(self) -> Any: ...

    @property
    def data_range(self) -> DataRange | None: ...


@dataclass(frozen=True, slots=True)
class Receiver:
    """An installation to which an event is about to be sent."""

    workspace_id: str
    data_range: DataRange | None


Reach = Callable[[Reader], AnySelect | None]
"""Selects the ids of a type that are within the reader's range; None: all are, they are about no single person."""

_reaches: dict[str, Reach] = {}


def reaches(resource_type: str) -> Callable[[Reach], Reach]:
    """Register which records of a type are within a range."""

    def register(reach: Reach) -> Reach:
        _reaches[resource_type] = reach
        return reach

    return register


def condition(reader: Reader, type_column: Any, id_column: Any) -> ColumnElement[bool]:
    """That the record which these two columns name is within the reader's range."""
    allowed: list[ColumnElement[bool]] = []
    for resource_type, reach in sorted(_reaches.items()):
        ids = reach(reader)
        is_type = type_column == resource_type
        allowed.append(is_type if ids is None else and_(is_type, id_column.in_(ids)))
    return or_(false(), *allowed)


def within(reader: Reader, resources: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these (type, id) that are within the reader's range, where they stand now."""
    wanted = set(resources)
    if reader.data_range is None:
        return wanted
    found: set[tuple[str, str]] = set()
    for resource_type in {kind for kind, _ in wanted}.intersection(_reaches):
        mine = {one for kind, one in wanted if kind == resource_type}
        ids = _reaches[resource_type](reader)
        if ids is not None:
            mine = set(session().scalars(ids.where(ids.selected_columns[0].in_(mine))))
        found |= {(resource_type, one) for one in mine}
    return found
