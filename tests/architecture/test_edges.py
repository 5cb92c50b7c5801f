"""Each edge case of the whole API, and of the directory, has a test that says which one it is."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
EDGES = {"G": range(1, 21), "D": [*range(1, 9), 14, 17]}
"""G: lists, times, safety of writes, texts, workspaces, events. D: the tree, people, and what is hidden of them."""
_NAMED = re.compile(r"\bE-([GD])-(\d\d)\b|\btest_e_([gd])_(\d\d)_")


def test_no_edge_is_without_a_test() -> None:
    named = {
        ((found[0] or found[2]).upper(), int(found[1] or found[3]))
        for path in TESTS.rglob("test_*.py")
        if path != Path(__file__)
        for found in _NAMED.findall(path.read_text())
    }
    wanted = {(kind, number) for kind, numbers in EDGES.items() for number in numbers}
    assert wanted - named == set()
