"""Who gets into the admin face, and that no form works from elsewhere."""

from __future__ import annotations

import re

import pytest

from tests.support import apps
from tests.support.faces import words

PAGES = {
    "/admin/": {"admin", "owner"},
    "/admin/people": {"hr_admin", "admin", "owner"},
    "/admin/people/invite": {"admin", "owner"},
    "/admin/departments": {"hr_admin", "admin", "owner"},
    "/admin/departments/new": {"hr_admin", "admin", "owner"},
    "/admin/apps": {"app_manager", "admin", "owner"},
    "/admin/catalogue": {"app_manager", "admin", "owner"},
    "/admin/webhooks": {"app_manager", "admin", "owner"},
    "/admin/webhooks/new": {"app_manager", "admin", "owner"},
    "/admin/webhooks/deliveries": {"app_manager", "admin", "owner"},
    "/admin/settings": {"admin", "owner"},
}
ROLES = ("employee", "agent", "developer", "hr_admin", "app_manager", "admin", "owner")


@pytest.mark.parametrize("path", PAGES)
def test_each_page_opens_for_its_roles_alone(faces, path):
    for role in ROLES:
        assert faces(role).get(path).status_code == (200 if role in PAGES[path] else 403), role


@pytest.mark.parametrize("path", PAGES)
def test_a_stranger_is_sent_to_sign_in_and_another_workspace_is_not_there(faces, path):
    answer = faces(None).get(path)
    assert answer.status_code == 302
    assert "/sign-in" in answer.headers["Location"]
    assert faces("outsider", slug="acme").get(path).status_code == 404


def test_objects_of_another_workspace_are_not_there(faces, cast):
    installation = apps.register(cast, owner="outsider") and apps.install(cast, by="outsider")
    admin = faces("admin")
    assert admin.get(f"/admin/apps/{installation['id']}").status_code == 404
    assert admin.post(f"/admin/apps/{installation['id']}/suspend").status_code == 404
    assert admin.get(f"/admin/people/{cast.employee_id('outsider')}").status_code == 404
    assert admin.post(f"/admin/people/{cast.employee_id('outsider')}/depart").status_code == 404


@pytest.mark.parametrize("path", ["/admin/departments/new", "/admin/people/invite", "/admin/settings"])
def test_a_post_without_its_token_changes_nothing(faces, path):
    assert faces("admin").post(path, {"name": "Forged"}, csrf=False).status_code == 400


def test_a_post_from_another_site_is_refused(faces):
    admin = faces("admin")
    admin.get("/admin/departments/new")
    answer = admin.post("/admin/departments/new", {"name": "Forged"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code in (400, 403)
    assert "Forged" not in words(admin.get("/admin/departments"))


def test_the_menu_holds_what_the_role_may_open(faces):
    menu = words(faces("hr_admin").get("/admin/people"))
    assert "Departments" in menu
    assert "Installed apps" not in menu
    assert "Webhooks" not in menu


def test_each_group_of_the_menu_stands_in_one_place(faces):
    headings = re.findall(r'class="rail-group">([^<]+)<', faces("owner").get("/admin/").text)
    assert headings[0] == "Company"
    assert len(set(headings)) > 2
    assert len(headings) == len(set(headings))
