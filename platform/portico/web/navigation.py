"""The menus of the faces: each page file declares its entry, the shell draws those that the person may use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from portico.kernel import search, text
from portico.kernel.actor import Actor
from portico.kernel.authn import Membership
from portico.kernel.registry import Registry
from portico.kernel.text import N_


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a face's menu. `order` places it; `scope` or `role` hides it from who may not; `key`: `g` + key."""

    face: str
    label: str
    icon: str
    endpoint: str
    order: int
    scope: str | None = None
    role: str | None = None
    group: str | None = None
    key: str | None = None

    def shown_to(self, actor: Actor) -> bool:
        if self.role is not None and not actor.has_role(self.role):
            return False
        return self.scope is None or actor.may(self.scope)


ENTRIES: Registry[Entry] = Registry("menu entry", lambda entry: f"{entry.face} {entry.order:03} {entry.endpoint}")

FACES = {
    "portal": (N_("Portal"), "layout-grid"),
    "admin": (N_("Admin"), "shield-check"),
    "console": (N_("Developer"), "code"),
}


OPERATOR = "operator"
"""The face of who runs the instance: it belongs to a mark on the user, not to a membership."""


def _line(entry: Entry, url: str) -> dict[str, Any]:
    here = request.endpoint or ""
    return {
        "label": gettext(entry.label),
        "icon": entry.icon,
        "url": url,
        "active": here == entry.endpoint or here.startswith(entry.endpoint + "_"),
        "group": gettext(entry.group) if entry.group else None,
        "key": entry.key,
    }


def menu(face: str, member: Membership) -> list[dict[str, Any]]:
    """The lines of one face for this person, each group in one place: where its first line belongs."""
    entries = [entry for entry in ENTRIES if entry.face == face and entry.shown_to(member.actor)]
    first: dict[str | None, int] = {}
    for entry in entries:
        first.setdefault(entry.group, entry.order)
    entries.sort(key=lambda entry: (first[entry.group], entry.order))
    return [_line(entry, url_for(entry.endpoint, slug=member.place.slug)) for entry in entries]


@dataclass(frozen=True, slots=True)
class Destination:
    """A page of a menu; `path` is that within the workspace."""

    id: str
    label: str
    face: str
    icon: str
    path: str


def pages_named(actor: Actor, q: str | None = None) -> list[Destination]:
    """The pages of the faces that this person may use, in the order of the menus; with `q` those called so."""
    wanted = search.terms(q or "")
    own = [entry for face in FACES for entry in _of_face(face, actor)]
    found = [_destination(entry) for entry in own]
    return [one for one in found if all(_has_word(one, term) for term in wanted)] if wanted or q is None else []


def _of_face(face: str, actor: Actor) -> list[Entry]:
    shown = (entry for entry in ENTRIES if entry.face == face and entry.shown_to(actor))
    return sorted(shown, key=lambda entry: entry.order)


def _destination(entry: Entry) -> Destination:
    path = url_for(entry.endpoint, slug="-").removeprefix("/w/-")
    return Destination(entry.endpoint, gettext(entry.label), gettext(FACES[entry.face][0]), entry.icon, path)


def _has_word(page: Destination, term: str) -> bool:
    return any(word.startswith(term) for word in text.search_words(page.label, page.face))


def operator_menu() -> list[dict[str, Any]]:
    """The lines of the operator's pages, which lie in no workspace."""
    return [_line(entry, url_for(entry.endpoint)) for entry in ENTRIES if entry.face == OPERATOR]


def operator_face(current: str) -> dict[str, Any]:
    """How the operator's pages are reached from the other faces."""
    return {
        "label": gettext("Operator"),
        "url": url_for("operator.home"),
        "icon": "server-cog",
        "active": current == OPERATOR,
    }


def faces(current: str, member: Membership) -> list[dict[str, Any]]:
    """The faces in which this person has at least one line."""
    found = []
    for name, (label, icon) in FACES.items():
        lines = menu(name, member)
        if lines:
            found.append({"label": gettext(label), "url": lines[0]["url"], "icon": icon, "active": name == current})
    return found
