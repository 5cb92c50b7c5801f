"""From the catalogue over the consent page to an installed app."""

from __future__ import annotations

import re

import pytest

from portico.domains.catalogue import service as catalogue
from portico.domains.directory import service as directory
from tests.support import apps
from tests.support.cast import PASSWORD
from tests.support.faces import words
from tests.support.factors import age_sessions

VERSION = re.compile(r'name="version" type="hidden" value="([^"]*)"')
INSTALL = "/admin/catalogue/helper/install"


def consent(browser, path=INSTALL, **values):
    """Read the page, then say yes to what it shows."""
    version = VERSION.search(browser.get(path).text)[1]
    return browser.post(path, {"version": version, "who": "everyone", **values})


@pytest.fixture
def helper(cast):
    return apps.register(cast)


def test_the_catalogue_finds_and_says_when_there_is_nothing(faces, helper):
    admin = faces("admin")
    assert "Helper" in words(admin.get("/admin/catalogue?q=help"))
    assert "No app is like this" in words(admin.get("/admin/catalogue?q=zebra"))
    assert "Helper" not in words(admin.get("/admin/catalogue?category=hr"))


def test_a_private_app_of_another_workspace_is_not_there(faces, cast):
    apps.register(cast, owner="outsider")
    assert faces("admin").get("/admin/catalogue/helper").status_code == 404
    assert faces("admin").get(INSTALL).status_code == 404
    assert faces("admin").get("/admin/catalogue/..%2f..%2f").status_code == 404


def test_the_page_says_it_in_sentences_with_the_developers_reasons(faces, helper):
    page = words(faces("admin").get("/admin/catalogue/helper"))
    assert "See departments and the names, titles and work addresses of employees" in page
    assert "Why: to greet people by name" in page
    assert "Send personal data to mail.example" in page
    assert "Why: to send confirmations" in page
    assert "When you uninstall it" in page


def test_a_description_is_markdown_that_cannot_harm(faces, cast):
    content = apps.manifest()
    content["app"]["description"] = (
        "# Big\n<script>alert(1)</script>\n\n[bad](javascript:alert(1)) [good](https://x.example) [`part.py`](part.py)"
        "\n\n![p](https://t.example/p.png)\n\nSeen ![from above](https://t.example/q.png).\n\n|a||\n|-|-|\n|b|c|"
    )
    apps.register(cast, content)
    text = faces("admin").get("/admin/catalogue/helper").text
    assert "<script>alert(1)" not in text
    assert 'href="javascript' not in text
    assert "t.example" not in text
    assert ("Seen from above." in text, "!p" in text, "<p>p</p>" in text) == (True, False, False)
    assert 'href="https://x.example" rel="noopener noreferrer nofollow"' in text
    assert ("part.py</code>" in text, 'href="part.py"' in text) == (True, False)
    assert "<h3>Big</h3>" in text
    assert ("<th>a</th>" in text, "<th></th>" in text) == (True, False)


def test_yes_installs_with_what_was_switched_on(faces, helper, cast):
    admin = faces("admin")
    page = admin.follow(consent(admin))
    assert "Helper is installed." in words(page)
    assert "catalogue:read" not in page.text
    assert admin.get(INSTALL).status_code == 303


def test_an_optional_permission_has_its_own_switch(faces, helper):
    admin = faces("admin")
    page = admin.follow(consent(admin, scopes=["catalogue:read", "tickets:read"]))
    assert "catalogue:read" in page.text
    assert "tickets:read" not in page.text


def test_it_can_be_for_a_department(faces, helper, cast):
    with cast.writing():
        support = directory.create_department(cast.system(), name="Support")
    admin = faces("admin")
    assert consent(admin, who="only").status_code == 422
    page = admin.follow(consent(admin, who="only", include=[support["id"], cast.employee_id("agent")]))
    said = words(page)
    assert "Support" in said
    assert "Agent" in said
    assert "Everyone in the workspace" not in said


def test_people_of_another_workspace_cannot_be_chosen(faces, helper, cast):
    answer = consent(faces("admin"), who="only", include=[cast.employee_id("outsider")])
    assert answer.status_code == 422
    assert "There is no such employee" in words(answer)


def test_the_picker_finds_among_many_and_keeps_what_was_chosen(faces, helper, cast):
    with cast.writing():
        made = [directory.create_department(cast.system(), name=f"Team {number:03}") for number in range(60)]
    chosen = made[55]["id"]
    answer = faces("admin").post(INSTALL, {"who": "only", "step": "search", "q": "agent", "include": [chosen]})
    assert answer.status_code == 200
    assert f'value="{chosen}" checked' in answer.text
    assert f'value="{cast.employee_id("agent")}"' in answer.text
    assert 'value="only" checked' in answer.text


def test_what_is_sensitive_asks_for_the_password_again(faces, cast):
    apps.register(cast, apps.asking("directory.sensitive:read"))
    admin = faces("admin")
    age_sessions()
    without = consent(admin)
    assert without.status_code == 422
    assert "This is neither your password nor a code of yours." in words(without)
    assert consent(admin, password="wrong").status_code == 422
    assert "is installed" in words(admin.follow(consent(admin, password=PASSWORD)))


def test_who_has_just_proved_who_they_are_is_not_asked_again(faces, cast):
    apps.register(cast, apps.asking("directory.sensitive:read"))
    admin = faces("admin")
    assert "Is it you?" not in words(admin.get(INSTALL))
    assert "is installed" in words(admin.follow(consent(admin)))


def test_a_yes_to_what_has_changed_meanwhile_is_no_yes(faces, helper, cast):
    admin = faces("admin")
    seen = VERSION.search(admin.get(INSTALL).text)[1]
    apps.deploy(cast, helper["id"], apps.asking("directory:read", "contacts:read"))
    answer = admin.post(INSTALL, {"version": seen, "who": "everyone"})
    said = words(answer)
    assert "The app was updated while you read." in said
    assert "Read contacts" in said
    assert "Helper" not in words(admin.get("/admin/apps"))


def test_settings_that_the_app_needs_are_asked_for_and_checked(faces, cast):
    content = apps.manifest(
        settings={
            "days": {"type": "integer", "required": True, "title": "Days"},
            "token": {"type": "string", "secret": True, "title": "Token"},
        }
    )
    apps.register(cast, content)
    admin = faces("admin")
    missing = consent(admin)
    assert missing.status_code == 422
    assert "cannot work without this setting" in words(missing)
    wrong = consent(admin, **{"setting.days": "many"})
    assert "This is a whole number." in words(wrong)
    assert 'value="many"' in wrong.text
    page = admin.follow(consent(admin, **{"setting.days": "25", "setting.token": "s3cret-value"}))
    assert "25" in words(page)
    assert "s3cret-value" not in page.text


def test_no_is_as_large_as_yes_and_changes_nothing(faces, helper):
    text = faces("admin").get(INSTALL).text
    assert 'class="btn btn-secondary btn-lg" href="/w/acme/admin/catalogue/helper"' in text
    assert 'class="btn btn-primary btn-lg" type="submit"' in text


def test_reading_is_not_installing(faces, helper, cast):
    with cast.writing():
        catalogue.update_app(cast.actor("developer"), helper["id"], visibility="public")
    for role in ("developer", "employee"):
        assert faces(role).get(INSTALL).status_code == 403
        assert faces(role).post(INSTALL, {"who": "everyone"}).status_code == 403
