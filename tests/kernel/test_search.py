"""`q`: each word is the beginning of a word of the record, in any script; nothing in it is a pattern."""

from __future__ import annotations

import pytest
from sqlalchemy import ColumnElement, literal, select

from portico.kernel import search
from portico.kernel.adding import add
from portico.kernel.search import SearchWord
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases
TABLE = SearchWord.__table__
RECORDS = {
    "one": ("Zoë Quill", "zoe.quill@example.com"),
    "two": ("Straßenbau Müller GmbH", "100% sure_thing"),
    "three": ("北京分公司 李雷", "+49 30 901820"),
    "four": ("O'Neill & Sons", "a\\b c*d [x]"),
    "five": ("\U0010ffff high", None),
    "six": ("单雄信", "吕布"),
    "seven": ("Kartoffel", "Zimmermann"),
}


@pytest.fixture(autouse=True)
def records(cast: Cast) -> None:
    for workspace in (cast.acme, cast.other):
        with cast.writing(workspace):
            for name, texts in RECORDS.items():
                search.index(workspace, "thing", f"{name}-{workspace[-4:]}", *texts)


def found(cast: Cast, q: str, kind: str = "thing", match: search.Match = "beginning") -> set[str]:
    column: ColumnElement[str] = SearchWord.__table__.c.object_id
    with cast.reading() as work:
        clauses = search.meant(cast.acme, kind, q, match).clauses(column)
        rows = work.scalars(select(column).where(SearchWord.workspace_id == cast.acme, *clauses))
        ids = set(rows)
    assert all(one.endswith(cast.acme[-4:]) for one in ids), "another workspace's record"
    return {one.rpartition("-")[0] for one in ids}


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("zo", {"one"}),
        ("ZOË", {"one"}),
        ("qui zoe", {"one"}),
        ("zoe.quill@example.com", {"one"}),
        ("example", {"one"}),
        ("uill", set()),
        ("strasse", {"two"}),
        ("STRASSENBAU mul", {"two"}),
        ("北京", {"three"}),
        ("李", {"three"}),
        ("京", {"three"}),
        ("分公司", {"three"}),
        ("lilei", {"three"}),
        ("LL", {"three"}),
        ("li lei", {"three"}),
        ("fengongsi", {"three"}),
        ("bjfgs", {"three"}),
        ("eijing", set()),
        ("shanxiongxin", {"six"}),
        ("danxiong", {"six"}),
        ("lvbu", {"six"}),
        ("lubu", {"six"}),
        ("901820", {"three"}),
        ("%", set()),
        ("_", set()),
        ("1__%", set()),
        ("100%", {"two"}),
        ("sure_", {"two"}),
        ("o'neill", {"four"}),
        ("neill", {"four"}),
        ("a\\", {"four"}),
        ("c*", {"four"}),
        ("[x", {"four"}),
        ("\U0010ffff", {"five"}),
        ("' OR 1=1 --", set()),
        ("   ", set()),
        ("zoe straße", set()),
    ],
)
def test_what_a_query_finds(cast: Cast, q: str, expected: set[str]) -> None:
    assert found(cast, q) == expected


def test_a_query_of_many_words_stays_affordable() -> None:
    assert len(search.terms("a " * 1000)) == search.MAX_TERMS


@pytest.fixture
def crowd(cast: Cast) -> list[str]:
    """One more than are few, all called `many`; the last of them also `rare`."""
    ids = [f"{number:08}-{cast.acme[-4:]}" for number in range(search.FEW + 1)]
    rows = [{"workspace_id": cast.acme, "kind": "crowd", "word": "many", "object_id": one} for one in ids]
    with cast.writing():
        add(TABLE, [*rows, {**rows[-1], "word": "rare"}])
    return ids


def test_a_term_that_many_have_is_narrowed_by_one_that_few_have(cast: Cast, crowd: list[str]) -> None:
    last = {crowd[-1].rpartition("-")[0]}
    assert found(cast, "many rare", kind="crowd") == found(cast, "rare many", kind="crowd") == last
    assert found(cast, "many rare", kind="crowd", match="whole") == last
    assert found(cast, "many nobody", kind="crowd") == set()
    assert len(found(cast, "ma", kind="crowd")) == len(crowd)
    assert len(found(cast, "ma many", kind="crowd")) == len(crowd)
    assert found(cast, "nobody", kind="crowd") == set()


def test_indexing_again_replaces_the_words(cast: Cast) -> None:
    object_id = f"one-{cast.acme[-4:]}"
    with cast.writing():
        search.index(cast.acme, "thing", object_id, "Yvonne")
    assert found(cast, "zoe") == set()
    assert found(cast, "yvo") == {"one"}
    with cast.writing():
        search.index(cast.acme, "thing", object_id)
    assert found(cast, "yvo") == set()


def test_kinds_do_not_mix(cast: Cast) -> None:
    assert found(cast, "zoe", kind="other") == set()
    with cast.reading() as work:
        assert work.scalar(select(literal(1))) == 1


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("katroffel", {"seven"}),
        ("kartofel", {"seven"}),
        ("karttoffel", {"seven"}),
        ("kortoffel", {"seven"}),
        ("kartox", {"seven"}),
        ("kartoffel zimmerman", {"seven"}),
        ("qiull", {"one"}),
        ("quilll", {"one"}),
        ("bartoffel", set()),
        ("katrofel", set()),
        ("zeo", set()),
        ("katroffel zoe", set()),
        ("kartoffel nobody", set()),
    ],
)
def test_one_mistyped_letter_is_mended(cast: Cast, q: str, expected: set[str]) -> None:
    assert found(cast, q, match="near") == expected


def test_whole_words_are_told_from_beginnings(cast: Cast) -> None:
    assert found(cast, "kartof", match="whole") == set()
    assert found(cast, "zimmermann KARTOFFEL", match="whole") == {"seven"}
    assert found(cast, "雷", match="whole") == {"three"}
