"""Sealing anew, after another server key was put in front: every sealed column says in its declaration what it is
sealed for, so none can be forgotten. Work stops and goes on anywhere: what carries the newest key's id is done.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, func, select, update
from sqlalchemy.orm import MappedColumn, mapped_column

from portico.kernel.db import LONG_TEXT, Base
from portico.kernel.secrets import Keyring, keyring
from portico.kernel.unit_of_work import session, system_unit

BATCH = 100
_INFO = "sealed_as"


def sealed_column(sealed_as: str, **options: Any) -> MappedColumn[Any]:
    """A column of sealed values. `sealed_as` names the row as `Keyring.seal` was told, with columns in braces:
    `app_credential|sealed|{id}|{app_id}`."""
    return mapped_column(LONG_TEXT, info={_INFO: sealed_as}, **options)


def sealed_columns() -> list[Column[Any]]:
    return [column for table in Base.metadata.sorted_tables for column in table.columns if _INFO in column.info]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many values of a column carry an older key's id, and how many of them were sealed anew so far."""

    column: str
    waiting: int
    done: int


def reseal() -> Iterator[Progress]:
    """Seal every value under the newest key, a hundred in a unit of their own. Raises SealBroken for a value that no
    key of PORTICO_SECRET_KEYS opens."""
    for column in sealed_columns():
        name = f"{column.table.name}.{column.name}"
        with system_unit("keys: how many values an older key sealed"):
            waiting = session().scalar(select(func.count()).select_from(column.table).where(_older(column))) or 0
        done = 0
        yield Progress(name, waiting, done)
        while batch := _batch(column):
            done += batch
            yield Progress(name, max(waiting, done), done)


def _older(column: Column[Any]) -> Any:
    newest = Keyring.key_id(keyring().keys[0])
    return column.is_not(None) & ~column.startswith(f"{newest}.")


def _batch(column: Column[Any]) -> int:
    """Seal the next ones. A value that changed meanwhile was sealed by its writer, and is left alone."""
    table, ring = column.table, keyring()
    with system_unit("keys: seal anew under the newest key", write=True) as work:
        rows = work.execute(select(table).where(_older(column)).limit(BATCH)).mappings().all()
        for row in rows:
            named = column.info[_INFO].format(**row)
            sealed = ring.seal(ring.unseal(row[column.name], named), named)
            here = [key == row[key.name] for key in table.primary_key]
            work.execute(update(table).where(*here, column == row[column.name]).values({column.name: sealed}))
    return len(rows)
