"""Whether a process lives, and whether it can work: `/healthz`, `/readyz` and `/metrics`, for whichever server answers.

Live means that the process answers at all: whoever restarts what is not alive must not do so because the database is
away. Ready means that it can do its work: the database answers and has our schema. The answers say nothing of the
inside that a stranger could use.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from portico.kernel import migrations
from portico.kernel.db import database
from portico.kernel.errors import Unavailable

REMEMBERED_S = 2.0
Answer = tuple[int, dict[str, Any]]
_lock = threading.Lock()
_last: tuple[float, str] | None = None


def live() -> Answer:
    return 200, {"status": "ok"}


def ready(**about: str) -> Answer:
    """503 with what is missing. `about` goes along: what the process says of itself."""
    state = _database()
    if state == "ok":
        return 200, {"status": "ok", **about}
    return 503, {"status": "not ready", "database": state, **about}


def _database() -> str:
    """How the database is, asked every other second at most, however often somebody looks."""
    global _last
    with _lock:
        if _last is None or time.monotonic() - _last[0] >= REMEMBERED_S:
            _last = time.monotonic(), _ask()
        return _last[1]


def _ask() -> str:
    try:
        there = migrations.current(database())
    except (SQLAlchemyError, Unavailable):
        return "does not answer"
    # A revision that this code does not know is a later one: while a release rolls out, the old processes go on.
    return "ok" if there is not None and not migrations.is_before_head(there) else "has an older schema"


def forget() -> None:
    """Ask anew next time."""
    global _last
    _last = None
