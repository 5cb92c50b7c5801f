"""Search by the beginnings of words, held in one table and read as ranges (which indexes serve under any policy)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import starmap
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
from portico.kernel.id_lists import IdList, among
from portico.kernel.prepared import prepared
from portico.kernel.unit_of_work import session

_LAST = chr(0x10FFFF)
MAX_TERMS = 8
FEW = 5_000
"""So many objects are read by their keys sooner than any list is walked for them."""
_AT_ONCE = 100


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


@dataclass(frozen=True, slots=True)
class Meant:
    """What a query means among the records of a kind. `few`: the ids that those of its terms leave that mean `FEW`
    records at most, or None where each means more; `many`: a sub-select of ids for each other term."""

    few: list[str] | None
    many: list[Select[str]]

    @property
    def nothing(self) -> bool:
        return not self.few and not self.many

    def clauses(self, column: ColumnElement[str]) -> list[ColumnElement[bool]]:
        """The WHERE clauses: `column` is in all of it."""
        if self.nothing:
            return [false()]
        named = [] if self.few is None else [among(column, self.few)]
        return [*named, *map(column.in_, self.many)]


def meant(workspace_id: str, kind: str, query: str, match: Match = "beginning") -> Meant:
    """Counted rather than left to the planner: it knows how many there are, not that those of one telephone exchange
    or of one import stand together, far from where a walk by the list's sort would begin."""
    few: set[str] | None = None
    many: list[Select[str]] = []
    for term in terms(query):
        ranges = _ranges(workspace_id, kind, term, match)
        ids = _few(workspace_id, kind, ranges)
        if ids is None:
            many.append(_ids(workspace_id, kind).where(or_(*starmap(_between, ranges))))
        else:
            few = ids if few is None else few & ids
    return Meant(None if few is None else sorted(few), many if few is None or few else [])


def _few(workspace_id: str, kind: str, ranges: list[tuple[str, str]]) -> set[str] | None:
    """The ids in these stretches, or None where one of them holds more than few. Most terms mean hardly any, and are
    answered at once; of the others it is asked first whether they mean too many to be fetched."""
    ids: set[str] = set()
    for first, last in ranges:
        found = _stretch(workspace_id, kind, first, last, _AT_ONCE)
        if len(found) == _AT_ONCE:
            if _beyond(workspace_id, kind, first, last, FEW):
                return None
            found = _stretch(workspace_id, kind, first, last, FEW)
        ids.update(row.object_id for row in found)
    return ids


def _ranges(workspace_id: str, kind: str, term: str, match: Match) -> list[tuple[str, str]]:
    """The first word and the last of each stretch of words that the term means."""
    if match == "whole":
        return [(term, term)]
    beginnings = mended(workspace_id, kind, term) if match == "near" else [term]
    return [(beginning, beginning + _LAST) for beginning in beginnings]


def _ids(workspace_id: str, kind: str) -> Select[str]:
    return select(SearchWord.object_id).where(SearchWord.workspace_id == workspace_id, SearchWord.kind == kind)


def _between(first: str, last: str) -> ColumnElement[bool]:
    """Not BETWEEN, which takes no collation in PostgreSQL."""
    return and_(SearchWord.word >= first, SearchWord.word <= last)


def _in_order(workspace_id: str, kind: str, first: str, last: str) -> Select[str]:
    return _ids(workspace_id, kind).where(_between(first, last)).order_by(SearchWord.word, SearchWord.object_id)


@prepared
def _stretch(workspace_id: str, kind: str, first: str, last: str, most: int) -> Select[str]:
    return _in_order(workspace_id, kind, first, last).limit(most)


@prepared
def _beyond(workspace_id: str, kind: str, first: str, last: str, passed: int) -> Select[str]:
    return _in_order(workspace_id, kind, first, last).offset(passed).limit(1)


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
