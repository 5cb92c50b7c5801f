"""One page per installed app: for whom, what it may do, what it heard, and how to stop it."""

from __future__ import annotations

import re

import pytest

from portico.domains.directory import service as directory
from portico.domains.installations import policies, queries, requests, service
from portico.kernel.listing import ListQuery
from tests.support import apps
from tests.support.apps import register
from tests.support.cast import PASSWORD
from tests.support.faces import words
from tests.support.factors import age_sessions

VERSION = re.compile(r'name="version" type="hidden" value="([^"]*)"')


@pytest.fixture
def installed(cast):
    apps.register(cast)
    return apps.install(cast)


def page_of(installed):
    return f"/admin/apps/{installed['id']}"


def now(cast, installed):
    with cast.reading():
        return queries.installation(cast.actor("owner"), installed["id"])


def test_suspend_resume_uninstall_each_says_before_what_it_does(faces, cast, installed):
    admin, page = faces("admin"), page_of(installed)
    said = words(admin.get(page))
    assert "Events wait, do not grow old, and are delivered when you resume it." in said
    assert "Tickets, contacts and notes stay whole" in words(admin.get(f"{page}/uninstall"))
    assert "This app is suspended" in words(admin.follow(admin.post(f"{page}/suspend")))
    assert "It works again." in words(admin.follow(admin.post(f"{page}/resume")))
    gone = admin.follow(admin.post(f"{page}/uninstall"))
    assert "This app is uninstalled" in words(gone)
    assert now(cast, installed)["status"] == "uninstalling"
    assert "Uninstalled" in words(admin.get("/admin/apps?status=uninstalled"))
    assert "its signed answer will stand here" in words(admin.follow(admin.post(f"{page}/erase")))


def test_why_is_answered_for_one_person(faces, cast, installed):
    admin, page = faces("admin"), page_of(installed)
    said = words(admin.get(f"{page}/why?employee_id={cast.employee_id('employee')}"))
    assert "This person may use it" in said
    assert "It is for everyone in the workspace." in said


def test_people_ask_and_admins_decide(faces, cast):
    register(cast)
    employee, admin = faces("employee"), faces("admin")
    assert "Helper" in words(employee.get("/catalogue"))
    assert employee.post("/catalogue/helper", {"reason": ""}).status_code == 422
    said = words(employee.follow(employee.post("/catalogue/helper", {"reason": "to greet people"})))
    assert "Your request is in." in said
    assert "Waiting" in said
    assert "to greet people" in words(admin.get("/admin/app-requests"))
    with cast.reading():
        (row,) = requests.page_of_requests(cast.actor("admin"), ListQuery()).rows
    admin.post(f"/admin/app-requests/{row['id']}/decline", {"reason": "not now"})
    assert "not now" in words(employee.get("/catalogue"))
    assert "not now" in words(admin.get("/admin/app-requests?status=decided"))


def test_the_policy_is_set_on_its_page(faces, cast):
    admin = faces("admin")
    assert "What no app may do" in words(admin.get("/admin/app-policy"))
    values = {"version": "0", "deny_scopes": ["contacts:write"], "minimum_review": "person", "auto_approve": "read"}
    assert "Saved." in words(admin.follow(admin.post("/admin/app-policy", values)))
    with cast.reading():
        found = policies.policy(cast.actor("admin"))
    assert (found["deny_scopes"], found["minimum_review"]) == (["contacts:write"], "person")
    assert admin.post("/admin/app-policy", values).status_code == 412, "made from a version that is gone"


def test_a_step_that_does_not_fit_is_told_and_not_done(faces, cast, installed):
    admin, page = faces("admin"), page_of(installed)
    answer = admin.follow(admin.post(f"{page}/resume"))
    assert "can be resumed here" in words(answer)
    assert now(cast, installed)["status"] == "active"


def test_whom_it_is_for_is_changed_with_the_picker(faces, cast, installed):
    with cast.writing():
        support = directory.create_department(cast.system(), name="Support")
    admin, page = faces("admin"), page_of(installed)
    assert admin.post(f"{page}/people", {"who": "only"}).status_code == 422
    said = words(admin.follow(admin.post(f"{page}/people", {"who": "only", "include": [support["id"]]})))
    assert "Support" in said
    assert now(cast, installed)["availability"]["include"][0]["id"] == support["id"]
    admin.post(f"{page}/people", {"who": "everyone"})
    assert now(cast, installed)["for_everyone"]


def test_a_department_alone_stays_alone(faces, cast, installed):
    with cast.writing():
        support = directory.create_department(cast.system(), name="Support")
    rule = {"kind": "department", "id": support["id"], "recursive": False}
    with cast.writing():
        service.update_installation(
            cast.actor("admin"), installed["id"], {"availability": {"kind": "only", "include": [rule]}}
        )
    faces("admin").post(f"{page_of(installed)}/people", {"who": "only", "include": [support["id"]]})
    assert now(cast, installed)["availability"]["include"] == [rule]


def test_growth_waits_for_a_decision_and_shows_only_what_is_new(faces, cast):
    app = apps.register(cast)
    installed = apps.install(cast)
    apps.deploy(cast, app["id"], apps.asking("directory:read", "directory.sensitive:read"))
    admin, page = faces("admin"), page_of(installed)
    age_sessions()
    assert "A new version asks for more" in words(admin.get(page))
    form = admin.get(f"{page}/permissions")
    assert form.text.count("is-added") == 1
    version = VERSION.search(form.text)[1]
    refused = admin.post(f"{page}/permissions", {"version": version})
    assert refused.status_code == 422
    assert now(cast, installed)["granted_scopes"] == ["directory:read"]
    admin.post(f"{page}/permissions", {"version": version, "password": PASSWORD})
    assert now(cast, installed)["granted_scopes"] == ["directory.sensitive:read", "directory:read"]


def test_an_optional_permission_is_switched_off_again(faces, cast):
    apps.register(cast)
    installed = apps.install(cast, granted_scopes=["directory:read", "catalogue:read"])
    admin, page = faces("admin"), page_of(installed)
    form = admin.get(f"{page}/permissions")
    assert re.search(r'value="catalogue:read"[^>]* checked', form.text)
    admin.post(f"{page}/permissions", {"version": VERSION.search(form.text)[1]})
    assert now(cast, installed)["granted_scopes"] == ["directory:read"]


def test_a_decision_about_something_older_is_refused(faces, cast, installed):
    admin, page = faces("admin"), page_of(installed)
    seen = VERSION.search(admin.get(f"{page}/permissions").text)[1]
    admin.post(f"{page}/suspend")
    answer = admin.post(f"{page}/permissions", {"version": seen, "scopes": ["catalogue:read"]})
    assert answer.status_code == 412
    assert now(cast, installed)["granted_scopes"] == ["directory:read"]


def test_secret_settings_are_kept_and_never_shown(faces, cast):
    apps.register(
        cast,
        apps.manifest(
            settings={
                "days": {"type": "integer", "default": 25},
                "token": {"type": "string", "secret": True},
            }
        ),
    )
    installed = apps.install(cast, settings={"token": "s3cret-value"})
    admin, page = faces("admin"), page_of(installed)
    assert "s3cret-value" not in admin.get(f"{page}/settings").text
    admin.post(f"{page}/settings", {"setting.days": "30", "setting.token": ""})
    found = now(cast, installed)
    assert found["settings"] == {"days": 30}
    with cast.reading():
        assert queries.secret_settings(cast.acme, found) == {"token": "s3cret-value"}


def test_who_only_manages_people_changes_no_app(faces, installed):
    for path in ("suspend", "uninstall", "people", "permissions", "settings"):
        assert faces("hr_admin").post(f"{page_of(installed)}/{path}").status_code == 403
