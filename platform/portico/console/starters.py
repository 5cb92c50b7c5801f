"""What a developer may begin with: manifests that are good as they stand."""

from __future__ import annotations

from dataclasses import dataclass

from portico.kernel.text import N_


@dataclass(frozen=True, slots=True)
class Template:
    key: str
    title: str
    detail: str
    icon: str
    source: str


_PEOPLE = """\
schema = 1

[app]
key = "{key}"                       # unique, and it never changes
name = "New colleagues"
summary = "Hears when people join, change and leave"

[runtime]
base_url = "http://localhost:9000"  # where your app answers

[access]
scopes = [
  {{ name = "directory:read", reason = "to know who joined and where" }},
]

[events]
url = "/events"                     # below base_url
types = ["employee.*", "department.*"]
"""

_TICKETS = """\
schema = 1

[app]
key = "{key}"                       # unique, and it never changes
name = "Ticket helper"
summary = "Looks at each new ticket and leaves a note for the team"
categories = ["support"]

[runtime]
base_url = "http://localhost:9000"  # where your app answers

[access]
scopes = [
  {{ name = "tickets:read", reason = "to read the new ticket" }},
  {{ name = "contacts:read", reason = "to look up who is writing" }},
  {{ name = "tickets.internal:write", reason = "to leave the note" }},
]

[events]
url = "/events"                     # below base_url
types = ["ticket.created"]

[[surfaces]]
key = "history"
place = "ticket.panel"
title = "Earlier tickets"
url = "/panel"
"""

TEMPLATES = (
    Template(
        "people",
        N_("Hear what happens"),
        N_("Receives events about people and departments. You can install it for yourself at once."),
        "radio",
        _PEOPLE,
    ),
    Template(
        "tickets",
        N_("Work on tickets"),
        N_("Reads tickets, writes notes, and shows a panel beside the conversation. An admin installs it."),
        "ticket",
        _TICKETS,
    ),
)
