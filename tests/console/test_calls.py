"""What developers see of the calls for actions and cards, and what admins see on an app's page."""

from __future__ import annotations

import pytest

from portico.domains.interactions import calling
from portico.domains.interactions.calling import Breakers
from tests.support.acting_apps import acting_app
from tests.support.faces import words


@pytest.fixture
def helper(cast, monkeypatch):
    monkeypatch.setattr(calling, "BREAKERS", Breakers())
    with acting_app(cast) as app:
        yield app


@pytest.fixture
def ran(faces, helper):
    """A run that the app answered wrongly, in the name of the person; answers its page's path in the portal."""
    helper.says = {"toast": ""}
    return faces("agent").post(f"/actions/{helper.installation['id']}/mine").location.partition("?")[0]


def test_a_run_with_request_and_answer_and_what_was_wrong(faces, helper, ran):
    interaction_id = ran.rpartition("/")[2]
    developer = faces("developer")
    calls = f"/console/apps/{helper.registered['id']}/calls"
    listed = developer.get(calls)
    assert "The app answered something that cannot be shown." in words(listed)
    page = developer.get(f"{calls}/{interaction_id}")
    assert f'"interaction_id": "{interaction_id}"' in words(page)
    assert '"toast": ""' in words(page)
    assert "/toast This is empty." in words(page)
    token = helper.calls[0][1]["session_token"]
    assert token not in page.text
    assert "session_token" not in words(page)


def test_the_call_for_a_card_with_its_findings(faces, cast, helper):
    helper.says = {"blocks": [{"type": "text", "txt": "x"}]}
    faces("agent").post(f"/cards/{helper.installation['id']}/today/load")
    developer = faces("developer")
    calls = f"/console/apps/{helper.registered['id']}/calls"
    assert "today" in words(developer.get(calls))
    page = developer.get(f"{calls}/cards/today/{cast.employee_id('agent')}")
    assert "/blocks/0/text This is missing." in words(page)
    assert '"card": "today"' in words(page)
    assert developer.get(f"{calls}/cards/today/{cast.employee_id('employee')}").status_code == 404


def test_nobody_elses_calls(faces, helper, ran):
    interaction_id = ran.rpartition("/")[2]
    calls = f"/console/apps/{helper.registered['id']}/calls"
    for other in ("owner", "employee", "outsider"):
        for path in (calls, f"{calls}/{interaction_id}"):
            assert faces(other, slug="acme").get(path).status_code in (403, 404), (other, path)


def test_an_admin_sees_what_it_offers_and_what_was_run(faces, helper, ran):
    page = faces("app_manager").get(f"/admin/apps/{helper.installation['id']}")
    assert "Actions that it offers" in words(page)
    assert "Wipe everything" in words(page)
    assert "Destroys something" in words(page)
    assert "In the person’s name" in words(page)
    assert ran in page.text
    assert "In my name" in words(faces("app_manager").get(ran))
