"""The tree of departments stays a tree, whatever is asked of it and however many ask at once."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portico.domains.directory import queries, service
from portico.domains.directory.errors import DepartmentArchived, DepartmentCycle, SiblingExists
from portico.kernel.errors import Invalid, NotFound, Refusal, Stale
from portico.kernel.listing import ListQuery
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


def make(cast: Cast, name: str, parent_id: str | None = None) -> dict[str, Any]:
    with cast.writing():
        return service.create_department(cast.actor("hr_admin"), name=name, parent_id=parent_id)


def move(cast: Cast, department_id: str, parent_id: str | None) -> None:
    with cast.writing():
        service.move_department(cast.actor("hr_admin"), department_id, parent_id=parent_id)


def assert_is_tree(cast: Cast) -> None:
    with cast.reading():
        rows = queries.all_departments(cast.actor("hr_admin"))
        assert all(len(row.path.strip("/").split("/")) <= 15 for row in rows)
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


def test_e_d_02_a_department_cannot_go_below_itself(cast: Cast) -> None:
    top = make(cast, "Top")
    below = make(cast, "Below", top["id"])
    with pytest.raises(DepartmentCycle):
        move(cast, top["id"], below["id"])
    assert_is_tree(cast)


def test_e_d_01_two_opposite_moves_at_once_leave_a_tree(cast: Cast) -> None:
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


@pytest.mark.parametrize("twin", ["ＳＵＰＰＯＲＴ", " Suppört "])
def test_e_d_03_siblings_differ_by_more_than_case_width_and_marks(cast: Cast, twin: str) -> None:
    make(cast, "Support")
    with pytest.raises(SiblingExists):
        make(cast, twin)


def test_an_archived_name_is_free_and_its_department_comes_back_when_it_is_free_again(cast: Cast) -> None:
    hr = cast.actor("hr_admin")
    top = make(cast, "Top")["id"]
    old = make(cast, "Support", top)["id"]
    with cast.writing():
        service.archive_department(hr, old)
    new = make(cast, "Support", top)["id"]
    with cast.reading(), pytest.raises(NotFound):
        queries.department(hr, old)
    with cast.writing(), pytest.raises(SiblingExists):
        service.unarchive_department(hr, old)
    with cast.writing():
        service.delete_department(hr, new)
        service.archive_department(hr, top)
    with cast.writing(), pytest.raises(DepartmentArchived):
        service.unarchive_department(hr, old)
    with cast.writing():
        service.unarchive_department(hr, top)
        service.move_department(hr, top, parent_id=service.create_department(hr, name="Above")["id"])
        assert len(service.unarchive_department(hr, old)["path"]) == 3, "the subtree moved while it was away"
    assert_is_tree(cast)
    with cast.reading():
        assert [row["id"] for row in queries.page_of_departments(hr, ListQuery(q="support")).rows] == [old]


def test_e_d_04_a_department_with_people_or_departments_says_what_stands_in_the_way(api: Api, cast: Cast) -> None:
    hr = api("hr_admin")
    top, other = make(cast, "Top")["id"], make(cast, "Other")["id"]
    below = make(cast, "Below", top)["id"]
    person = hr.post("/employees", json={"display_name": "Bea", "departments": [{"id": below}]}).json
    answer = hr.delete(f"/departments/{top}")
    assert (answer.status_code, answer.json["code"]) == (409, "department_not_empty")
    assert (answer.json["people"], answer.json["departments"]) == (0, 1)
    assert "Below" in answer.json["detail"]
    answer = hr.delete(f"/departments/{below}")
    assert (answer.json["people"], answer.json["departments"]) == (1, 0)
    assert "move_members_to" in answer.json["detail"]
    for wrong in (below, cast.employee_id("agent"), "dep_0"):
        assert hr.delete(f"/departments/{below}?move_members_to={wrong}").status_code == 422
    assert hr.delete(f"/departments/{below}?move_members_to={other}").status_code == 204
    moved = hr.get(f"/employees/{person['id']}").json
    assert [(place["id"], place["primary"]) for place in moved["departments"]] == [(other, True)]
    assert moved["version"] == person["version"] + 1
    (past,) = hr.get(f"/employees/{person['id']}/past-departments").json["data"]
    assert (past["department_id"], past["department_name"], past["primary"]) == (below, "Below", True)
    assert hr.get(f"/departments/{below}").status_code == 404
    assert hr.delete(f"/departments/{top}").status_code == 204


def test_who_goes_where_they_stand_already_stays_there_once(api: Api, cast: Cast) -> None:
    hr = api("hr_admin")
    old, new = make(cast, "Old")["id"], make(cast, "New")["id"]
    places = [{"id": old, "primary": True, "lead": True}, {"id": new, "title": "Deputy"}]
    person = hr.post("/employees", json={"display_name": "Bea", "departments": places}).json["id"]
    assert hr.post(f"/departments/{old}/archive", json={"move_members_to": new}).json["archived_at"]
    (place,) = hr.get(f"/employees/{person}").json["departments"]
    assert (place["id"], place["primary"], place["lead"], place["title"]) == (new, True, False, "Deputy")
    assert [d["id"] for d in hr.get("/departments?filter[archived]=true").json["data"]] == [old]
    assert old not in hr.get("/departments").text


def test_the_tree_is_cut_off_where_it_is_asked_to_and_says_how_much_is_below(api: Api, cast: Cast) -> None:
    top = make(cast, "Top")["id"]
    below = make(cast, "Below", top)["id"]
    make(cast, "Deep", below)
    (root,) = api("employee").get("/departments/tree?depth=1").json["data"]
    assert (root["id"], root["children"], root["descendants"]) == (top, [], 2)
    (root,) = api("employee").get("/departments/tree").json["data"]
    assert root["children"][0]["children"][0]["name"] == "Deep"
    assert api("employee").get("/departments/tree?depth=0").status_code == 422


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


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rounds=st.lists(
        st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), min_size=3, max_size=3), min_size=1, max_size=4
    )
)
def test_e_d_01_moves_at_the_same_moment_always_leave_a_tree(cast: Cast, rounds: list[list[tuple[int, int]]]) -> None:
    with cast.reading():
        known = [row.id for row in queries.all_departments(cast.actor("hr_admin"))]
    ids = known[:6] or [make(cast, f"D{place}")["id"] for place in range(6)]

    def go(what: int, where: int, start: threading.Barrier) -> None:
        start.wait()
        with suppress(DepartmentCycle, Invalid, Stale):
            move(cast, ids[what], ids[where] if where >= 0 else None)

    for moves in rounds:
        start = threading.Barrier(len(moves))
        threads = [threading.Thread(target=go, args=(*one, start)) for one in moves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert_is_tree(cast)
