"""Choosing departments and people, however many there are: what is chosen stays on the page, the rest is searched.

Works as a plain form: the button "Search" sends the form back with `step=search`, and nothing is lost. A script
sends the same while one types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import request
from flask_babel import gettext

from portico.domains.directory import groups, queries
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.listing import ListQuery
from portico.web.lists import SHOWN

SEARCH = "search"


@dataclass(frozen=True, slots=True)
class Choice:
    """A department, a group or a person that can be ticked."""

    id: str
    kind: str
    label: str
    detail: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Picker:
    chosen: list[Choice]
    found: list[Choice]
    q: str
    people: bool
    """Whether groups and people can be chosen besides departments."""
    more: bool
    """Whether the search found more than is shown."""


def is_search() -> bool:
    """Whether the form was sent to search in it, not to be done."""
    return request.method == "POST" and request.form.get("step") == SEARCH


def picked() -> list[str]:
    """The ids that are ticked in the form that was sent, in the order of the page, each once."""
    return list(dict.fromkeys(value for value in request.form.getlist("include") if _kind(value)))[:500]


def _kind(value: str) -> str | None:
    if is_id(value, "dep"):
        return "department"
    if is_id(value, "grp"):
        return "group"
    return "employee" if is_id(value, "emp") else None


def rules(ids: Iterable[str]) -> list[dict[str, str]]:
    """The ticked ids as the rules of an availability."""
    return [{"kind": kind, "id": value} for value in ids if (kind := _kind(value))]


def department_names(actor: Actor) -> dict[str, str]:
    """Each department with the ones above it: "Sales / Berlin"."""
    names = {row.id: row.name for row in queries.all_departments(actor)}
    paths = {row.id: row.path.strip("/").split("/") for row in queries.all_departments(actor)}
    return {one: " / ".join(names.get(part, "…") for part in path) for one, path in paths.items()}


def picker(actor: Actor, chosen: Iterable[str], *, people: bool = True) -> Picker:
    """What the page shows: the chosen ones, and what is found by what was typed."""
    q = (request.form.get("q") or "").replace("\x00", "")[:100].strip()
    names = department_names(actor)
    ids = list(chosen)
    teams = groups.names_of(actor) if people else {}
    picked_ones = [*_departments(names, ids, True), *_groups(teams, ids, True), *_people(actor, ids)]
    query = ListQuery(limit=SHOWN, q=q or None)
    places = queries.page_of_departments(actor, query)
    found = _departments(names, [row["id"] for row in places.rows if row["id"] not in ids], False)
    more = places.has_more
    if people:
        crowds = groups.page_of_groups(actor, query)
        found += _groups(teams, [row["id"] for row in crowds.rows if row["id"] not in ids], False)
        more = more or crowds.has_more
    if people and q:
        crowd = queries.page_of_employees(actor, query)
        found += [_person(row, False) for row in crowd.rows if row["id"] not in ids]
        more = more or crowd.has_more
    return Picker(picked_ones, found, q, people, more)


def _departments(names: dict[str, str], ids: Iterable[str], chosen: bool) -> list[Choice]:
    return [Choice(one, "department", names[one], "", chosen) for one in ids if one in names]


def _groups(names: dict[str, str], ids: Iterable[str], chosen: bool) -> list[Choice]:
    return [Choice(one, "group", names[one], gettext("Group"), chosen) for one in ids if one in names]


def _people(actor: Actor, ids: list[str]) -> list[Choice]:
    wanted = [one for one in ids if _kind(one) == "employee"]
    return [_person(row, True) for row in queries.lookup(actor, wanted, [])] if wanted else []


def _person(row: dict[str, str], chosen: bool) -> Choice:
    return Choice(row["id"], "employee", row["display_name"], row["title"] or row["primary_email"] or "", chosen)
