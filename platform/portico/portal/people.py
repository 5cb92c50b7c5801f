"""Names for what pages show: requesters, assignees, owners. One query for each kind of person on a page."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from portico.domains.contacts import queries as contacts
from portico.domains.directory import queries as directory
from portico.domains.identity import queries as identity
from portico.kernel.actor import Actor, roles_within
from portico.kernel.listing import MAX_LIMIT, Condition, ListQuery


def named(actor: Actor, tickets: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tickets with `requester_name`, `requester_id` and `assignee_name`."""
    rows = [dict(ticket) for ticket in tickets]
    for row in rows:
        row["requester_id"] = row["requester"].get("contact_id") or row["requester"]["employee_id"]
    people = {row["requester_id"] for row in rows} | {row["assignee_id"] for row in rows if row.get("assignee_id")}
    names = contacts.names_of(actor, [one for one in people if one.startswith("con_")])
    names |= directory.names_of(actor, [one for one in people if one.startswith("emp_")])
    for row in rows:
        row["requester_name"] = names.get(row["requester_id"])
        row["assignee_name"] = names.get(row.get("assignee_id") or "")
    return rows


_AGENT_ROLES = [role for role in ("agent", "support_admin", "admin", "owner") if "agent" in roles_within(role)]


def agents(actor: Actor, also: Sequence[str | None] = ()) -> list[tuple[str, str]]:
    """Who can be given a ticket or a contact: (id, name) by name; and those of `also`, who have one already."""
    query = ListQuery(limit=MAX_LIMIT, conditions=(Condition("role", "in", _AGENT_ROLES),))
    ids = {row.employee_id for row in identity.page_of_members(actor, query).rows} | {one for one in also if one}
    return sorted(directory.names_of(actor, ids).items(), key=lambda pair: pair[1].casefold())
