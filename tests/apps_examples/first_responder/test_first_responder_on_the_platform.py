"""First Responder and the platform in one process: registered, installed, told, and looked at."""

from pathlib import Path

import httpx
import pytest
from first_responder import create_app

from portico.domains.interactions.service import mint_panel_token
from portico_sdk import Portico
from portico_sdk.manifest import load_toml, with_files
from portico_sdk.testing import signed_webhook

APP = Path(__file__).parents[3] / "apps_examples" / "first_responder"
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def http(app):
    with httpx.Client(transport=httpx.WSGITransport(app=app)) as client:
        yield client


@pytest.fixture
def client(cast, http):
    return lambda name: Portico(cast.token(name), base_url=BASE, http_client=http, max_retries=0)


@pytest.fixture
def installed(client):
    """The app as its developer registered it, and its installation by the owner."""
    manifest, _ = with_files(load_toml(APP / "portico.toml"), APP)
    registered = client("developer").apps.create(manifest=manifest)
    scopes = [scope["name"] for scope in manifest["access"]["scopes"]]
    installation = client("owner").installations.create(app_key="first_responder", granted_scopes=scopes)
    return registered, installation


@pytest.fixture
def web(installed, http):
    registered, _ = installed
    config = {
        "PORTICO_BASE_URL": BASE,
        "PORTICO_CLIENT_ID": registered.client_id,
        "PORTICO_CLIENT_SECRET": registered.client_secret,
        "PORTICO_SIGNING_SECRET": registered.signing_secret,
    }
    return create_app(config, http).test_client()


@pytest.fixture
def ticket(client):
    agent = client("agent")
    contact = agent.contacts.create(display_name="Zoë")
    agent.tickets.create(subject="Invoice", requester={"contact_id": contact.id})
    return agent.tickets.create(subject="The door is broken", requester={"contact_id": contact.id})


def test_a_note_is_written_by_the_public_api_alone(client, installed, web, ticket):
    registered, installation = installed
    happened = client("agent").events.list(types=["ticket.created"])
    event = next(event for event in happened if event.resource.id == ticket.id)
    call = {**event.raw, "installation_id": installation.id}
    body, headers = signed_webhook(call, registered.signing_secret)
    assert web.post("/events", data=body, headers=headers).status_code == 200
    assert web.post("/events", data=body, headers=headers).status_code == 200

    (note,) = client("agent").tickets.comments.list(ticket.id, visibility="internal")
    assert (note.author.kind, note.visibility) == ("app", "internal")
    assert note.body.startswith("Zoë wrote before: 1 ticket, 1 still open.")
    assert "Suggested priority: urgent" in note.body


def test_the_panel_knows_the_agent_and_a_suspended_app_shows_nothing(cast, client, installed, web, ticket):
    _, installation = installed
    with cast.writing():
        token = mint_panel_token(cast.actor("agent"), installation.id, "history", "ticket", ticket.id)
    authorization = {"Authorization": f"Bearer {token.value}"}
    page = web.get("/panels/history", headers=authorization)
    assert page.status_code == 200
    assert cast.employee_id("agent") in page.text
    assert "Invoice" in page.text

    client("owner").installations.suspend(installation.id)
    assert "Invoice" not in web.get("/panels/history", headers=authorization).text
    client("owner").installations.resume(installation.id)
    assert "Invoice" in web.get("/panels/history", headers=authorization).text
