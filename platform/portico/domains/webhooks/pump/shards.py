"""Shards: which endpoints belong together, and how many of them one pump may have.

The shard of an endpoint is the last character of its id. Those are random and of an alphabet of 32, so the shards are
even; the same expression serves Python, an endpoint's row and a delivery's row, and nothing is stored.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column

from portico.kernel.ids import ALPHABET
from portico.kernel.ids import LENGTH as BODY

SHARDS = tuple(ALPHABET)
LAYING_OUT = "laying_out"
"""The lease of the one pump that turns events and replays into deliveries."""
LEASES = (*SHARDS, LAYING_OUT)
_PLACE: ColumnElement[int] = literal_column(str(len("whe_") + BODY))
_ONE: ColumnElement[int] = literal_column("1")


def shard_of(endpoint_id: str) -> str:
    return endpoint_id[-1]


def shard_in_sql(endpoint_id: ColumnElement[Any]) -> ColumnElement[str]:
    return func.substr(endpoint_id, _PLACE, _ONE)


def fair_share(holder: str, living: Collection[str]) -> int:
    """How many shards a pump may have beside the others that live: all counts together make exactly all shards."""
    place = sorted(living).index(holder)
    return len(SHARDS) // len(living) + (place < len(SHARDS) % len(living))
