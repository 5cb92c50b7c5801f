"""The tree of departments stays a tree, whatever is asked of it and however many ask at once."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portico.domains.directory import queries, service
from portico.domains.directory.errors import DepartmentCycle, DepartmentNotEmpty, SiblingExists
from portico.kernel.errors import Invalid, NotFound, Refusal, Stale
from tests.support.cast import Cast

pytestmark = pytest.mark.both_databases


def make(cast: Cast, name: str, parent_id: str | None = None) -> dict[str, Any]:
    with cast.writing():
        return service.create_department(cast.actor("hr_admin"), name=name, parent_id=parent_id)


def move(cast: Cast, department_id: str, parent_id: str | None) -> None:
    with cast.writing():
        service.update_department(cast.actor("hr_admin"), department_id, {"parent_id": parent_id})


def assert_is_tree(cast: Cast) -> None:
    with cast.reading():
        rows = queries.all_departments(cast.actor("hr_admin"))
    by_id = {row.id: row for row in rows}
    for row in rows:
        above = by_id[row.parent_id].path if row.parent_id else "/"
        assert row.path == f"{above}{row.id}/"


def test_a_move_takes_the_whole_subtree_along(cast: Cast) -> None:
    sales, support = make(cast, "Sales"), make(cast, "Support")
    desk = make(cast, "Desk", support["id"])
    night = make(cast, "Night", desk["id"])
    move(cast, desk["id"], sales["id"])
    with cast.reading():
        assert queries.department(cast.actor("agent"), night["id"])["path"] == [sales["id"], desk["id"], night["id"]]
    assert_is_tree(cast)


def test_a_department_cannot_go_below_itself(cast: Cast) -> None:
    top = make(cast, "Top")
    below = make(cast, "Below", top["id"])
    with pytest.raises(DepartmentCycle):
        move(cast, top["id"], below["id"])
    assert_is_tree(cast)


def test_two_opposite_moves_at_once_leave_a_tree(cast: Cast) -> None:
    """A below B and B below A, together: one of them must be refused."""
    for _ in range(5):
        first, second = make(cast, f"A{_}"), make(cast, f"B{_}")
        refused: list[str] = []
        start = threading.Barrier(2)

        def go(what: str, where: str, start: threading.Barrier = start, refused: list[str] = refused) -> None:
            start.wait()
            try:
                move(cast, what, where)
            except Refusal as refusal:
                refused.append(refusal.code)

        pair = [
            threading.Thread(target=go, args=args)
            for args in ((first["id"], second["id"]), (second["id"], first["id"]))
        ]
        for thread in pair:
            thread.start()
        for thread in pair:
            thread.join()
        assert refused == ["department_cycle"]
    assert_is_tree(cast)


@pytest.mark.parametrize("twin", ["support", "ＳＵＰＰＯＲＴ", " Support ", "Suppört"])
def test_siblings_differ_by_more_than_case_width_and_marks(cast: Cast, twin: str) -> None:
    make(cast, "Support")
    with pytest.raises(SiblingExists):
        make(cast, twin)


def test_an_archived_name_is_free_again(cast: Cast) -> None:
    old = make(cast, "Support")
    with cast.writing():
        service.archive_department(cast.actor("hr_admin"), old["id"])
    assert make(cast, "Support")["id"] != old["id"]
    with cast.reading(), pytest.raises(NotFound):
        queries.department(cast.actor("agent"), old["id"])


def test_a_department_with_people_or_departments_stays(cast: Cast) -> None:
    top = make(cast, "Top")
    make(cast, "Below", top["id"])
    with cast.writing(), pytest.raises(DepartmentNotEmpty):
        service.archive_department(cast.actor("hr_admin"), top["id"])


def test_sixteen_levels_are_too_deep(cast: Cast) -> None:
    parent: str | None = None
    for level in range(15):
        parent = make(cast, f"Level {level}", parent)["id"]
    with pytest.raises(Invalid):
        make(cast, "One more", parent)


def test_a_stale_change_is_refused(cast: Cast) -> None:
    department = make(cast, "Support")
    with cast.writing(), pytest.raises(Stale):
        service.update_department(cast.actor("hr_admin"), department["id"], {"name": "Help"}, expected_version=7)


def test_another_workspaces_parent_is_unknown(cast: Cast) -> None:
    with cast.writing(cast.other):
        foreign = service.create_department(cast.actor("outsider"), name="Theirs")
    with pytest.raises(Invalid) as refusal:
        make(cast, "Mine", foreign["id"])
    assert refusal.value.errors[0].pointer == "/parent_id"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), max_size=12))
def test_any_sequence_of_moves_leaves_a_tree(cast: Cast, moves: list[tuple[int, int]]) -> None:
    stamp = len(moves)
    with cast.reading():
        known = [row.id for row in queries.all_departments(cast.actor("hr_admin"))]
    ids = known[:6] or [make(cast, f"D{place} {stamp}")["id"] for place in range(6)]
    for what, where in moves:
        with suppress(DepartmentCycle, Invalid):
            move(cast, ids[what], ids[where] if where >= 0 else None)
    assert_is_tree(cast)
