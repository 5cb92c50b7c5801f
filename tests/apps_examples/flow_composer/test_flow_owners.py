"""Flows whose owner may not, or does not want to, any more."""

import pytest

from portico.domains.identity import service as identity
from portico.domains.oauth import service as oauth
from portico_sdk.testing import workspace
from portico_sdk.testing._people import writing
from tests.apps_examples.flow_composer.conftest import READ, TAG, Company, contact_of, solve


@pytest.fixture
def acme(tmp_path):
    with workspace() as ws:
        yield Company(ws, tmp_path)


def test_the_owner_cannot_do_it_any_more(acme):
    flow_id, contact = acme.add(READ, TAG), contact_of(acme)
    solve(acme, contact)
    actor = acme.ws.owner._actor
    with writing(actor):
        identity.change_role(actor, acme.ws.agent._actor.membership_id, "employee")
    acme.run()
    (line,) = acme.get("/flows")["flows"]
    assert line["enabled"] is False
    assert line["off_because"].startswith("Agent may not do this any more")
    (told,) = [one for one in acme.ws.agent.client.notifications.list() if "switched off" in one.title]
    assert told.body == line["off_because"]
    assert acme.get(f"/flows/{flow_id}/runs")["runs"] == []


def test_a_grant_that_was_taken_back_ends_the_flow_and_is_asked_for_again(acme):
    flow_id = acme.add(READ)
    with writing(acme.ws.agent._actor):
        oauth.revoke_client(acme.ws.agent._actor, acme.installed.client_id)
    solve(acme, contact_of(acme))
    acme.run()
    (line,) = acme.get("/flows")["flows"]
    assert line["off_because"] == "Agent does not allow the app to act for them any more."
    assert "needs_grant" in acme.post(f"/flows/{flow_id}/enable")
