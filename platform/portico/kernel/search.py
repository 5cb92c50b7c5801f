"""Search by the beginnings of words, held in one table and read as ranges (which indexes serve under any policy)."""

from __future__ import annotations

from functools import cache
from typing import Literal, cast

from sqlalchemy import (
    ColumnElement,
    Index,
    PrimaryKeyConstraint,
    Select,
    String,
    Table,
    and_,
    bindparam,
    delete,
    false,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Mapped, mapped_column

from portico.kernel import misspelling, text
from portico.kernel.adding import add
from portico.kernel.db import ID, KEY, Base
from portico.kernel.id_lists import IdList
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


Match = Literal["beginning", "whole", "near"]
"""Each term is the beginning of a word, or all of it, or the beginning of one when a letter of it is mended."""
MOST_MENDED = 12


def terms(query: str) -> list[str]:
    """What is looked for, each in one of the record's words."""
    return [word[: text.LONGEST_WORD] for word in text.search_key(query).split()[:MAX_TERMS]]


def matching(workspace_id: str, kind: str, query: str, match: Match = "beginning") -> list[Select[str]]:
    """One sub-select of object ids per term of the query; an object matches when it is in all of them."""
    of_kind = select(SearchWord.object_id).where(SearchWord.workspace_id == workspace_id, SearchWord.kind == kind)
    return [of_kind.where(_meant(workspace_id, kind, term, match)) for term in terms(query)]


def _meant(workspace_id: str, kind: str, term: str, match: Match) -> ColumnElement[bool]:
    if match == "whole":
        return SearchWord.word == term
    if match == "near":
        return or_(false(), *map(_begins, mended(workspace_id, kind, term)))
    return _begins(term)


def _begins(beginning: str) -> ColumnElement[bool]:
    return and_(SearchWord.word >= beginning, SearchWord.word < beginning + _LAST)


def mended(workspace_id: str, kind: str, term: str) -> list[str]:
    """The beginnings of words of this kind that the term may have been meant for: itself, or else what differs from it
    by one letter. A few hundred looks into the index, whatever the workspace holds: for a search that found nothing."""
    if there := _existing(workspace_id, kind, [term]):
        return there
    return _existing(workspace_id, kind, misspelling.neighbours(term))[:MOST_MENDED]


def _existing(workspace_id: str, kind: str, beginnings: list[str]) -> list[str]:
    """Those of them with which some word begins, in their order."""
    if not beginnings:
        return []
    work = session()
    given = {"w": workspace_id, "k": kind, "tried": beginnings}
    looked = work.execute(_probe(work.get_bind().dialect.name), given)
    found = {beginning for beginning, word in looked if word is not None and word.startswith(beginning)}
    return [one for one in beginnings if one in found]


@cache
def _probe(dialect: str) -> Select[str, str | None]:
    """For each of a list of beginnings the first word that does not come before it: one look into the index. An upper
    end made in SQL (`||` is not leakproof) would be asked of every word behind, below row-level security."""
    listed = bindparam("tried", type_=IdList())
    if dialect == "postgresql":
        tried = func.unnest(listed).table_valued("value").render_derived(name="tried")
    else:
        tried = func.json_each(listed).table_valued("value")
    beginning = type_coerce(tried.c.value, String)
    first = (
        select(SearchWord.word)
        .where(SearchWord.workspace_id == bindparam("w"), SearchWord.kind == bindparam("k"))
        .where(SearchWord.word >= beginning)
        .order_by(SearchWord.word)
        .limit(1)
        .correlate(tried)
        .scalar_subquery()
    )
    return select(beginning, first)


def condition(
    workspace_id: str, kind: str, query: str, column: ColumnElement[str], match: Match = "beginning"
) -> list[ColumnElement[bool]]:
    """The WHERE clauses for `q`."""
    return [column.in_(sub) for sub in matching(workspace_id, kind, query, match)]
