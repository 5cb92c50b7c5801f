"""Search by the beginnings of words, held in one table and read as ranges (which indexes serve under any policy)."""

from __future__ import annotations

from typing import cast

from sqlalchemy import ColumnElement, Index, PrimaryKeyConstraint, Select, Table, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import text
from portico.kernel.adding import add
from portico.kernel.db import ID, KEY, Base
from portico.kernel.unit_of_work import session

_LAST = chr(0x10FFFF)
MAX_TERMS = 8


class SearchWord(Base):
    """One word that an object is found by."""

    __tablename__ = "search_word"
    __table_args__ = (
        PrimaryKeyConstraint("workspace_id", "kind", "word", "object_id"),
        # With the word: whether an object has one is asked of the index alone.
        Index(None, "workspace_id", "kind", "object_id", "word"),
    )

    workspace_id: Mapped[str] = mapped_column(ID)
    kind: Mapped[str] = mapped_column(KEY)
    word: Mapped[str] = mapped_column(KEY)
    object_id: Mapped[str] = mapped_column(ID)


_table = cast(Table, SearchWord.__table__)


def index(workspace_id: str, kind: str, object_id: str, *texts: str | None, fresh: bool = False) -> None:
    """Replace the words by which an object is found; `fresh` says that it had none yet."""
    if not fresh:
        session().execute(
            delete(SearchWord).where(
                SearchWord.workspace_id == workspace_id,
                SearchWord.kind == kind,
                SearchWord.object_id == object_id,
            )
        )
    words = sorted(text.search_words(*texts))
    add(_table, [{"workspace_id": workspace_id, "kind": kind, "word": word, "object_id": object_id} for word in words])


def matching(workspace_id: str, kind: str, query: str) -> list[Select[str]]:
    """One sub-select of object ids per term of the query; an object matches when it is in all of them."""
    return [
        select(SearchWord.object_id).where(
            SearchWord.workspace_id == workspace_id,
            SearchWord.kind == kind,
            SearchWord.word >= term,
            SearchWord.word < term + _LAST,
        )
        for term in (word[: text.LONGEST_WORD] for word in text.search_key(query).split()[:MAX_TERMS])
    ]


def condition(workspace_id: str, kind: str, query: str, column: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """The WHERE clauses for `q`."""
    return [column.in_(sub) for sub in matching(workspace_id, kind, query)]
