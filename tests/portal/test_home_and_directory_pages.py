"""Home, people and departments."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portico.domains.directory import service as directory
from portico.kernel import clock
from tests.portal.records import contact, own_ticket, ticket
from tests.support.faces import words


@pytest.mark.parametrize(("hour", "greeting"), [(8, "Good morning"), (13, "Good afternoon"), (23, "Good evening")])
def test_home_greets_by_the_persons_clock(faces, cast, hour, greeting):
    moment = datetime.fromisoformat("2026-11-22T00:00:00+00:00") + timedelta(hours=hour)
    with clock.held(moment):
        assert f"{greeting}, Agent" in words(faces("agent").get("/"))


def test_home_shows_the_agents_work_and_the_employees_requests(faces, cast):
    person = contact(cast)
    ticket(cast, person["id"], "Mine to do", assignee_id=cast.employee_id("agent"))
    ticket(cast, person["id"], "Nobody's yet")
    own_ticket(cast, subject="My chair")
    agent, employee = words(faces("agent").get("/")), words(faces("employee").get("/"))
    assert "Your open tickets Mine to do" in agent
    assert "Nobody's yet" in agent
    assert "Recent contacts" in agent
    assert "What you asked for My chair" in employee
    assert "Mine to do" not in employee
    assert "Recent contacts" not in employee


def test_home_of_a_new_workspace_has_no_empty_boxes(faces):
    text = words(faces("agent").get("/"))
    assert "All caught up" in text
    for title in ("Your open tickets", "Recent contacts", "Your apps"):
        assert title not in text


@pytest.fixture
def departments(cast):
    with cast.writing():
        support = directory.create_department(cast.system(), name="Support")
        care = directory.create_department(cast.system(), name="Care & more", parent_id=support["id"])
        places = [{"id": care["id"], "primary": True, "lead": True}]
        values = {"departments": places, "mobile": "+49 170 5555555", "title": "Agent of care"}
        directory.update_employee(cast.system(), cast.employee_id("agent"), values)
    return support["id"], care["id"]


def test_people_are_found_by_name_and_by_department_with_those_below(faces, departments):
    browser = faces("employee")
    assert "Hr Admin" in words(browser.get("/people"))
    found = words(browser.get("/people?q=age"))
    assert "agent@acme.example" in found
    assert "hr_admin@acme.example" not in found
    below = words(browser.get(f"/people?department={departments[0]}"))
    assert "agent@acme.example" in below
    assert "hr_admin@acme.example" not in below
    assert "Nobody found" in words(browser.get("/people?q=zzz"))
    assert f"/departments/{departments[1]}" in browser.get("/people?q=care").text


def test_a_private_number_is_for_its_owner_and_hr(faces, cast, departments):
    path = f"/people/{cast.employee_id('agent')}"
    seen = {name for name in ("employee", "agent", "hr_admin", "developer") if "5555555" in faces(name).get(path).text}
    assert seen == {"agent", "hr_admin"}


def test_people_keep_their_number_to_themselves(faces, cast, departments):
    agent, path = faces("agent"), f"/people/{cast.employee_id('agent')}"
    agent.post("/people/me", {"mobile": "+49 170 6666666", "hide_mobile": "y", "private_email": "a@home.example"})
    shown = words(agent.get(path))
    assert "+49 170 6666666 Kept private" in shown
    assert "a@home.example" in shown
    card = agent.get(f"{path}/card.vcf")
    assert card.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert "ORG:Acme;Care & more" in card.text
    assert "6666666" not in card.text
    assert "6666666" not in faces("employee").get(path).text


def test_a_person_stands_between_those_above_and_below(faces, cast):
    with cast.writing():
        for who, boss in (("agent", "hr_admin"), ("hr_admin", "owner"), ("employee", "agent")):
            values = {"manager_id": cast.employee_id(boss)}
            directory.update_employee(cast.system(), cast.employee_id(who), values)
    shown = words(faces("employee").get(f"/people/{cast.employee_id('agent')}"))
    assert "Reports to HA Hr Admin O Owner" in shown
    assert "Direct reports 1 person E Employee" in shown


def test_the_tree_leads_down_to_the_people(faces, departments):
    browser = faces("employee")
    assert "Care & more 1 person" in words(browser.get("/departments"))
    top = words(browser.get(f"/departments/{departments[0]}"))
    assert "Its people are in the departments below." in top
    node = words(browser.get(f"/departments/{departments[1]}"))
    assert "Agent Agent of care Offline Department lead" in node
    assert browser.get("/departments/dep_00000000000000000000000000").status_code == 404
