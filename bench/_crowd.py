"""A workspace with very many contacts and tickets, made from one of each by SQL: as many as asked within minutes."""

from __future__ import annotations

from typing import Any, cast

import _support
from sqlalchemy import Connection, Table, create_engine, text

from portico.domains.contacts.models import Contact, ContactIdentifier
from portico.domains.properties.models import PropertyIndex
from portico.domains.tickets.models import Ticket

GIVEN = [head + tail for head in ("ma", "jo", "li", "an", "ke", "sa", "ti", "ro", "pe", "wu") for tail in "rnlstvkdm"]
FAMILY = [head + tail for head in ("berg", "chen", "diaz", "evans", "fofana", "gupta", "hill") for tail in "aeiouxyz"]
# Chinese names as they are typed: whole, and by their initials. Of every tenth contact.
READ = [first + second for first in ("wang", "zhang", "chen", "liu") for second in ("xiaoming", "meili", "jianguo")]
INITIALS = [first + second for first in "wzcl" for second in ("xm", "ml", "jg")]
FIRST_NUMBER = 30_000_000
"""Of telephone, in Germany."""
# Rows of a table are ids of one width, so that the text order of the copies is their number.
_COPY = "'{prefix}_0' || lpad(n::text, 25, '0')"
_GIVEN = f"given[1 + n % {len(GIVEN)}]"
_FAMILY = f"family[1 + n / {len(GIVEN)} % {len(FAMILY)}]"
_NAME = f"initcap({_GIVEN}) || ' ' || initcap({_FAMILY}) || ' ' || n"
_LISTS = ("given", "family", "read", "initials")
_NAMES = f"(SELECT {', '.join(f'CAST(:{name} AS text[]) AS {name}' for name in _LISTS)}) names"


def fill(owner_url: str, workspace_id: str, contact_id: str, ticket_id: str, contacts: int, tickets: int) -> None:
    """Copies of this contact and this ticket of the workspace, under other names, with what they are found by."""
    engine = create_engine(owner_url)
    with engine.begin() as connection:
        # The owner's work: what is copied keeps every constraint, and a million foreign keys need no look each.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        filling = _Filling(connection, workspace_id)
        filling.contacts(contact_id, contacts)
        filling.tickets(ticket_id, tickets)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def copies(connection: Connection, table: Table, source: str, count: int, **changed: str) -> int:
    """Rows like those that `source` (a table or a sub-select) has, with these columns computed from `n`."""
    names = [f'"{column.name}"' for column in table.c]
    values = [changed.get(column.name, f't."{column.name}"') for column in table.c]
    done = connection.execute(
        text(
            f'INSERT INTO "{table.name}" ({", ".join(names)}) SELECT {", ".join(values)} '
            f"FROM generate_series(1, {count}) n, {source} t"
        )
    )
    return done.rowcount


class _Filling:
    def __init__(self, connection: Connection, workspace_id: str) -> None:
        self._connection = connection
        self._about = {
            "workspace": workspace_id,
            "given": GIVEN,
            "family": FAMILY,
            "read": READ,
            "initials": INITIALS,
        }

    def contacts(self, contact_id: str, count: int) -> None:
        _support.say(f"  {count:,} contacts")
        contact = _COPY.format(prefix="con")
        aged = "now() - n * interval '20 seconds'"
        self._copy(
            Contact,
            contact_id,
            count,
            {
                "id": contact,
                "display_name": _NAME,
                "name_key": f"lower({_NAME})",
                "created_at": aged,
                "updated_at": aged,
            },
        )
        mail = "'person' || n || '@crowd.example'"
        self._copy(
            ContactIdentifier,
            contact_id,
            count,
            {"id": _COPY.format(prefix="cid"), "contact_id": contact, "value": mail, "canonical": mail},
            by="contact_id",
        )
        self._copy(
            PropertyIndex,
            contact_id,
            count,
            {
                "object_id": contact,
                "text_key": "CASE WHEN t.text_key IS NOT NULL THEN (ARRAY['gold', 'silver', 'iron'])[1 + n % 3] END",
                "number": "CASE WHEN t.number IS NOT NULL THEN n END",
            },
            by="object_id",
        )
        number = f"({FIRST_NUMBER} + n)"
        typed = ", ".join(
            f"CASE WHEN n % 10 = 0 THEN {name}[1 + n / 10 % {len(READ)}] ELSE {_GIVEN} END" for name in _LISTS[2:]
        )
        words = (
            f"ARRAY[{_GIVEN}, {_FAMILY}, n::text, {mail}, 'person' || n, '+49' || {number}, '0' || {number}, {typed}]"
        )
        self._words("contact", contact, words, count)

    def tickets(self, ticket_id: str, count: int) -> None:
        _support.say(f"  {count:,} tickets")
        ticket = _COPY.format(prefix="tkt")
        family = f"family[1 + n % {len(FAMILY)}]"
        self._copy(
            Ticket,
            ticket_id,
            count,
            {
                "id": ticket,
                "number": "n + 1000",
                "subject": f"'Order ' || n || ' ' || {family}",
                "requester_contact_id": _COPY.format(prefix="con"),
                "status": "(ARRAY['new', 'open', 'pending', 'solved', 'closed'])[1 + n % 5]",
                "priority_rank": "n % 4",
                "updated_at": "now() - n * interval '3 minutes'",
            },
        )
        for kind in ("ticket", "ticket_text"):
            self._words(kind, ticket, f"ARRAY['order', n::text, {family}]", count)

    def _copy(self, model: Any, row_id: str, count: int, changed: dict[str, str], by: str = "id") -> None:
        """Rows like the one (or ones) of that id, with these columns computed from `n`."""
        table = cast(Table, model.__table__)
        names = [f'"{column.name}"' for column in table.c]
        values = [changed.get(column.name, f't."{column.name}"') for column in table.c]
        self._run(
            f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {', '.join(values)} "
            f"FROM generate_series(1, :count) n, {table.name} t, {_NAMES} "
            f"WHERE t.workspace_id = :workspace AND t.{by} = :row",
            count=count,
            row=row_id,
        )

    def _words(self, kind: str, object_id: str, words: str, count: int) -> None:
        self._run(
            "INSERT INTO search_word (workspace_id, kind, word, object_id) "
            f"SELECT DISTINCT :workspace, :kind, word, {object_id} "
            f"FROM generate_series(1, :count) n, {_NAMES}, unnest({words}) word",
            count=count,
            kind=kind,
        )

    def _run(self, statement: str, **about: Any) -> None:
        self._connection.execute(text(statement), {**self._about, **about})
