"""What can be found, in the order in which it is shown. Another kind is one more entry here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portico.domains.announcements import queries as announcements
from portico.domains.catalogue import queries as catalogue
from portico.domains.contacts import queries as contacts
from portico.domains.directory import queries as directory
from portico.domains.interactions import queries as interactions
from portico.domains.tickets import queries as tickets
from portico.domains.tickets.permissions import works_on_tickets
from portico.kernel import search, text
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery, Page

IN_PALETTE = "command"
OWN_PAGE = "portal.page"


@dataclass(frozen=True, slots=True)
class Hit:
    """Something found. `path` is its page within the workspace."""

    type: str
    id: str
    title: str
    subtitle: str
    path: str
    local: bool = False
    """An app, or its action, that runs on its developer's machine at the moment."""


Found = tuple[Sequence[Hit], bool]
"""The first of them, and whether there are more."""
Find = Callable[[Actor, ListQuery], Found]


@dataclass(frozen=True, slots=True)
class Kind:
    name: str
    scope: str
    find: Find
    persons_own: bool = False
    """It is found by people alone, for what it asks is whom it is for."""

    def open_to(self, actor: Actor) -> bool:
        return actor.may(self.scope) and not (self.persons_own and actor.employee_id is None)


def _records(
    page: Callable[[Actor, ListQuery], Page], hits: Callable[[Actor, Sequence[Mapping[str, Any]]], Iterable[Hit]]
) -> Find:
    def find(actor: Actor, query: ListQuery) -> Found:
        found = page(actor, query)
        return tuple(hits(actor, found.rows)), found.has_more

    return find


def _employees(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> Iterable[Hit]:
    first = {row["id"]: row["departments"][0]["id"] for row in rows if row["departments"]}
    names = directory.names_of_departments(actor, list(first.values())) if first else {}
    for row in rows:
        about = _joined(row.get("title"), names.get(first.get(row["id"], "")))
        yield Hit("employee", row["id"], row["display_name"], about, f"/people/{row['id']}")


def _contacts(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> Iterable[Hit]:
    for row in rows:
        reached = next((one["value"] for one in row["identifiers"] if one["kind"] != "external"), "")
        yield Hit("contact", row["id"], row["display_name"], reached, f"/contacts/{row['id']}")


def _companies(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> Iterable[Hit]:
    for row in rows:
        yield Hit("company", row["id"], row["name"], ", ".join(row["domains"][:2]), f"/companies/{row['id']}")


def _tickets(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> Iterable[Hit]:
    askers = [row["requester"].get("contact_id") for row in rows] if actor.may("contacts:read") else []
    known = [one for one in askers if one]
    names = contacts.names_of(actor, known) if known and works_on_tickets(actor) else {}
    for row in rows:
        about = _joined(f"#{row['number']}", names.get(row["requester"].get("contact_id") or ""))
        yield Hit("ticket", row["id"], row["subject"], about, f"/tickets/{row['id']}")


def _announcements(actor: Actor, rows: Sequence[Mapping[str, Any]]) -> Iterable[Hit]:
    for row in rows:
        about = row["summary"] or row["author"].get("display_name") or ""
        yield Hit("announcement", row["id"], row["title"], about, f"/announcements/{row['id']}")


def _titled(hits: Iterable[tuple[Hit, Sequence[str]]], query: ListQuery) -> Found:
    """Those of a few, all of them at hand, that the query means."""
    wanted = search.terms(query.q or "")
    found = [hit for hit, texts in hits if _has(wanted, texts, query)]
    return found[: query.limit], len(found) > query.limit


def _has(wanted: Sequence[str], texts: Sequence[str], query: ListQuery) -> bool:
    words = text.search_words(*texts)
    if query.match == "whole":
        return words.issuperset(wanted)
    return all(any(word.startswith(term) for word in words) for term in wanted)


def _apps(actor: Actor, query: ListQuery) -> Found:
    """The apps that have a page for this person, then what the catalogue offers, to who may look into it."""
    if query.match == "near":
        return (), False
    own = interactions.surfaces_for(actor, OWN_PAGE)
    here = {one.app_key for one in own}
    may_look = actor.may("catalogue:read") or actor.may("installations:request")
    asked = ListQuery(limit=query.limit + len(here), q=query.q)
    listed = catalogue.page_of_catalogue(actor, asked).rows if may_look else ()
    hits = [
        (
            Hit("app", one.app_id, one.title, one.app_name, f"/apps/{one.installation_id}/{one.key}", one.local),
            _words_of(one),
        )
        for one in own
    ]
    hits += [
        (_in_catalogue(row), (row["app_key"], row["name"], row["summary"]))
        for row in listed
        if row["app_key"] not in here
    ]
    return _titled(hits, query)


def _words_of(surface: interactions.Surface) -> tuple[str, ...]:
    return surface.title, surface.app_name, surface.app_key


def _in_catalogue(row: Mapping[str, Any]) -> Hit:
    return Hit("app", row["id"], row["name"], row["summary"], f"/catalogue/{row['app_key']}")


def _actions(actor: Actor, query: ListQuery) -> Found:
    if query.match == "near":
        return (), False
    hits = (
        (
            Hit("action", one.id, one.title, one.app_name, f"/actions/{one.installation_id}/{one.key}", one.local),
            _texts_of(one),
        )
        for one in interactions.actions_for(actor, IN_PALETTE)
    )
    return _titled(hits, query)


def _texts_of(action: interactions.Action) -> tuple[str, ...]:
    return action.title, action.app_name


def _joined(*parts: str | None) -> str:
    return " · ".join(part for part in parts if part)


KINDS = {
    kind.name: kind
    for kind in (
        Kind("employee", "directory:read", _records(directory.page_of_employees, _employees)),
        Kind("contact", "contacts:read", _records(contacts.page_of_contacts, _contacts)),
        Kind("company", "companies:read", _records(contacts.page_of_companies, _companies)),
        Kind("ticket", "tickets:read", _records(tickets.page_of_tickets, _tickets)),
        Kind(
            "announcement",
            "announcements:read",
            _records(announcements.page_of_feed, _announcements),
            persons_own=True,
        ),
        Kind("app", "actions:read", _apps, persons_own=True),
        Kind("action", "actions:read", _actions),
    )
}
