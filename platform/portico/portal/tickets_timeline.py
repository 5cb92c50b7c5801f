"""The life of a ticket in order: what was written, and between it what was changed."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext

from portico.domains.directory import queries as directory
from portico.domains.tickets import attachments, queries
from portico.kernel.actor import Actor
from portico.kernel.listing import ListQuery
from portico.portal import words
from portico.web.pages import workspace_url

SHOWN = 100


def of(actor: Actor, ticket: dict[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
    """The newest entries, oldest first, and the address of the page before them when there is one."""
    query = ListQuery(limit=SHOWN, sort="-created_at", cursor=request.args.get("before") or None)
    found = attachments.page_of_comments(actor, ticket["id"], query)
    written = [_comment(row, ticket) for row in reversed(found.rows)]
    since = written[0]["at"] if written and found.next_cursor else None
    until = written[-1]["at"] if written and request.args.get("before") else None
    apps = {one["author"]["id"]: one["author"]["display_name"] for one in written if one["author"]["kind"] == "app"}
    changed = [
        line
        for line in _changes(actor, ticket, apps)
        if (since is None or line["at"] >= since) and (until is None or line["at"] <= until)
    ]
    earlier = None
    if found.next_cursor:
        earlier = workspace_url("portal.tickets_one", ticket_id=ticket["id"], before=found.next_cursor)
    return sorted([*changed, *written], key=lambda entry: entry["at"]), earlier


def _comment(row: Any, ticket: dict[str, Any]) -> dict[str, Any]:
    author = dict(row["author"])
    kind = "app" if author["kind"] in ("app", "app_for_employee") else "employee"
    name = author.get("display_name") or (gettext("An app") if kind == "app" else gettext("Someone"))
    return {
        "kind": "comment",
        "id": row["id"],
        "at": row["created_at"],
        "body": row["body"],
        "visibility": row["visibility"],
        "files": row["attachments"],
        "author": {"kind": kind, "id": author["id"], "display_name": name},
        "detail": gettext("asked for it") if author["id"] == ticket["requester_id"] else None,
    }


def _changes(actor: Actor, ticket: dict[str, Any], apps: dict[str, str]) -> list[dict[str, Any]]:
    """What happened besides the messages. `apps` names those that wrote one."""
    rows = queries.history(actor, ticket["id"])
    people = {row.actor["id"] for row in rows} | {row.data.get("assignee_id") for row in rows}
    names = directory.names_of(actor, {one for one in people if one and one.startswith("emp_")}) | apps
    return [line for row in rows if (line := _line(row, names)) is not None]


def _who(row: Any, names: dict[str, str]) -> str:
    if row.actor["id"] in names:
        return names[row.actor["id"]]
    return str({"employee": gettext("Someone"), "app": gettext("An app")}.get(row.actor["kind"], "Portico"))


def _line(row: Any, names: dict[str, str]) -> dict[str, Any] | None:
    """One change as a sentence; None for what is seen otherwise."""
    who = _who(row, names)
    icon, sentence = "pencil", None
    match row.type:
        case "ticket.created":
            icon, sentence = "sparkle", gettext("%(who)s opened the ticket", who=who)
        case "ticket.assigned" if row.data["assignee_id"] is None:
            icon, sentence = "user-x", gettext("%(who)s gave the ticket back", who=who)
        case "ticket.assigned" if row.data["assignee_id"] == row.actor["id"]:
            icon, sentence = "hand", gettext("%(who)s took the ticket", who=who)
        case "ticket.assigned":
            assignee = names.get(row.data["assignee_id"], gettext("Someone"))
            icon, sentence = "user-check", gettext("%(who)s gave the ticket to %(name)s", who=who, name=assignee)
        case "ticket.status_changed":
            status = words.status(row.data["status"])
            icon, sentence = "circle-dot", gettext("%(who)s set the status to %(status)s", who=who, status=status)
        case "ticket.updated" if "priority" in (row.changes or ()):
            priority = words.priority(row.data["priority"])
            icon, sentence = "signal", gettext("%(who)s set the priority to %(priority)s", who=who, priority=priority)
        case "ticket.restored":
            icon, sentence = "undo-2", gettext("%(who)s took the ticket out of the trash", who=who)
    return {"kind": "line", "at": row.occurred_at, "icon": icon, "text": sentence} if sentence else None
