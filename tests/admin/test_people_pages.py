"""Inviting, and what an admin does with one person."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from portico import settings as current_settings
from portico.domains.directory import service as directory
from portico.kernel import clock
from tests.support.faces import words

LINK = re.compile(r"http://127\.0\.0\.1:8000/account/invitation/ptl_[A-Za-z0-9]+")


@pytest.fixture
def support(cast):
    with cast.writing():
        return directory.create_department(cast.system(), name="Support")


def invite(browser, **values):
    given = {"display_name": "Nina New", "email": "nina@acme.example", "role": "agent"}
    return browser.post("/admin/people/invite", {**given, **values})


def test_an_invitation_shows_a_link_to_hand_over(faces, support):
    admin = faces("admin")
    page = admin.follow(invite(admin, include=[support["id"]]))
    said = words(page)
    assert "Nina New is invited." in said
    assert "Support" in said
    assert LINK.search(page.text)


def test_no_link_is_shown_where_a_mail_server_takes_it(faces, settings):
    admin = faces("admin")
    person = admin.follow(invite(admin)).request.path
    current_settings.configure(replace(settings, smtp_url="console:"))
    assert not LINK.search(admin.get(person).text)


def test_who_may_not_invite_sees_no_link(faces):
    admin = faces("admin")
    person = admin.follow(invite(admin)).request.path
    assert not LINK.search(faces("hr_admin").get(person).text)


def test_a_new_link_kills_the_old_one_and_withdrawing_ends_it(faces):
    admin = faces("admin")
    first = admin.follow(invite(admin))
    person = first.request.path
    again = admin.follow(admin.post(f"{person}/resend"))
    assert LINK.search(first.text)[0] != LINK.search(again.text)[0]
    gone = admin.follow(admin.post(f"{person}/withdraw"))
    assert not LINK.search(gone.text)


def test_wrong_fields_are_named_and_what_was_typed_stays(faces):
    answer = invite(faces("admin"), display_name=" ", email="no address")
    assert answer.status_code == 422
    assert "no address" in answer.text
    assert "field-errors" in answer.text


def test_an_address_that_is_taken_is_told_on_the_form(faces, cast):
    answer = invite(faces("admin"), email=cast.email("agent"))
    assert answer.status_code == 409
    assert "Another employee has this e-mail address." in words(answer)
    assert 'value="Nina New"' in answer.text


def test_searching_departments_sends_nothing_and_keeps_the_form(faces, support):
    answer = faces("admin").post(
        "/admin/people/invite", {"display_name": "Nina", "step": "search", "q": "supp", "include": [support["id"]]}
    )
    assert answer.status_code == 200
    assert 'value="Nina"' in answer.text
    assert f'value="{support["id"]}" checked' in answer.text


def test_only_owners_make_owners(faces, cast):
    assert 'value="owner"' not in faces("admin").get("/admin/people/invite").text
    answer = invite(faces("admin"), role="owner")
    assert answer.status_code == 422
    page = f"/admin/people/{cast.employee_id('agent')}"
    assert faces("admin").post(f"{page}/role", {"role": "owner"}).status_code == 422
    owner = faces("owner")
    assert "The role is changed." in words(owner.follow(owner.post(f"{page}/role", {"role": "owner"})))


def test_the_last_owner_stays_one(faces, cast):
    owner = faces("owner")
    answer = owner.post(f"/admin/people/{cast.employee_id('owner')}/role", {"role": "agent"})
    assert answer.status_code == 409
    assert "at least one owner" in words(answer)


def test_e_d_17_suspending_ends_the_session_and_can_be_undone(faces, cast):
    admin, agent = faces("admin"), faces("agent")
    page = f"/admin/people/{cast.employee_id('agent')}"
    assert agent.get("/").status_code == 200
    assert "Suspended." in words(admin.follow(admin.post(f"{page}/suspend")))
    assert agent.get("/").status_code == 404
    assert "Active again" in words(admin.follow(admin.post(f"{page}/reactivate")))
    assert agent.get("/").status_code == 200


def test_departing_is_said_before_and_who_comes_back_is_the_same(faces, cast, support):
    admin, page = faces("admin"), f"/admin/people/{cast.employee_id('agent')}"
    with cast.writing():
        directory.put_member(cast.system(), support["id"], cast.employee_id("agent"), {"lead": True})
        report = {"display_name": "Rita Report", "manager_id": cast.employee_id("agent")}
        report_id = directory.create_employee(cast.system(), report)["id"]
    said = words(admin.get(f"{page}/depart"))
    for sentence in ("every session and every token end in the same moment", "They leave Support", "1 person reports"):
        assert sentence in said
    found = admin.post(f"{page}/depart", {"step": "search", "q-reassign_reports_to": "owner"})
    assert cast.employee_id("owner") in found.text
    left = {"leaves_on": "2026-11-30", "reassign_reports_to": cast.employee_id("owner")}
    shown = words(admin.follow(admin.post(f"{page}/depart", left)))
    assert "Departed." in shown
    assert "Departments of before Support Department lead" in shown
    assert "Manager Owner" in words(admin.get(f"/admin/people/{report_id}"))
    assert cast.email("agent") not in admin.get("/admin/people").text
    assert cast.email("agent") in admin.get("/admin/people?status=departed").text
    assert "Last in: Support" in words(admin.get(f"{page}/rehire"))
    back = {"hired_on": "2027-01-04", "email": cast.email("agent"), "employee_no": "", "include": [support["id"]]}
    assert "Here again" in words(admin.follow(admin.post(f"{page}/rehire", back)))
    assert faces("agent").get("/").status_code == 200


def test_private_details_are_changed_on_a_page_of_their_own(faces, cast):
    page = f"/admin/people/{cast.employee_id('agent')}/private"
    admin = faces("admin")
    values = {"mobile": "+49 170 1", "hide_mobile": "y", "hired_on": "2026-02-01", "private_email": "", "leaves_on": ""}
    said = words(admin.follow(admin.post(page, values)))
    assert "Private phone +49 170 1 Kept private" in said
    assert faces("agent").get(page).status_code == 403


def test_details_and_departments_are_changed_together(faces, cast, support):
    admin = faces("admin")
    page = f"/admin/people/{cast.employee_id('agent')}"
    values = {"display_name": "Tom\u202e Becker", "title": "Support agent", "email": "tom@acme.example"}
    more = {"employee_no": "A-7", "manager_id": cast.employee_id("owner")}
    shown = admin.follow(admin.post(f"{page}/edit", {**values, **more, "include": [support["id"]]}))
    said = words(shown)
    assert "Manager Owner" in said
    assert "A-7" in said
    refused = faces("owner").post(
        f"/admin/people/{cast.employee_id('owner')}/edit",
        {"display_name": "Owner", "manager_id": cast.employee_id("agent")},
    )
    assert "own manager" in words(refused)
    assert "Tom Becker" in said
    assert "Support agent" in said
    assert "Support" in said


def test_names_that_look_like_markup_stay_text(faces, cast):
    name = "<img src=x onerror=alert(1)>"
    with cast.writing():
        directory.update_employee(cast.system(), cast.employee_id("agent"), {"display_name": name})
    admin = faces("admin")
    for path in ("/admin/people", f"/admin/people/{cast.employee_id('agent')}"):
        answer = admin.get(path)
        assert name not in answer.text
        assert name in words(answer)


def test_a_list_of_many_is_searched_and_paged(faces, cast):
    with cast.writing(), clock.held(clock.now()):
        for number in range(30):
            directory.create_employee(cast.system(), {"display_name": f"Person {number:02}"})
    admin = faces("admin")
    first = admin.get("/admin/people")
    assert "Next page" in words(first)
    assert "Person 17" in words(admin.get("/admin/people?q=person+17"))
    assert "Nobody is like this" in words(admin.get("/admin/people?q=nowhere"))
