"""The life of a ticket in order: what was written, and between it what was changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import request
from flask_babel import gettext

from portico.domains.directory import queries as directory
from portico.domains.tickets import attachments, detail_queries, queue_queries, status_queries
from portico.kernel.actor import Actor
from portico.kernel.listing import MAX_LIMIT, ListQuery
from portico.kernel.text import N_
from portico.portal import words
from portico.portal.authors import Authors
from portico.web.pages import workspace_url

SHOWN = 100


def of(actor: Actor, ticket: dict[str, Any]) -> tuple[list[dict[str, Any]], str | None]:
    """The newest entries, oldest first, and the address of the page before them when there is one."""
    query = ListQuery(limit=SHOWN, sort="-created_at", cursor=request.args.get("before") or None)
    found = attachments.page_of_comments(actor, ticket["id"], query)
    authors = Authors(actor, found.rows)
    written = [_comment(row, ticket, authors) for row in reversed(found.rows)]
    since = written[0]["at"] if written and found.next_cursor else None
    until = written[-1]["at"] if written and request.args.get("before") else None
    changed = [
        line
        for line in _changes(actor, ticket)
        if (since is None or line["at"] >= since) and (until is None or line["at"] <= until)
    ]
    earlier = None
    if found.next_cursor:
        earlier = workspace_url("portal.tickets_one", ticket_id=ticket["id"], before=found.next_cursor)
    return sorted([*changed, *written], key=lambda entry: entry["at"]), earlier


def _comment(row: Any, ticket: dict[str, Any], authors: Authors) -> dict[str, Any]:
    author = authors.shown(row)
    return {
        "kind": "comment",
        "id": row["id"],
        "at": row["created_at"],
        "body": row["body"],
        "visibility": row["visibility"],
        "files": row["attachments"],
        "author": author,
        "detail": gettext("asked for it") if author["id"] == ticket["requester_id"] else None,
    }


def _changes(actor: Actor, ticket: dict[str, Any]) -> list[dict[str, Any]]:
    """What was done besides the messages, a line for each field."""
    found = detail_queries.page_of_history(actor, ticket["id"], ListQuery(limit=MAX_LIMIT, sort="-created_at"))
    known = _Names(actor, found.rows)
    return [
        {"kind": "line", "at": row["created_at"], "icon": icon, "text": text}
        for row in reversed(found.rows)
        for icon, text in _lines(row, known)
    ]


class _Names:
    """What people, statuses and queues are called, for all lines at once."""

    def __init__(self, actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
        ends = [change.get("to") for row in rows for change in row["changes"].values()]
        ids = {one for one in ends if isinstance(one, str)}
        self.people = directory.names_of(actor, [one for one in ids if one.startswith("emp_")])
        self.statuses = {row.id: words.status_label(row) for row in status_queries.all_statuses(actor)}
        self.queues = queue_queries.names(actor)

    def person(self, employee_id: str) -> str:
        return self.people.get(employee_id) or gettext("Someone")


def _who(row: dict[str, Any]) -> str:
    author = row["author"]
    kinds = {"employee": gettext("Someone"), "app": gettext("An app")}
    return str(author.get("display_name") or kinds.get(author["kind"], "Portico"))


def _lines(row: dict[str, Any], known: _Names) -> Iterator[tuple[str, str]]:
    """Each change as a sentence with its icon; what is seen otherwise has none."""
    who = _who(row)
    if row["action"] != "changed":
        sentence = _SENTENCES.get(row["action"])
        if sentence is not None:
            yield sentence[0], gettext(sentence[1], who=who)
        return
    for name, change in row["changes"].items():
        if name == "status" and "status_id" in row["changes"]:
            continue
        line = _line(name, change.get("to"), who, row["author"]["id"], known)
        if line is not None:
            yield line


_SENTENCES = {
    "created": ("sparkle", N_("%(who)s opened the ticket")),
    "restored": ("undo-2", N_("%(who)s took the ticket out of the trash")),
    "linked": ("link", N_("%(who)s linked the ticket to another")),
    "unlinked": ("unlink", N_("%(who)s took a link to another ticket away")),
    "redacted": ("eraser", N_("%(who)s took something out of a message")),
}


def _line(name: str, to: Any, who: str, author_id: str, known: _Names) -> tuple[str, str] | None:
    match name:
        case "assignee_id":
            return _holder(to, who, author_id, known)
        case "status" | "status_id":
            status = known.statuses.get(to) or words.status(to)
            return "circle-dot", gettext("%(who)s set the status to %(status)s", who=who, status=status)
        case "priority":
            return "signal", gettext("%(who)s set the priority to %(priority)s", who=who, priority=words.priority(to))
        case "queue_id" if to is None:
            return "inbox", gettext("%(who)s took the ticket out of its queue", who=who)
        case "queue_id":
            return "inbox", gettext("%(who)s put it into the queue %(queue)s", who=who, queue=known.queues.get(to, to))
        case "snoozed_until" if to is None:
            return "alarm-clock", gettext("The ticket is awake again")
        case "snoozed_until":
            return "alarm-clock-off", gettext("%(who)s put the ticket off", who=who)
        case _:
            return None


def _holder(to: str | None, who: str, author_id: str, known: _Names) -> tuple[str, str]:
    if to is None:
        return "user-x", gettext("%(who)s gave the ticket back", who=who)
    if to == author_id:
        return "hand", gettext("%(who)s took the ticket", who=who)
    return "user-check", gettext("%(who)s gave the ticket to %(name)s", who=who, name=known.person(to))
