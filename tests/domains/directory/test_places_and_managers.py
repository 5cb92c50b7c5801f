"""Who stands in which departments, and who reports to whom."""

from __future__ import annotations

import threading

import pytest

from portico.domains.directory import queries, service
from portico.domains.directory.errors import DepartmentNotEmpty, ManagerCycle
from portico.kernel.errors import Invalid
from portico.kernel.listing import ListQuery
from tests.support.cast import Cast
from tests.support.http import Api

pytestmark = pytest.mark.both_databases


def add(cast: Cast, name: str, **values: object) -> str:
    with cast.writing():
        return str(service.create_employee(cast.actor("hr_admin"), {"display_name": name, **values})["id"])


def departments(cast: Cast, number: int) -> list[str]:
    with cast.writing():
        return [service.create_department(cast.actor("hr_admin"), name=f"D{one}")["id"] for one in range(number)]


def test_e_d_05_an_employee_stands_in_a_hundred_departments_and_one_is_primary(api: Api, cast: Cast) -> None:
    ids, person = departments(cast, 101), add(cast, "Bea")
    hr, path = api("hr_admin"), f"/employees/{person}"
    answer = hr.patch(path, json={"departments": [{"id": one} for one in ids[:100]]}).json
    assert len(answer["departments"]) == 100
    assert [place["id"] for place in answer["departments"] if place["primary"]] == [ids[0]]
    too_many = hr.put(f"/departments/{ids[100]}/members/{person}", json={})
    assert (too_many.status_code, too_many.json["errors"][0]["code"]) == (422, "too_many")
    assert hr.patch(path, json={"departments": [{"id": one} for one in ids]}).status_code == 422
    with cast.reading():
        assert len(queries.departments_of(cast.actor("agent"), person)) == 100


def test_one_place_is_changed_without_naming_the_others(api: Api, cast: Cast) -> None:
    hr, person = api("hr_admin"), add(cast, "Bea")
    first, second = departments(cast, 2)
    assert hr.put(f"/departments/{first}/members/{person}").json["departments"][0]["primary"] is True
    lead = {"lead": True, "title": "Deputy", "sort_order": 3}
    places = hr.put(f"/departments/{second}/members/{person}", json=lead).json["departments"]
    assert places[1] == {"id": second, "primary": False, "lead": True, "title": "Deputy", "sort_order": 3}
    places = hr.put(f"/departments/{second}/members/{person}", json={"primary": True}).json["departments"]
    assert [(place["id"], place["primary"], place["title"]) for place in places] == [
        (second, True, "Deputy"),
        (first, False, None),
    ]
    refused = hr.put(f"/departments/{second}/members/{person}", json={"primary": False})
    assert refused.json["errors"][0]["pointer"] == "/primary"
    assert hr.get(f"/departments/{second}").json["lead_employee_ids"] == [person]
    assert hr.delete(f"/departments/{second}/members/{person}").status_code == 204
    assert [(p["id"], p["primary"]) for p in hr.get(f"/employees/{person}").json["departments"]] == [(first, True)]
    assert hr.delete(f"/departments/{second}/members/{person}").status_code == 404
    assert hr.get(f"/departments/{second}").json["lead_employee_ids"] == []


def test_of_several_who_would_be_primary_at_once_one_is(cast: Cast) -> None:
    ids, person = departments(cast, 4), add(cast, "Bea")
    start = threading.Barrier(len(ids))

    def go(department_id: str) -> None:
        start.wait()
        with cast.writing():
            service.put_member(cast.actor("hr_admin"), department_id, person, {"primary": True})

    threads = [threading.Thread(target=go, args=(one,)) for one in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with cast.reading():
        places = queries.employee(cast.actor("hr_admin"), person)["departments"]
    assert {place["id"] for place in places} == set(ids)
    assert [place["primary"] for place in places] == [True, False, False, False]


def test_nobody_comes_into_a_department_that_is_being_archived(cast: Cast) -> None:
    (department_id,), people = departments(cast, 1), [add(cast, f"P{number}") for number in range(3)]
    start, refused = threading.Barrier(4), []

    def come(employee_id: str) -> None:
        start.wait()
        try:
            with cast.writing():
                service.update_employee(cast.actor("hr_admin"), employee_id, {"departments": [{"id": department_id}]})
        except Invalid:
            refused.append(employee_id)

    def archive() -> None:
        start.wait()
        try:
            with cast.writing():
                service.archive_department(cast.actor("hr_admin"), department_id)
        except DepartmentNotEmpty as refusal:
            refused.append(refusal.code)

    threads = [threading.Thread(target=come, args=(one,)) for one in people] + [threading.Thread(target=archive)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with cast.reading():
        inside = queries.people_in(cast.actor("hr_admin"), department_id)
        archived = queries.any_department(cast.actor("hr_admin"), department_id)["archived_at"] is not None
    assert archived is not bool(inside)
    assert refused == ["department_not_empty"] if inside else set(refused) == set(people)


def test_e_d_08_nobody_becomes_their_own_manager_over_two_others(cast: Cast) -> None:
    a = add(cast, "A")
    b = add(cast, "B", manager_id=a)
    c = add(cast, "C", manager_id=b)
    for manager in (a, b, c):
        with cast.writing(), pytest.raises(ManagerCycle):
            service.update_employee(cast.actor("hr_admin"), a, {"manager_id": manager})
    with cast.reading():
        assert queries.managers_above(cast.actor("agent"), c) == [c, b, a]
        (report,) = queries.page_of_reports(cast.actor("agent"), a, ListQuery()).rows
    assert report["id"] == b


def test_e_d_08_three_who_would_become_each_others_managers_at_once_do_not(cast: Cast) -> None:
    ids = [add(cast, name) for name in "ABC"]
    start, refused = threading.Barrier(3), []

    def go(employee_id: str, manager_id: str) -> None:
        start.wait()
        try:
            with cast.writing():
                service.update_employee(cast.actor("hr_admin"), employee_id, {"manager_id": manager_id})
        except ManagerCycle:
            refused.append(employee_id)

    pairs = zip(ids, [*ids[1:], ids[0]], strict=True)
    threads = [threading.Thread(target=go, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1


def test_who_has_left_manages_nobody_new(api: Api, cast: Cast) -> None:
    gone = add(cast, "Gone")
    with cast.writing():
        service.depart(cast.actor("hr_admin"), gone)
    answer = api("hr_admin").patch(f"/employees/{add(cast, 'New')}", json={"manager_id": gone})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/manager_id")
