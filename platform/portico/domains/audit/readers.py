"""The record as a file, and what it holds on a person."""

from __future__ import annotations

from typing import Any

from portico.domains.audit import chain, queries, sightings
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.exporting import EXPORTERS, Exporter, Rows, of_a_person
from portico.kernel.listing import Condition, ListQuery
from portico.kernel.sightings import writes
from portico.kernel.text import N_

BATCH = 500
writes(sightings.write)
_MOST = 10_000
COLUMNS = (
    "seq",
    "id",
    "at",
    "actor.kind",
    "actor.id",
    "actor.on_behalf_of",
    "action",
    "object.type",
    "object.id",
    "detail.name",
    "changes",
    "detail.fields",
    "origin.address",
    "origin.user_agent",
    "origin.request_id",
    "origin.credential",
    "event_id",
    "detail_hash",
    "previous_hash",
    "hash",
)


def exported(entry: dict[str, Any]) -> dict[str, Any]:
    """A line of the file: what the hash covers, the detail that it binds, and both hashes."""
    return {
        **chain.canonical(entry),
        "detail": entry["detail"],
        "previous_hash": entry["previous_hash"],
        "hash": entry["hash"],
    }


def _page(actor: Actor, query: ListQuery, mark: Any) -> tuple[Rows, Any]:
    """The mark is the last seq and where the record ended when the export began."""
    last, until = mark or (0, queries.last_seq(actor))
    rows = queries.entries_after(actor, query, last, until=until, limit=BATCH)
    following = (rows[-1]["seq"], until) if len(rows) == BATCH else None
    return [exported(row) for row in rows], following


def _closing(actor: Actor) -> Rows:
    """The signed heads, so that the file shows where its chain was sealed."""
    keys = chain.public_keys()
    return [
        {
            "checkpoint": {
                "id": mark.id,
                "workspace_id": mark.workspace_id,
                "seq": mark.seq,
                "hash": mark.hash,
                "at": clock.rfc3339(mark.at),
                "key_id": mark.key_id,
                "signature": mark.signature,
                "public_key": keys.get(mark.key_id),
            }
        }
        for mark in queries.all_checkpoints(actor)
    ]


EXPORTERS.add(
    Exporter(
        name="audit",
        title=N_("Audit log"),
        listing=queries.ENTRIES,
        scope="audit:read",
        columns=COLUMNS,
        page=_page,
        count=queries.count_entries,
        closing=_closing,
    )
)


@of_a_person("acts")
def acts(actor: Actor) -> Rows:
    """What the record says that this person did, or that was done in their name; the newest ten thousand."""
    mine = ListQuery(conditions=(Condition("who", "eq", actor.employee_id),))
    names = ("at", "action", "object", "actor", "changes", "origin")
    return [{name: row[name] for name in names} for row in queries.newest_entries(actor, mine, _MOST)]


@of_a_person("who_looked")
def who_looked(actor: Actor) -> Rows:
    """Who read this person's profile in the last 30 days."""
    return sightings.who_looked(actor, "employee", actor.employee_id or "")
