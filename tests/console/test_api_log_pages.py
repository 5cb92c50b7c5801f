"""The API log in the console: an id is pasted, and the page says what was asked, why it was refused, what mends it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from portico.kernel import api_log
from portico.kernel.ids import new_id
from tests.support import apps
from tests.support.faces import words


@dataclass
class Asked:
    """An app that asked, and the ids of its calls: the one that went well, the one that lacked a scope."""

    app_id: str
    well: str
    refused: str
    logged: str
    """The id that the refused one has in the log."""
    log_url: str
    installation_id: str


@pytest.fixture
def asked(cast, api):
    app = apps.register(cast, apps.asking("directory:read", optional=("tickets:read",)))
    installation = apps.install(cast, granted_scopes=["directory:read"])
    calls = api.bearer(apps.mint(app, installation))
    api_log.collect()
    well = calls.get("/departments?q=Anna").headers["X-Request-Id"]
    problem = calls.get("/tickets", headers={"X-Request-Id": "import-42.part-7"}).json
    (logged,) = [call.id for call in api_log.waiting() if call.status == 403]
    api_log.flush()
    api_log.collect(False)
    return Asked(app["id"], well, problem["request_id"], logged, problem["request_log_url"], installation["id"])


def test_an_id_that_is_pasted_leads_to_its_call(faces, asked):
    developer = faces("developer")
    found = developer.get(f"/console/requests?q= {asked.refused} ")
    assert "import-42.part-7" in words(found)
    assert asked.well not in found.text
    page = developer.follow(developer.get(f"/console/requests/find?id={asked.refused}"))
    said = words(page)
    assert "GET /tickets" in said
    assert "An admin has not granted this yet" in said
    assert "Missing: tickets:read" in said
    assert "As the app itself" in said


def test_the_address_in_an_error_leads_who_may_see_the_call_to_it(faces, asked):
    path = asked.log_url.removeprefix("http://127.0.0.1:8000")
    assert (
        faces("developer").get(path).location.endswith(f"/w/acme/console/apps/{asked.app_id}/requests/{asked.logged}")
    )
    admin = faces("app_manager")
    page = admin.follow(admin.get(path))
    assert "An admin has not granted this yet" in words(page)
    for name in ("employee", "outsider"):
        assert faces(name).get(path).status_code == 404, name
    assert faces(None).get(path).location.startswith("/sign-in")


def test_who_manages_apps_sees_the_calls_of_each(faces, cast, asked):
    admin = faces("app_manager")
    log = f"/admin/apps/{asked.installation_id}/requests"
    assert log in admin.get(f"/admin/apps/{asked.installation_id}").text
    assert {asked.well, asked.refused} <= set(words(admin.get(log)).split())
    assert admin.get(f"/admin/apps/{new_id('ins')}/requests").status_code == 404
    for name in ("developer", "employee", "outsider"):
        assert faces(name, slug="acme").get(log).status_code in (403, 404), name


def test_the_last_call_that_was_refused_is_the_next_step(faces, asked):
    said = words(faces("developer").get(f"/console/apps/{asked.app_id}"))
    assert "The last call was refused" in said
    assert "Latest calls of the API" in said


def test_what_went_well_shows_no_value(faces, asked):
    page = faces("developer").get(f"/console/apps/{asked.app_id}/requests/{asked.well}")
    said = words(page)
    assert "Parameters q" in said
    assert "Anna" not in page.text
    assert "The token had it" in said
    assert "left for this minute" in said


def test_an_id_of_nobody_says_what_that_may_mean(faces, asked):
    developer = faces("developer")
    page = developer.follow(developer.get("/console/requests/find?id=req_nobody"))
    assert "No call goes by this id" in words(page)
    assert "for 7 days" in words(page)


def test_the_list_is_narrowed_and_followed(faces, asked):
    developer = faces("developer")
    log = f"/console/apps/{asked.app_id}/requests"
    assert asked.well not in developer.get(f"{log}?outcome=refused").text
    assert asked.refused not in developer.get(f"{log}?operation=list_departments").text
    assert asked.well in developer.get(f"{log}?outcome=nonsense&since=nonsense").text
    assert 'data-progress="' not in developer.get(log).text
    assert 'data-progress="' in developer.get(f"{log}?follow=1").text


def test_nobody_elses_calls(faces, asked):
    log = f"/console/apps/{asked.app_id}/requests"
    for name in ("owner", "employee", "outsider"):
        for path in (log, f"{log}/{asked.well}"):
            assert faces(name, slug="acme").get(path).status_code in (403, 404), (name, path)
    assert asked.well not in faces("owner").get(f"/console/requests?q={asked.well}").text.split("</form>")[-1]
