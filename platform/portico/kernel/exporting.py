"""What can be exported, and what belongs to what the workspace holds on one person: declared in a domain's
`readers.py`, asked by the domain `tasks`, which knows none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portico.kernel.actor import Actor
from portico.kernel.listing import Listing, ListQuery
from portico.kernel.registry import Registry

Rows = list[dict[str, Any]]
Mark = Any
"""Where a page of rows ended, as JSON; None before the first and behind the last."""


@dataclass(frozen=True, slots=True)
class Exporter:
    """`page(actor, query, mark)` answers the rows behind the mark as they stand in the file, and the next mark. Each
    page is read in a unit of its own, so a list that grows meanwhile must be walked in an order that stays.
    `closing(actor)` adds what proves the rows; only JSON lines carry it."""

    name: str
    title: str
    listing: Listing | None
    scope: str | None
    columns: Sequence[str]
    page: Callable[[Actor, ListQuery, Mark], tuple[Rows, Mark]]
    count: Callable[[Actor, ListQuery], int | None]
    closing: Callable[[Actor], Rows] = lambda actor: []
    formats: tuple[str, ...] = ("csv", "jsonl")


EXPORTERS: Registry[Exporter] = Registry("exporter", lambda exporter: exporter.name)

Section = Callable[[Actor], Rows]
SECTIONS: dict[str, Section] = {}


def of_a_person(name: str) -> Callable[[Section], Section]:
    """Register what a domain holds on the acting person."""

    def register(section: Section) -> Section:
        SECTIONS[name] = section
        return section

    return register


def flat(row: Mapping[str, Any], columns: Sequence[str], prefix: str = "") -> dict[str, Any]:
    """A row of nested objects as one of cells, for tables: `actor.kind`, `origin.address`. What is a column stays
    whole."""
    cells: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping) and f"{prefix}{name}" not in columns:
            cells |= flat(value, columns, f"{prefix}{name}.")
        else:
            cells[f"{prefix}{name}"] = value
    return cells
