"""Choosing departments and people, however many there are: what is chosen stays on the page, the rest is searched.

Works as a plain form: the button "Search" sends the form back with `step=search`, and nothing is lost. A script
sends the same while one types.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import request
from flask_babel import gettext

from portico.domains.directory import groups, queries
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.listing import ListQuery
from portico.web.lists import SHOWN

SEARCH = "search"
EFFECTS = INCLUDE, EXCLUDE = "include", "exclude"
RECORDS = "records"
DEPARTMENTS = frozenset({"department"})
PEOPLE = frozenset({"employee"})
EVERYBODY = frozenset({"department", "group", "employee"})


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
    kinds: frozenset[str]
    more: bool
    """Whether the search found more than is shown."""
    name: str = INCLUDE
    """The field of the form: a page can have more than one picker."""
    nothing: str | None = None
    """Of which only one can be chosen: how the choice of none is called."""

    @property
    def search_name(self) -> str:
        return _search_name(self.name)


def _search_name(name: str) -> str:
    return "q" if name == INCLUDE else f"q-{name}"


def is_search() -> bool:
    """Whether the form was sent to search in it, not to be done."""
    return request.method == "POST" and request.form.get("step") == SEARCH


def picked(name: str = INCLUDE) -> list[str]:
    """The ids that are ticked in the form that was sent, in the order of the page, each once."""
    return list(dict.fromkeys(value for value in request.form.getlist(name) if _kind(value)))[:500]


def _kind(value: str) -> str | None:
    if is_id(value, "dep"):
        return "department"
    if is_id(value, "grp"):
        return "group"
    return "employee" if is_id(value, "emp") else None


def rules(ids: Iterable[str]) -> list[dict[str, Any]]:
    """The ticked ids as the rules of an availability or a data range."""
    return [{"kind": kind, "id": value} for value in ids if (kind := _kind(value))]


def chosen(before: Iterable[dict[str, Any]], name: str) -> list[str]:
    """The ids that are ticked: in the form that was sent, or at first those of the rules that stand."""
    return picked(name) if request.method == "POST" else [rule["id"] for rule in before]


def kept_depth(changed: Iterable[dict[str, Any]], before: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """A department that was chosen without what lies below it stays so; the picker does not ask about that."""
    flat = {rule["id"] for rule in before if rule.get("recursive") is False}
    return [{**rule, "recursive": False} if rule["id"] in flat else rule for rule in changed]


def names_of_rules(actor: Actor, given: Iterable[dict[str, Any]]) -> list[str]:
    """Whom rules name, as people read it."""
    listed = list(given)
    people = queries.names_of(actor, [rule["id"] for rule in listed if rule["kind"] == "employee"])
    places = department_names(actor, [rule["id"] for rule in listed if rule["kind"] == "department"])
    known = {**places, **groups.names_of(actor), **people}
    return [known[rule["id"]] for rule in listed if rule["id"] in known]


def one_picked(name: str) -> str | None:
    """The one id that is chosen in a picker with a choice of none."""
    return next(iter(picked(name)), None)


def department_names(actor: Actor, ids: Iterable[str]) -> dict[str, str]:
    """Each of these departments with the ones above it: "Sales / Berlin"."""
    return queries.paths_of_departments(actor, ids)


def picker(
    actor: Actor,
    chosen: Iterable[str],
    *,
    kinds: frozenset[str] = EVERYBODY,
    name: str = INCLUDE,
    nothing: str | None = None,
    without: frozenset[str] = frozenset(),
) -> Picker:
    """What the page shows: the chosen ones, and what is found by what was typed, but for those of `without`."""
    q = (request.form.get(_search_name(name)) or "").replace("\x00", "")[:100].strip()
    ids = list(chosen)
    teams = groups.names_of(actor) if "group" in kinds else {}
    departments = _departments(actor, ids, True) if "department" in kinds else []
    picked_ones = [*departments, *_groups(teams, ids, True), *_people(actor, ids)]
    query, found, more = ListQuery(limit=SHOWN, q=q or None), [], False
    if "department" in kinds:
        rows = queries.page_of_departments(actor, query)
        found += _departments(actor, [row["id"] for row in rows.rows if row["id"] not in {*ids, *without}], False)
        more = rows.has_more
    if "group" in kinds:
        crowds = groups.page_of_groups(actor, query)
        found += _groups(teams, [row["id"] for row in crowds.rows if row["id"] not in {*ids, *without}], False)
        more = more or crowds.has_more
    if "employee" in kinds and q:
        crowd = queries.page_of_employees(actor, query)
        found += [_person(row, False) for row in crowd.rows if row["id"] not in {*ids, *without}]
        more = more or crowd.has_more
    return Picker(picked_ones, found, q, kinds, more, name, nothing)


def _departments(actor: Actor, ids: Iterable[str], chosen: bool) -> list[Choice]:
    listed = list(ids)
    names = department_names(actor, [one for one in listed if _kind(one) == "department"])
    return [Choice(one, "department", names[one], "", chosen) for one in listed if one in names]


def _groups(names: dict[str, str], ids: Iterable[str], chosen: bool) -> list[Choice]:
    return [Choice(one, "group", names[one], gettext("Group"), chosen) for one in ids if one in names]


def _people(actor: Actor, ids: list[str]) -> list[Choice]:
    wanted = [one for one in ids if _kind(one) == "employee"]
    return [_person(row, True) for row in queries.lookup(actor, wanted)] if wanted else []


def _person(row: dict[str, str], chosen: bool) -> Choice:
    return Choice(row["id"], "employee", row["display_name"], row["title"] or row["primary_email"] or "", chosen)
