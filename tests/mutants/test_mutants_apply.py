"""Each guard of `python -m tests.mutants` still stands where it is looked for, and so do its tests."""

from __future__ import annotations

import ast

import pytest

from tests.mutants.guards import GUARDS, ROOT, Guard


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_it_can_be_taken_away(guard: Guard) -> None:
    without = guard.removed()
    assert without != (ROOT / guard.path).read_text()
    ast.parse(without)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_its_tests_are_there(guard: Guard) -> None:
    assert guard.tests
    for node in guard.tests:
        path, _, name = node.partition("::")
        defined = {one.name for one in ast.parse((ROOT / path).read_text()).body if isinstance(one, ast.FunctionDef)}
        assert name in defined, node


def test_the_list_is_one_that_can_be_run() -> None:
    names = [guard.name for guard in GUARDS]
    assert len(names) == len(set(names)) == 31
