"""Each row of the behaviour checklists (authorization server, apps in frames) has a test that is named after it."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROWS = {"A": 25, "T": 12, "C": 10, "R": 8, "V": 4, "I": 2, "X": 3, "D": 3, "M": 5, "P": 8, "G": 3, "E": 11}
"""Authorization endpoint, token endpoint, client authentication, refreshing, revocation, introspection, exchange,
device grant, metadata and OpenID Connect, protected resource, what holds for all of it, and apps in frames: each from 1
to this number."""
_ROW = r"[A-Z]\d{1,2}"
_TEST = re.compile(rf"^def test_((?:{_ROW}_)+)", re.MULTILINE)
_CASE = re.compile(rf'\bid="({_ROW})-')


def named() -> set[str]:
    found: set[str] = set()
    for path in TESTS.rglob("test_*.py"):
        text = path.read_text()
        found.update(row for rows in _TEST.findall(text) for row in rows.strip("_").split("_"))
        found.update(_CASE.findall(text))
    return found


def test_no_row_is_without_a_test() -> None:
    rows = {f"{kind}{number}" for kind, last in ROWS.items() for number in range(1, last + 1)}
    assert len(rows) == 94
    assert rows - named() == set()


def test_no_test_names_a_row_that_is_none() -> None:
    assert {row for row in named() if int(row[1:]) > ROWS.get(row[0], 0)} == set()
