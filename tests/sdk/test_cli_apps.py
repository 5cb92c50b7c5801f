"""`portico-app deploy`, `logs`, `replay`, `trigger`, `doctor` against the platform, by the developer's token."""

import json
from functools import partial

import httpx
import pytest
from click.testing import CliRunner

from portico.domains.webhooks.pump import Pump
from portico.kernel import api_log
from portico_sdk import Portico
from portico_sdk.cli import main
from tests.support import apps, pictures
from tests.support.loopback_servers import LoopbackServer, answer
from tests.support.pumping import DEMO, happen, settle

BASE = "http://127.0.0.1:8000"
TOML = """schema = 1
[app]
key = "helper"
name = "Helper"
summary = "Helps with what comes in"
[runtime]
base_url = "{base}"
[access]
scopes = [{{name = "contacts:read", reason = "for the test"}}]
[events]
url = "/events"
types = ["contact.*"]
"""


class Receiver:
    """The app: says `status` to what comes."""

    def __init__(self):
        self.status = "200 OK"
        self.server = LoopbackServer(lambda received: answer(self.status))


@pytest.fixture
def receiver():
    made = Receiver()
    with made.server:
        yield made


@pytest.fixture
def run(app, cast, receiver, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTICO_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PORTICO_TOKEN", cast.token("developer"))
    monkeypatch.setenv("PORTICO_BASE_URL", BASE)
    monkeypatch.delenv("PORTICO_CLIENT_ID", raising=False)
    monkeypatch.chdir(tmp_path)
    over_wsgi = {BASE: httpx.WSGITransport(app=app)}
    monkeypatch.setattr(httpx, "Client", partial(httpx.Client, mounts=over_wsgi))
    (tmp_path / "portico.toml").write_text(TOML.format(base=f"http://127.0.0.1:{receiver.server.port}"))
    return lambda *arguments: CliRunner().invoke(main, arguments)


@pytest.fixture
def pump(cast):
    made = Pump(DEMO, deadline_s=5)
    assert made.take()
    yield made
    made.close(0)


def test_deploy_says_what_would_change_and_then_does_it(run, tmp_path, api):
    planned = run("deploy", "--dry-run")
    assert (planned.exit_code, planned.output) == (0, "+ registers the app helper\n")
    made = run("deploy", "--yes", "--json")
    assert made.exit_code == 0, made.output
    assert json.loads(made.output)["status"] == "released"
    assert "Nothing to deploy" in run("deploy").output
    manifest = tmp_path / "portico.toml"
    manifest.write_text(manifest.read_text().replace("contacts:read", "tickets:read"))
    planned = run("deploy", "--dry-run").output.splitlines()
    assert "+ scopes: tickets:read" in planned
    assert "- scopes: contacts:read" in planned
    assert json.loads(run("deploy", "--yes", "--json").output)["number"] == 2
    assert len(api("developer").get("/apps").json["data"]) == 1
    assert run("deploy", "--json").exit_code == 2


def test_deploy_brings_screenshots_along_and_uploads_none_twice(run, tmp_path, api):
    (tmp_path / "home.png").write_bytes(pictures.picture("PNG", (640, 400)))
    manifest = tmp_path / "portico.toml"
    shown = '[[app.screenshots]]\nfile = "home.png"\nalt = {en = "Home", "zh-CN" = "首页"}\n[runtime]'
    manifest.write_text(manifest.read_text().replace("[runtime]", shown), encoding="utf-8")
    made = run("deploy", "--yes", "--json")
    assert made.exit_code == 0, made.output
    assert "Nothing to deploy" in run("deploy", "--dry-run").output
    first = api("developer").get("/catalogue/helper").json["screenshots"]
    assert [each["alt"] for each in first] == ["Home"]
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("Helps", "Serves"), encoding="utf-8")
    assert run("deploy", "--yes").exit_code == 0
    assert api("developer").get("/catalogue/helper").json["screenshots"] == first


def test_from_a_failure_to_its_replay(run, cast, receiver, pump):
    run("deploy", "--yes")
    apps.install(cast)
    receiver.status = "500 Broken"
    made = happen(cast)
    settle(pump)
    shown = run("logs")
    assert "contact.created" in shown.output, shown.output
    about = json.loads(run("logs", "--json", "--type", "contact.created").output)["resource"]["id"]
    payload = json.loads(run("trigger", "contact.created", "--object", about, "--dry-run").output)
    assert (payload["id"], payload["data"]["display_name"]) == (made, "Zoë")
    nothing = run("trigger", "contact.updated", "--object", about, "--dry-run")
    assert nothing.exit_code == 1
    assert "Let one happen" in nothing.output
    planned = json.loads(run("replay", "--dry-run", "--json").output)
    assert [row["event_id"] for row in planned["failed"]] == [made]
    assert planned["sent"] == []
    assert run("doctor").exit_code == 1
    receiver.status = "200 OK"
    assert "1 failed in the last 24 h; they are on their way once more." in run("replay").output
    settle(pump)
    assert json.loads(run("replay", "--json").output)["failed"] == []
    assert "succeeded" in run("logs").output


def test_a_sample_is_shown_and_then_received_through_all_that_deliveries_go_through(run, cast, receiver, pump):
    run("deploy", "--yes")
    apps.install(cast)
    settle(pump)
    before = len(receiver.server.received)
    shown = json.loads(run("trigger", "contact.created", "--dry-run").output)
    assert (shown["type"], shown["test"], shown["seq"]) == ("contact.created", True, 0)
    assert len(receiver.server.received) == before
    endpoints = Portico(token=cast.token("developer"), base_url=BASE).webhook_endpoints
    (mine,) = endpoints.list()
    sent = endpoints.send_sample(mine.id, type="contact.created")
    settle(pump)
    (received,) = receiver.server.received[before:]
    event = json.loads(received.body)
    assert (event["id"], event["test"], event["data"]) == (sent.event_id, True, shown["data"])
    assert received.headers["webhook-signature"]
    refused = run("trigger", "ticket.created")
    assert refused.exit_code == 1
    assert "does not subscribe" in refused.output


def test_calls_of_the_api_stand_beside_deliveries(run, cast, api, receiver, pump):
    run("deploy", "--yes")
    installation = apps.install(cast)
    app = {"client_id": installation["app_id"]}
    happen(cast)
    settle(pump)
    api_log.collect()
    calls = api.bearer(apps.mint(app, installation))
    assert calls.get("/contacts?limit=2").status_code == 200
    refused = calls.get("/tickets").headers["X-Request-Id"]
    api_log.flush()
    api_log.collect(False)
    lines = run("logs").output.splitlines()
    assert "contact.created" in lines[-3]
    assert "GET /contacts" in lines[-2]
    assert lines[-1].endswith(f"insufficient_scope  {refused}")
    whole = run("logs", "--request", refused).output
    assert "tickets:read" in whole.split("missing")[1]
    shown = [json.loads(line) for line in run("logs", "--json", "--outcome", "refused").output.splitlines()]
    assert [(row["kind"], row["id"]) for row in shown] == [("request", refused)]
    assert "GET /contacts" not in run("logs", "--only", "deliveries").output
    nobodys = run("logs", "--request", "req_nobodys")
    assert nobodys.exit_code == 1
    assert "No call of helper" in nobodys.output


def test_doctor_finds_an_endpoint_that_takes_what_nobody_signed(run, cast, receiver):
    run("deploy", "--yes")
    apps.install(cast)
    found = json.loads(run("doctor", "--json").output)
    by_name = {each["check"]: each for each in found["checks"]}
    assert by_name["version"]["good"]
    assert by_name["secrets"]["good"], found
    assert by_name["signature"]["good"] is False
    assert by_name["signature"]["mending"]
    assert found["ok"] is False
    receiver.status = "400 Bad Request"
    assert run("doctor").exit_code == 0, run("doctor").output
