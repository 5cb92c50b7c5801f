"""The tree of departments, and the settings of the workspace."""

from __future__ import annotations

import pytest

from portico.domains.directory import service as directory
from tests.support.faces import words


@pytest.fixture
def tree(cast):
    made = {}
    for name, parent in (("Sales", None), ("North", "Sales"), ("Support", None)):
        with cast.writing():
            row = directory.create_department(cast.system(), name=name, parent_id=made.get(parent))
            made[name] = row["id"]
    return made


def test_a_department_is_made_below_another(faces, tree):
    admin = faces("admin")
    form = admin.get(f"/admin/departments/new?parent={tree['Sales']}")
    assert f'value="{tree["Sales"]}" checked' in form.text
    shown = admin.follow(
        admin.post("/admin/departments/new", {"name": "South", "sort_order": "0", "parent_id": tree["Sales"]})
    )
    assert "South is made." in words(shown)


def test_renaming_and_moving(faces, tree):
    admin, page = faces("admin"), f"/admin/departments/{tree['North']}"
    admin.post(page, {"name": "Far North", "sort_order": "2"})
    assert f'value="{tree["Sales"]}" checked' in admin.get(f"{page}/move").text
    moved = words(admin.follow(admin.post(f"{page}/move", {"parent_id": tree["Support"]})))
    assert "Far North has moved" in moved
    assert "Support Far North" in moved


def test_nothing_can_be_moved_below_itself(faces, tree):
    admin, page = faces("admin"), f"/admin/departments/{tree['Sales']}/move"
    shown = admin.get(page)
    assert "1 department below comes along" in words(shown)
    assert f'value="{tree["North"]}"' not in shown.text
    answer = admin.post(page, {"parent_id": tree["North"]})
    assert answer.status_code == 409
    assert "A department cannot be moved below itself." in words(answer)


def test_places_among_thousands_are_searched_for(faces, cast, tree):
    with cast.writing():
        for number in range(30):
            directory.create_department(cast.system(), name=f"Branch {number:02}", parent_id=tree["Sales"])
    admin, page = faces("admin"), f"/admin/departments/{tree['Support']}/move"
    assert "There are more. Type to find them." in words(admin.get(page))
    found = admin.post(page, {"step": "search", "q-parent_id": "branch 29", "parent_id": tree["North"]})
    assert "Sales / Branch 29" in words(found)
    assert f'value="{tree["North"]}" checked' in found.text
    assert "Support" in words(admin.get("/admin/departments"))


def test_a_twin_among_siblings_is_refused_on_the_form(faces, tree):
    answer = faces("admin").post("/admin/departments/new", {"name": "sales", "sort_order": "0", "parent_id": ""})
    assert answer.status_code == 409
    assert "stands in the same place already" in words(answer)


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "x" * 101])
def test_a_name_is_needed_and_bounded(faces, name):
    assert (
        faces("admin").post("/admin/departments/new", {"name": name, "sort_order": "0", "parent_id": ""}).status_code
        == 422
    )


def test_the_page_says_what_stands_in_the_way_and_takes_the_people_along(faces, cast, tree):
    admin, sales, north = faces("admin"), f"/admin/departments/{tree['Sales']}", f"/admin/departments/{tree['North']}"
    page = admin.get(f"{sales}/archive")
    assert "Departments below it must go first North" in words(page)
    assert "disabled" in page.text
    assert admin.post(f"{sales}/archive").status_code == 409
    person = f"/admin/people/{cast.employee_id('agent')}"
    admin.post(f"{north}/add", {"include": [cast.employee_id("agent")]})
    admin.post(f"{north}/lead", {"employee_id": cast.employee_id("agent"), "lead": "1"})
    assert "Agent agent@acme.example Department lead" in words(admin.get(north))
    assert "1 person stands here" in words(admin.get(f"{north}/archive"))
    refused = admin.post(f"{north}/archive", {"move_members_to": ""})
    assert refused.status_code == 409
    assert "Choose where its people go." in words(refused)
    gone = words(admin.follow(admin.post(f"{north}/archive", {"move_members_to": tree["Support"]})))
    assert "North is archived." in gone
    assert "Departments Support" in words(admin.get(person))
    assert "Departments of before North Department lead" in words(admin.get(person))
    assert "Brought back" in words(admin.follow(admin.post(f"{north}/unarchive")))
    assert "North is deleted." in words(admin.follow(admin.post(f"{north}/delete")))
    assert admin.get(north).status_code == 404


def test_settings_of_the_workspace(faces):
    admin = faces("admin")
    values = {"name": "Acme & Söhne", "timezone": "Europe/Berlin", "locale": "zh_Hans_CN"}
    assert "Acme & Söhne" in words(admin.follow(admin.post("/admin/settings", values)))
    assert admin.post("/admin/settings", {**values, "timezone": "Mars/Olympus"}).status_code == 422
    assert admin.post("/admin/settings", {**values, "name": " "}).status_code == 422


def test_the_first_day_is_made_of_facts(faces, tree):
    page = words(faces("admin").get("/admin/"))
    assert "2 of 6 done" in page
    assert "Open the catalogue" in page
