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
    assert f'selected value="{tree["Sales"]}"' in form.text
    shown = admin.follow(admin.post("/admin/departments/new", {"name": "South", "parent_id": tree["Sales"]}))
    assert "South is made." in words(shown)


def test_renaming_and_moving(faces, tree):
    admin = faces("admin")
    moved = admin.follow(
        admin.post(f"/admin/departments/{tree['North']}", {"name": "Far North", "parent_id": tree["Support"]})
    )
    assert "Far North" in words(moved)
    page = admin.get(f"/admin/departments/{tree['North']}")
    assert "Support / Far North" in words(page)


def test_nothing_can_be_moved_below_itself(faces, tree):
    admin = faces("admin")
    page = f"/admin/departments/{tree['Sales']}"
    assert f'value="{tree["North"]}"' not in admin.get(page).text
    answer = admin.post(page, {"name": "Sales", "parent_id": tree["North"]})
    assert answer.status_code == 422
    assert 'value="Sales"' in answer.text


def test_a_twin_among_siblings_is_refused_on_the_form(faces, tree):
    answer = faces("admin").post("/admin/departments/new", {"name": "sales", "parent_id": ""})
    assert answer.status_code == 409
    assert "stands in the same place already" in words(answer)


@pytest.mark.parametrize("name", ["", "   ", "\u202e", "x" * 101])
def test_a_name_is_needed_and_bounded(faces, name):
    assert faces("admin").post("/admin/departments/new", {"name": name, "parent_id": ""}).status_code == 422


def test_only_an_empty_department_is_put_away(faces, tree):
    admin = faces("admin")
    kept = admin.follow(admin.post(f"/admin/departments/{tree['Sales']}/archive"))
    assert "move them first" in words(kept)
    gone = admin.follow(admin.post(f"/admin/departments/{tree['North']}/archive"))
    assert "North" not in words(gone)


def test_settings_of_the_workspace(faces):
    admin = faces("admin")
    values = {"name": "Acme & Söhne", "timezone": "Europe/Berlin", "locale": "zh_Hans_CN"}
    assert "Acme & Söhne" in words(admin.follow(admin.post("/admin/settings", values)))
    assert admin.post("/admin/settings", {**values, "timezone": "Mars/Olympus"}).status_code == 422
    assert admin.post("/admin/settings", {**values, "name": " "}).status_code == 422


def test_the_first_day_is_made_of_facts(faces, tree):
    page = words(faces("admin").get("/admin/"))
    assert "2 of 3 done" in page
    assert "Open the catalogue" in page
