"""`portico_sdk.testing.workspace()`: an app's afternoon in one process, without a socket to anywhere."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from portico_sdk import NotFoundError, PermissionDeniedError, webhooks
from portico_sdk.apps import App
from portico_sdk.apps.blocks import card, text
from portico_sdk.testing import workspace
from portico_sdk.wsgi import application

SECRET = "whsec_" + "cG9ydGljby1mYWtlLXNpZ25pbmctc2VjcmV0LTMyYiE="
MANIFEST = {
    "schema": 1,
    "app": {"key": "greeter", "name": "Greeter", "summary": "Greets", "categories": ["support"]},
    "runtime": {"base_url": "http://localhost:9"},
    "access": {
        "scopes": [{"name": "tickets:read", "reason": "to see them"}],
        "optional_scopes": [{"name": "contacts:read", "reason": "to greet by name"}],
    },
    "events": {"url": "/hooks", "types": ["ticket.created"]},
    "settings": {"greeting": {"type": "string", "default": "Hello"}},
}


@pytest.fixture
def ws():
    with workspace() as opened:
        yield opened


def app_that_greets():
    app = App("to be", "said", SECRET, "http://nowhere.test")

    @app.on("ticket.created")
    def greet(event, portico):
        portico.tickets.comments.create(event.ticket.id, body="Hello", visibility="internal")

    @app.action("note")
    def note(run):
        return run.toast(f"Noted by {run.workspace.me().installation.id}")

    @app.card("today")
    def today(request):
        return card(text("Nothing today"))

    @app.panel("home")
    def home(context):
        return f"<p>{context.employee_id}</p>"

    return app


def ask(ws, subject="Help"):
    zoe = ws.agent.client.contacts.create(display_name="Zoë")
    return ws.agent.client.tickets.create(subject=subject, requester={"contact_id": zoe.id})


def test_an_app_alone_is_installed_and_hears_what_happens_signed(ws):
    installed = ws.install(app_that_greets())
    ticket = ask(ws)
    assert ws.deliveries("ticket.created") == []
    ws.run()
    (delivery,) = ws.deliveries("ticket.created")
    assert delivery.status == 200
    event = webhooks.verify(delivery.body, delivery.headers, secrets=installed.signing_secret, now=ws.clock())
    assert event.ticket.id == ticket.id
    assert event == delivery.event
    comments = ws.agent.client.tickets.comments.list(ticket.id)
    assert [one.body for one in comments] == ["Hello"]
    assert "ticket.comment_created" in [one.type for one in ws.events("ticket.*")]


def test_actions_cards_and_lifecycle_reach_the_app(ws):
    installed = ws.install(app_that_greets())
    ticket = ask(ws)
    run = ws.agent.client.actions.run(installed.key, "note", object={"type": "ticket", "id": ticket.id})
    assert run.answer["toast"] == f"Noted by {installed.installation_id}"
    ws.run()
    assert [one.status for one in ws.deliveries("app.installed")] == [200]


def test_days_pass_when_they_are_told_to(ws):
    ws.install(app_that_greets())
    before = ws.clock.now()
    ask(ws)
    ws.run()
    ws.clock.advance(days=2)
    assert ask(ws, "Again").created_at == before + timedelta(days=2)
    ws.run()
    assert [one.status for one in ws.deliveries("ticket.created")] == [200, 200]


def test_what_fails_is_kept_for_the_test_and_tried_again_when_it_is_time(ws):
    calls = []

    def serve(environ, start_response):
        calls.append(environ["PATH_INFO"])
        if len(calls) == 1:
            raise KeyError("a bug of the app")
        start_response("204 No Content", [])
        return [b""]

    ws.install(MANIFEST, serve)
    ask(ws)
    ws.run()
    (failed,) = ws.deliveries()
    assert isinstance(failed.error, KeyError)
    assert failed.status == 500
    ws.clock.advance(hours=1)
    ws.run()
    assert calls == ["/hooks", "/hooks"]
    assert failed.headers["webhook-id"] == ws.deliveries()[1].headers["webhook-id"]


def test_what_an_app_says_in_headers_is_obeyed(ws):
    def serve(environ, start_response):
        start_response("503 Service Unavailable", [("Retry-After", "7200")])
        return [b""]

    ws.install(MANIFEST, serve)
    ask(ws)
    ws.run()
    ws.clock.advance(hours=1)
    ws.run()
    (refused,) = ws.deliveries()
    assert refused.answer_headers["retry-after"] == "7200"
    ws.clock.advance(hours=2)
    ws.run()
    assert len(ws.deliveries()) == 2


def test_an_address_of_the_world_can_ask_for_no_more(ws):
    ws.admin.client.webhook_endpoints.create(url="https://hooks.example/portico", types=["contact.created"])
    ws.listen("https://hooks.example/portico", status=400, headers={"Webhook-Delivery": "abort"})
    ask(ws)
    ws.run()
    ws.clock.advance(days=3)
    ws.run()
    assert len(ws.deliveries()) == 1


def test_an_app_is_made_from_its_environment_and_does_what_it_was_granted(ws):
    def create(config, http_client):
        app = App(
            config["PORTICO_CLIENT_ID"],
            config["PORTICO_CLIENT_SECRET"],
            config["PORTICO_SIGNING_SECRET"],
            config["PORTICO_BASE_URL"],
            http_client=http_client,
        )
        app.on("ticket.created")(lambda event, portico: seen.append(portico.tickets.get(event.ticket.id).subject))
        return application(app, events="/hooks")

    seen = []
    installed = ws.install(MANIFEST, create=create, settings={"greeting": "Hi"})
    ask(ws)
    ws.run()
    assert seen == ["Help"]
    with pytest.raises(PermissionDeniedError):
        installed.client().contacts.list().page()


def test_an_application_of_asgi_answers_too(ws):
    async def serve(scope, receive, send):
        body = (await receive())["body"]
        seen.append((scope["path"], b"ticket.created" in body))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    seen = []
    ws.install(MANIFEST, serve, grant=["contacts:read"])
    ask(ws)
    ws.run()
    assert seen == [("/hooks", True)]


def test_addresses_of_the_world_are_played_by_the_test(ws):
    ws.admin.client.webhook_endpoints.create(url="https://hooks.example/portico", types=["contact.created"])
    ws.listen("https://hooks.example/portico", status=503)
    ask(ws)
    ws.run()
    assert [(one.url, one.status) for one in ws.deliveries()] == [("https://hooks.example/portico", 503)]


def test_people_may_what_their_roles_may_and_companies_are_apart(ws):
    ticket = ask(ws)
    with pytest.raises(PermissionDeniedError):
        ws.employee.client.contacts.list().page()
    with pytest.raises(NotFoundError):
        ws.outsider.client.tickets.get(ticket.id)
    with pytest.raises(PermissionDeniedError):
        ws.agent.client_with("contacts:read").tickets.get(ticket.id)
    with pytest.raises(AttributeError, match="its people are employee"):
        _ = ws.nobody


def test_mails_are_kept(ws):
    ws.admin.client.invitations.create(email="new@acme.example", display_name="New")
    ws.run()
    assert [mail["To"] for mail in ws.mails] == ["new@acme.example"]


def test_each_workspace_is_empty_and_there_is_one_at_a_time():
    monday = datetime(2026, 1, 5, 9, tzinfo=UTC)
    for _ in range(2):
        with workspace(at=monday) as ws:
            assert ws.events() == []
            assert ask(ws).created_at == monday
            with pytest.raises(RuntimeError, match="already"), workspace():
                pass


def test_a_manifest_with_findings_says_them(ws):
    with pytest.raises(ValueError, match="/access/scopes/0/name"):
        ws.install({**MANIFEST, "access": {"scopes": [{"name": "tickets:eat", "reason": "hungry"}]}})


def test_a_browser_can_come_in(ws):
    installed = ws.install(app_that_greets())
    with ws.browser_host() as host, httpx.Client() as browser:
        assert browser.get(f"{host.url}/sign-in").status_code == 200
        shell = browser.get(f"{installed.base_url}/panels/home")
        assert f'src="{host.url}/bridge/v1.js"' in shell.text
