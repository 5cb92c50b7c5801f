import threading
from concurrent.futures import ThreadPoolExecutor

import flask
import pytest

from portico_sdk.apps import App
from portico_sdk.apps._answers import Answer
from portico_sdk.apps._once import Once
from portico_sdk.flask import blueprint
from portico_sdk.testing import FakePortico, signed_batch, signed_webhook


@pytest.fixture
def fake(held_clock):
    return FakePortico(clock=held_clock)


@pytest.fixture
def app(fake):
    return App(
        fake.client_id,
        fake.client_secret,
        fake.signing_secret,
        fake.base_url,
        http_client=fake.http_client,
        now=fake.clock,
    )


@pytest.fixture
def web(app):
    """Made late, so that a test registers its functions first."""

    def client(**options):
        site = flask.Flask("site")
        site.register_blueprint(blueprint(app, **options))
        return site.test_client()

    return client


def post(client, fake, event, path="/events", secret=None):
    body, headers = signed_webhook(event, secret or fake.signing_secret, now=fake.clock())
    return client.post(path, data=body, headers=headers)


def test_events_reach_the_functions_that_asked_in_their_order(app, fake, web):
    seen = []
    app.on("ticket.created")(lambda event, workspace: seen.append("exact"))
    app.on("ticket.*", "*")(lambda event, workspace: seen.append("any"))
    app.on("contact.*")(lambda event, workspace: seen.append("contact"))
    client = web()
    assert post(client, fake, fake.event("ticket.created")).json == {"handlers": 2}
    assert seen == ["exact", "any"]
    assert post(client, fake, fake.event("tickets_like.created")).json == {"handlers": 1}
    assert seen == ["exact", "any", "any"]


def test_the_workspace_is_that_of_the_event_and_names_its_cause(app, fake, web):
    ticket = fake.add_ticket()

    @app.on("ticket.created")
    def note(event, workspace):
        workspace.tickets.comments.create(event.ticket.id, body="Hello")

    event = fake.event("ticket.created", ticket)
    assert post(web(), fake, event).status_code == 200
    write = fake.requests[-1]
    assert write.headers["portico-cause"] == event["id"]
    assert fake.comments_of(ticket)[0]["author"]["id"] == fake.installation_id


def test_an_event_of_no_installation_has_no_token(app, fake, web, monkeypatch):
    monkeypatch.setenv("PORTICO_TOKEN", "ptp_somebody_else")

    @app.on("ticket.created")
    def read(event, workspace):
        with pytest.raises(Exception, match="no token"):
            workspace.me()

    assert post(web(), fake, fake.event("ticket.created", installation_id=None)).status_code == 200


def test_an_event_that_comes_twice_is_handled_once(app, fake, web):
    seen = []
    app.on("*")(lambda event, workspace: seen.append(event.id))
    client, event = web(), fake.event("ticket.created")
    assert [post(client, fake, event).status_code for _ in range(3)] == [200, 200, 200]
    assert seen == [event["id"]]


def test_a_function_that_fails_gets_the_event_again(app, fake, web):
    tries = []

    @app.on("ticket.created")
    def fails_once(event, workspace):
        tries.append(event.id)
        if len(tries) == 1:
            raise RuntimeError("no luck")

    client, event = web(), fake.event("ticket.created")
    assert [post(client, fake, event).status_code for _ in range(2)] == [500, 200]
    assert len(tries) == 2


def test_unproved_deliveries_are_refused_and_run_nothing(app, fake, web, held_clock):
    app.on("*")(lambda event, workspace: pytest.fail("ran"))
    client, event = web(), fake.event("ticket.created")
    body, headers = signed_webhook(event, fake.signing_secret, now=held_clock())
    for data, head in [(body + b" ", headers), (body, {}), (b"", headers)]:
        answer = client.post("/events", data=data, headers=head)
        assert answer.status_code == 400
        assert answer.json["error"]
    held_clock.advance(301)
    assert client.post("/events", data=body, headers=headers).status_code == 400
    assert client.post("/events", data=b"x" * 1_100_000, headers=headers).status_code == 413


def test_two_secrets_while_one_replaces_the_other(fake):
    other = "whsec_" + "b3RoZXItc2lnbmluZy1zZWNyZXQtb2YtMzItYnl0ZXM="
    app = App("c", "s", [other, fake.signing_secret], fake.base_url, now=fake.clock)
    for secret in (other, fake.signing_secret):
        body, headers = signed_webhook(fake.event("ticket.created"), secret, now=fake.clock())
        assert app.handle_event(body, headers).status == 200


def test_lifecycle_calls_reach_their_function(app, fake, web):
    seen = []
    app.lifecycle("installed")(lambda event, workspace: seen.append(event.installation.app_key))
    client = web(lifecycle="/life")
    event = fake.event("app.installed", {"id": fake.installation_id, "app_key": "leave"})
    assert post(client, fake, event, "/life").json == {"handlers": 1}
    assert post(client, fake, fake.event("app.suspended"), "/life").json == {"handlers": 0}
    assert seen == ["leave"]


def test_an_action_answers_once_and_repeats_its_answer(app, fake, web):
    runs = []

    @app.action("approve")
    def approve(run):
        runs.append((run.interaction_id, run.actor.id, run.object.id, run.input, run.workspace.me().actor.kind))
        return run.toast("Approved").open("/tickets/1")

    call = {
        "id": "int_1",
        "interaction_id": "int_1",
        "installation_id": fake.installation_id,
        "actor": {"kind": "employee", "id": fake.employee_id},
        "object": {"type": "ticket", "id": "tkt_1"},
        "input": {"note": "ok"},
    }
    client = web()
    answers = [post(client, fake, call, "/actions/approve").json for _ in range(2)]
    assert answers == [{"toast": "Approved", "open": "/tickets/1"}] * 2
    assert runs == [("int_1", fake.employee_id, "tkt_1", {"note": "ok"}, "app")]
    assert post(client, fake, call, "/actions/unknown").status_code == 404


def test_actions_may_have_paths_of_their_own(app, fake, web):
    app.action("approve")(lambda run: run.toast("Approved"))
    app.action("other")(lambda run: run.toast("Other"))
    call = {"id": "int_1", "interaction_id": "int_1", "installation_id": fake.installation_id}
    client = web(actions={"approve": "/approve"})
    assert post(client, fake, call, "/approve").json == {"toast": "Approved"}
    assert post(client, fake, call, "/actions/other").status_code == 404
    assert client.get("/approve").status_code == 405


def test_an_action_may_refuse_by_field_or_say_nothing(app, fake, web):
    app.action("refuse")(lambda run: run.errors(days="Too many"))
    app.action("silent")(lambda run: None)
    client = web()
    assert post(client, fake, {"id": "int_1"}, "/actions/refuse").json == {"errors": {"days": "Too many"}}
    assert post(client, fake, {"id": "int_2"}, "/actions/silent").json == {}


CSP = "frame-ancestors https://portico.test; script-src https://portico.test 'self'; object-src 'none'; base-uri 'none'"


def test_the_first_look_at_a_panel_is_a_shell_that_knows_nobody(app, fake, web):
    app.panel("history")(lambda context: pytest.fail("ran"))
    answer = web().get("/panels/history")
    assert answer.status_code == 200
    assert '<script src="https://portico.test/bridge/v1.js" data-portico-panel></script>' in answer.text
    assert answer.headers["content-security-policy"] == CSP
    assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-store", "Authorization")


def test_the_second_look_shows_the_page_to_who_proves_who_they_are(app, fake, web):
    ticket = fake.add_ticket()
    app.panel("history")(lambda context: f"<p>{context.employee_id} {context.object.id} {context.locale}</p>")
    client = web(panels={"history": "/p"})
    token = fake.session_token(surface="history", object=ticket, locale="zh-CN")
    for ask in (client.get, client.post):
        answer = ask("/p", headers={"Authorization": f"Bearer {token}"})
        assert answer.text == f"<p>{fake.employee_id} {ticket['id']} zh-CN</p>"
        assert answer.headers["content-security-policy"] == CSP
        assert (answer.headers["cache-control"], answer.headers["vary"]) == ("no-store", "Authorization")
    assert client.get("/panels/history").status_code == 404


def test_a_panel_reads_what_its_form_sent(app, fake, web):
    app.panel("history")(
        lambda context: f"<p>{flask.request.form.get('note')} {flask.request.get_data(as_text=True)}</p>"
    )
    token = fake.session_token(surface="history")
    answer = web().post("/panels/history", data={"note": "hello"}, headers={"Authorization": f"Bearer {token}"})
    assert answer.text == "<p>hello note=hello</p>"


def test_who_proves_nothing_sees_nothing(app, fake, web, held_clock):
    app.panel("history")(lambda context: pytest.fail("ran"))
    client = web()
    good = fake.session_token(surface="history")
    wrong = {
        "forged": "Bearer forged",
        "other surface": f"Bearer {fake.session_token(surface='settings')}",
        "other app": f"Bearer {fake.session_token(surface='history', aud='somebody')}",
        "other scheme": f"Basic {good}",
        "nothing": "",
    }
    for authorization in wrong.values():
        answer = client.get("/panels/history", headers={"Authorization": authorization})
        assert answer.status_code == 401
        assert answer.headers["cache-control"] == "no-store"
        assert "<h1>Not shown</h1>" in answer.text
    assert client.post("/panels/history").status_code == 401
    held_clock.advance(65)
    assert client.get("/panels/history", headers={"Authorization": f"Bearer {good}"}).status_code == 401


def test_one_key_one_function(app):
    app.panel("history")(lambda context: "")
    with pytest.raises(ValueError, match="already"):
        app.panel("history")(lambda context: "")


def test_memory_is_bounded():
    once, runs = Once(2), []

    def work(key):
        return lambda: runs.append(key) or Answer(200)

    for key in ("a", "b", "c", "c", "a"):
        once.run(key, work(key))
    assert runs == ["a", "b", "c", "a"]


def test_a_twin_of_what_runs_is_told_to_come_again():
    once, started, go = Once(10), threading.Event(), threading.Event()

    def slow():
        started.set()
        assert go.wait(10)
        return Answer(200)

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(once.run, "a", slow)
        assert started.wait(10)
        assert once.run("a", lambda: Answer(201)).status == 409
        go.set()
        assert first.result(10).status == 200
    assert once.run("a", lambda: Answer(201)).status == 200


def post_batch(client, fake, events, batch_id="bat_1"):
    body, headers = signed_batch(events, fake.signing_secret, batch_id=batch_id, now=fake.clock())
    return client.post("/events", data=body, headers=headers)


def test_of_a_batch_each_event_reaches_its_functions(app, fake, web):
    seen = []
    app.on("ticket.created")(lambda event, workspace: seen.append(event.id))
    events = [fake.event("ticket.created"), fake.event("contact.created"), fake.event("ticket.created")]
    assert post_batch(web(), fake, events).json == {"events": 3}
    assert seen == [events[0]["id"], events[2]["id"]]


def test_a_function_that_fails_gets_only_what_is_missing_of_the_batch_again(app, fake, web):
    seen, broken = [], True

    @app.on("*")
    def handle(event, workspace):
        if broken and len(seen) == 2:
            raise RuntimeError("not now")
        seen.append(event.id)

    client = web()
    events = [fake.event("ticket.created") for _ in range(4)]
    assert post_batch(client, fake, events).status_code == 500
    broken = False
    assert post_batch(client, fake, events).status_code == 200
    assert post_batch(client, fake, events[1:3], batch_id="bat_2").status_code == 200
    assert post(client, fake, events[3]).status_code == 200
    assert seen == [event["id"] for event in events]
