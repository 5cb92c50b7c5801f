"""Saved views on lists: the tabs, what a view does to a list, and the columns that it shows.

A list's page asks `saved_list(actor, "ticket", "portal.tickets")` before it reads its filters, and takes its rows
from `saved.page(…)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

import orjson
from flask import request
from flask_babel import gettext

from portico.domains.properties import queries as properties
from portico.domains.views import permissions, queries
from portico.domains.views.errors import ViewInvalid
from portico.domains.views.objects import OBJECTS
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.ids import is_id
from portico.kernel.listing import Condition, ListQuery, Page
from portico.kernel.text import N_
from portico.web.lists import counted, sort_link
from portico.web.pages import workspace_url
from portico.web.property_forms import shown_values

TABS = 8
"""So many are counted and shown as tabs; the rest are links without a count."""
PAGES = {"ticket": "portal.tickets", "contact": "portal.contacts"}
LABELS = {
    "assignee_id": N_("Assignee"),
    "snoozed_until": N_("Snoozed until"),
    "channel": N_("Channel"),
    "created_at": N_("Created"),
    "display_name": N_("Name"),
    "email": N_("E-mail"),
    "lifecycle_stage": N_("Stage"),
    "owner_employee_id": N_("Owner"),
    "phone": N_("Phone"),
    "priority": N_("Priority"),
    "requester": N_("Requester"),
    "status": N_("Status"),
    "subject": N_("Subject"),
    "tags": N_("Tags"),
    "updated_at": N_("Updated"),
}
_USUAL = {
    "ticket": ("subject", "status", "priority", "requester", "assignee_id", "updated_at"),
    "contact": ("display_name", "email", "phone", "tags", "owner_employee_id", "updated_at"),
}
_SORTED_BY = {"subject": "number"}


def label(actor: Actor, object_name: str, column: str) -> str:
    return _in_words(column, _seen(actor, object_name) if column.startswith(properties.PREFIX) else {})


def _in_words(column: str, known: Mapping[str, Any]) -> str:
    if not column.startswith(properties.PREFIX):
        return str(gettext(LABELS.get(column, column)))
    found = known.get(column.removeprefix(properties.PREFIX))
    return str(found.label) if found is not None else column


def _seen(actor: Actor, object_name: str) -> dict[str, Any]:
    """The properties that the reader sees, by key."""
    return {row.key: row for row in properties.seen_by(actor, object_name)}


def columns(actor: Actor, object_name: str) -> list[tuple[str, str]]:
    """What can be chosen: the list's columns, then the properties that the reader sees."""
    own = [(name, str(gettext(LABELS[name]))) for name in OBJECTS[object_name].columns]
    more = [(f"{properties.PREFIX}{row.key}", row.label) for row in properties.seen_by(actor, object_name)]
    return [*own, *more]


@dataclass
class SavedList:
    """A list as a view shows it, or as it is without one."""

    actor: Actor
    object_name: str
    view: dict[str, Any] | None
    views: Sequence[dict[str, Any]]
    troubles: list[str] = field(default_factory=list)
    asked: ListQuery = field(default_factory=ListQuery)

    @property
    def sort(self) -> str | None:
        """What the address asks for, or else the view."""
        return request.args.get("sort") or (self.view["sort"] if self.view else None)

    def page(self, query: ListQuery) -> Page:
        """The rows; none where the view is not valid, which then says why."""
        self.asked = query
        if self.view is not None:
            try:
                self.asked = queries.asked(self.actor, self.view, query)
            except ViewInvalid as refusal:
                names = [one.pointer.removeprefix("/filter/") for one in refusal.errors]
                self.troubles = [self.name(name) for name in names]
                return Page([], None)
        return OBJECTS[self.object_name].page(self.actor, self.asked)

    @cached_property
    def _properties(self) -> dict[str, Any]:
        """Asked for once, however many rows show them."""
        return _seen(self.actor, self.object_name)

    @cached_property
    def columns(self) -> list[str]:
        chosen = self.view["columns"] if self.view else []
        own = OBJECTS[self.object_name].columns
        known = {*own, *(f"{properties.PREFIX}{key}" for key in self._properties)}
        found = [name for name in chosen if name in known] or list(_USUAL[self.object_name])
        first = _USUAL[self.object_name][0]
        # What a row is called stands first: it leads to the record.
        return [first, *(name for name in found if name != first)]

    def head(self) -> list[dict[str, Any]]:
        """The columns for the table macro."""
        sorts = OBJECTS[self.object_name].listing.sorts
        found = []
        for name in self.columns:
            key = _SORTED_BY.get(name, name)
            about: dict[str, Any] = {"label": self.name(name)}
            if key in sorts:
                about["sort"] = sort_link(key, self.sort or "-updated_at")
            found.append(about | ({"align": "end"} if name == "updated_at" else {}))
        return found

    def name(self, column: str) -> str:
        return _in_words(column, self._properties)

    def cell(self, row: dict[str, Any], name: str) -> Any:
        """The value of a property in words."""
        known = self._properties.get(name.removeprefix(properties.PREFIX))
        return shown_values([known], row.get("properties", {}))[0][1] if known else None

    def tabs(self) -> list[dict[str, Any]]:
        return [self._link(one) | {"count": self._count(one)} for one in self.views[:TABS]]

    def rest(self) -> list[dict[str, Any]]:
        return [self._link(one) for one in self.views[TABS:]]

    def _link(self, view: dict[str, Any]) -> dict[str, Any]:
        url = workspace_url(PAGES[self.object_name], saved=view["id"])
        active = self.view is not None and view["id"] == self.view["id"]
        return {"label": view["name"], "url": url, "active": active, "shared": view["shared"]}

    def _count(self, view: dict[str, Any]) -> str | None:
        if not view["valid"]:
            return "!"
        found = queries.count_of(self.actor, view)
        return counted(found["count"] + found["more"])

    def new_url(self) -> str:
        return workspace_url("portal.views_new", object=self.object_name, **self._as_it_is())

    def edit_url(self) -> str | None:
        """To change the view into what is on screen; None for who may not."""
        if self.view is None or not permissions.may_change(self.actor, _Shape(**_pick(self.view))):
            return None
        extra = {} if self.troubles else self._as_it_is()
        return workspace_url("portal.views_edit", view_id=self.view["id"], **extra)

    def _as_it_is(self) -> dict[str, str]:
        me = self.actor.employee_id if self.object_name == "ticket" else None
        wanted = orjson.dumps(filter_of(self.asked.conditions, me)).decode()
        return {"filter": wanted, "sort": self.asked.sort or ""}


@dataclass(frozen=True, slots=True)
class _Shape:
    shared: bool
    owner_employee_id: str | None


def _pick(view: dict[str, Any]) -> dict[str, Any]:
    return {name: view[name] for name in ("shared", "owner_employee_id")}


def saved_list(actor: Actor, object_name: str) -> SavedList:
    """What the page's address says of views (`?saved=viw_…`)."""
    query = ListQuery(limit=200, sort="created_at", conditions=(Condition("object", "eq", object_name),))
    views = queries.page_of_views(actor, query).rows if actor.may("views:read") else []
    wanted = request.args.get("saved")
    chosen = next((one for one in views if is_id(wanted, "viw") and one["id"] == wanted), None)
    return SavedList(actor, object_name, chosen, views)


def filter_of(conditions: Iterable[Condition], me: str | None) -> dict[str, Any]:
    """Conditions as a view keeps them. Where a ticket is the reader's own, it says `me`."""
    found: dict[str, Any] = {}
    for one in conditions:
        value = [_plain(each) for each in one.value] if isinstance(one.value, list) else _plain(one.value)
        own = me is not None and one.field == "assignee_id" and value == me
        found.setdefault(one.field, {})[one.operator] = "me" if own else value
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.rfc3339(value)
    return str(value) if isinstance(value, Decimal) else value
