"""INSERT … ON CONFLICT of the open database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite

from portico.kernel.unit_of_work import session


def insert_into(table: Table) -> Any:
    on_sqlite = session().get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if on_sqlite else postgresql.insert(table)
