"""What time does to files: uploads that nobody linked end, and bytes that no row points at are removed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice

from portico.domains.files import queries, service
from portico.kernel import blobs, clock
from portico.kernel.actor import system
from portico.kernel.unit_of_work import system_unit, unit

BATCH = 500
GRACE = timedelta(hours=24)
"""Bytes are stored before their row is written, and shared only through a row that lives: what is older than this and
has no row never gets one."""


def sweep() -> int:
    """End uploads that nobody linked in time. Answers how many."""
    with system_unit("sweep: uploads that nobody linked"):
        over = queries.expired(clock.now(), BATCH)
    ended = 0
    for row in over:
        with unit(row.workspace_id, write=True):
            ended += service.expire(system(row.workspace_id), row.id)
    return ended


def sweep_orphans() -> int:
    """Remove bytes that no row points at: of crashes, of what was rolled back, of workspaces that are gone."""
    since = clock.now() - GRACE
    old = (place for place, written in blobs.store().places() if written < since)
    removed = 0
    for places in _batches(old):
        with system_unit("sweep: bytes that no row points at"):
            used = queries.used_places(places)
        for place in places:
            if place not in used:
                blobs.store().delete(place)
                removed += 1
    return removed


def _batches(places: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(islice(places, BATCH)):
        yield batch
