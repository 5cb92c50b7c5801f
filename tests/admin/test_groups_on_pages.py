"""An app that is for a group: the pages show the group, and saving them keeps it."""

from __future__ import annotations

import pytest

from portico.domains.directory import service as directory
from portico.domains.installations import queries
from tests.support import apps
from tests.support.faces import words


@pytest.fixture
def group(cast):
    with cast.writing():
        made = directory.create_group(cast.actor("owner"), name="First aiders")
        directory.change_members(cast.actor("owner"), made["id"], add=[cast.employee_id("employee")])
    return made


@pytest.fixture
def installed(cast, group):
    apps.register(cast)
    return apps.install(cast, availability_={"kind": "only", "include": [{"kind": "group", "id": group["id"]}]})


def test_the_app_page_names_the_group(faces, installed):
    assert "First aiders" in words(faces("admin").get(f"/admin/apps/{installed['id']}"))


def test_saving_whom_it_is_for_keeps_the_group(faces, cast, group, installed):
    admin, page = faces("admin"), f"/admin/apps/{installed['id']}/people"
    shown = admin.get(page)
    assert f'value="{group["id"]}" checked' in shown.get_data(as_text=True)
    person = cast.employee_id("agent")
    admin.post(page, {"who": "only", "include": [group["id"], person]})
    with cast.reading():
        rules = queries.installation(cast.actor("owner"), installed["id"])["availability"]["include"]
    assert {rule["id"] for rule in rules} == {group["id"], person}


def test_a_group_is_found_by_its_name(faces, group, installed):
    found = faces("admin").post(
        f"/admin/apps/{installed['id']}/people", {"who": "only", "step": "search", "q": "first"}
    )
    assert group["id"] in found.get_data(as_text=True)


def test_why_understands_groups(faces, cast, installed):
    admin, page = faces("admin"), f"/admin/apps/{installed['id']}/why?employee_id="
    assert "This person may use it" in words(admin.get(page + cast.employee_id("employee")))
    assert "This person may use it" not in words(admin.get(page + cast.employee_id("agent")))
