"""Roles on their pages: copied from one that is there, given, changed, deleted."""

from __future__ import annotations

from tests.support.faces import words


def test_an_admin_puts_a_role_together(faces, cast):
    assert faces("agent").get("/admin/roles").status_code == 403
    reader = faces("hr_admin")
    assert "New role" not in words(reader.get("/admin/roles"))
    assert reader.get("/admin/roles/new").status_code == 403
    browser = faces("admin")
    assert "No roles of your own" in words(browser.get("/admin/roles"))
    assert 'value="Copy of Agent"' in browser.get("/admin/roles/new?like=agent").text
    given = {"name": "Front desk", "description": "Answers the phone", "scopes": ["contacts:read"]}
    answer = browser.post("/admin/roles/new", given)
    assert "Nobody yet" in words(browser.follow(answer))
    place = answer.headers["Location"].partition("/w/acme")[2]
    assert browser.post("/admin/roles/new", given).status_code == 409

    person = f"/admin/people/{cast.employee_id('employee')}"
    assert "Front desk" in words(browser.get(person))
    assert browser.post(f"{person}/role", {"role": place.rsplit("/", 1)[1]}).status_code == 303
    assert "Front desk" in words(browser.get("/admin/people"))
    assert "It counts as: Agent" not in words(browser.get(place))
    assert browser.post(place, {**given, "scopes": ["tickets.internal:read"], "version": "1"}).status_code == 303
    page = words(browser.get(place))
    assert "It counts as: Agent" in page
    assert "1 person has it" in page
    assert "Front desk" in words(faces("employee").get("/"))
    assert browser.post(f"{place}/delete", {"move_to": "announcer"}).status_code == 303
    assert "Announcer" in words(faces("employee").get("/"))
    assert browser.get(place).status_code == 404
