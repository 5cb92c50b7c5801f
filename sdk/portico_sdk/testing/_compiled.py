"""What SQLAlchemy has compiled, and the fence has judged, is kept from one workspace to the next.

Each workspace has an engine of its own, and each engine would compile the same statements anew: a quarter of the time
of tests that go through services. Compiled statements belong to a dialect, so the dialect is kept with them.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.engine import Dialect
from sqlalchemy.util import LRUCache

from portico.kernel.db import Database

STATEMENTS = 5000


@cache
def _kept() -> dict[str, tuple[Dialect, LRUCache[Any, Any]]]:
    """By the name of the dialect."""
    return {}


def keep(database: Database) -> None:
    """Let the database go on with what the one before has compiled. Call it before the first statement."""
    name = database.engine.dialect.name
    if name not in _kept():
        with database.engine.connect():  # a dialect learns what it needs to know at its first connection
            _kept()[name] = (database.engine.dialect, LRUCache(STATEMENTS))
    for engine in (database.engine, database.reading, database.writing):
        _give(engine, *_kept()[name])


def _give(engine: Engine, dialect: Dialect, compiled: LRUCache[Any, Any]) -> None:
    engine.dialect = dialect
    engine._compiled_cache = compiled
