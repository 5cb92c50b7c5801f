from contextlib import ExitStack
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flow_composer import create_app
from flow_composer.runs import MOST_A_MINUTE
from sqlalchemy import select

from portico.domains.identity.models import Session as SignIn
from portico.domains.identity.service import sessions
from portico.domains.interactions.service import mint_panel_token
from portico.domains.oauth import service as oauth
from portico.kernel import clock
from portico.kernel.unit_of_work import session
from portico_sdk.testing import workspace
from portico_sdk.testing._people import writing

APP = Path(__file__).parents[3] / "apps_examples" / "flow_composer"
DOORBELLS = ("tickets:read", "contacts:read")
HOOK = "https://hooks.example.com/in/secret-part"


def flow(*steps, event="ticket.solved", name="Tag who asked"):
    return {"format": "portico.flow/1", "name": name, "trigger": {"event": event}, "steps": list(steps)}


READ = {
    "id": "contact",
    "kind": "call",
    "call": {"operation": "get_contact"},
    "input": {"contact_id": {"ref": "trigger.ticket.requester.contact_id"}},
}
TAG = {
    "id": "tag",
    "kind": "call",
    "call": {"operation": "update_contact"},
    "input": {
        "contact_id": {"ref": "steps.contact.id"},
        "tags": {"append": [{"ref": "steps.contact.tags"}, {"text": "solved"}]},
    },
}
POST = {
    "id": "tell",
    "kind": "output",
    "post": {
        "url": HOOK,
        "headers": {"X-Token": "sesame"},
        "body": {
            "text": {"template": "Solved: {{trigger.ticket.subject}} for {{steps.contact.display_name}}"},
            "tags": {"ref": "steps.tag.tags"},
        },
    },
}


def contact_of(acme, tags=("vip",)):
    return acme.ws.agent.client.contacts.create(display_name="Zoë", tags=list(tags))


def solve(acme, contact, subject="The printer is on fire"):
    tickets = acme.ws.agent.client.tickets
    ticket = tickets.create(subject=subject, requester={"contact_id": contact.id})
    return tickets.update(ticket.id, status="solved")


class Outside:
    """What plays the world: keeps what was posted; answers `replies` first, and then 200."""

    def __init__(self):
        self.posted, self.replies = [], []

    def answer(self, request):
        self.posted.append(request)
        return self.replies.pop(0) if self.replies else httpx.Response(200, text="ok")


class Company:
    """Acme with the flow composer in it."""

    def __init__(self, ws, data_dir):
        self.ws, self.data_dir, self.outside = ws, data_dir, Outside()
        self.installed = ws.install(APP, create=self.serve, grant=DOORBELLS, settings={"hosts": "hooks.example.com"})
        self.sign_ins, self.grants, self.address = {}, {}, "93.184.215.14"

    def serve(self, config, http):
        """Another process of the app, which remembers nothing but its folder."""
        self.web = create_app(
            {**config, "DATA_DIR": str(self.data_dir)},
            http,
            outside=httpx.MockTransport(self.outside.answer),
            resolve=lambda host, port: [self.address],
            now=self.ws.clock,
        )
        composer = self.web.extensions["flow_composer"]
        self.engine, self.store = composer.engine, composer.store
        return self.web

    def run(self):
        self.ws.run()
        return self.engine.run_due()

    def runs(self, flow_id, who="agent"):
        """Newest first, each with its steps."""
        return [self.get(f"/runs/{one['id']}", who=who) for one in self.get(f"/flows/{flow_id}/runs", who=who)["runs"]]

    def token(self, who="agent"):
        actor = self.ws.people[who]._actor
        with writing(actor):
            if who not in self.sign_ins:
                sessions.start_session(actor.user_id, "a browser")
                session().flush()
                newest = select(SignIn.id).where(SignIn.user_id == actor.user_id).order_by(SignIn.id.desc())
                self.sign_ins[who] = session().scalar(newest.limit(1))
            return mint_panel_token(actor, self.installed.installation_id, "home", session_id=self.sign_ins[who]).value

    def call(self, method, path, json=None, who="agent", language=None, status=200):
        headers = {"Authorization": f"Bearer {self.token(who)}"}
        answer = self.web.test_client().open(f"/api{path}", method=method, json=json, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.get_json(silent=True)

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, json=None, **more):
        return self.call("POST", path, json or {}, **more)

    def allow(self, needed, who="agent", but=()):
        """What the person does in the window of the consent."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(needed["needs_grant"]["url"]).query).items()}
        actor, installed = self.ws.people[who]._actor, self.installed
        scopes = [scope for scope in asked["scope"].split() if scope not in but]
        with writing(actor):
            self.grants[who] = oauth.begin_grant(
                actor,
                client_id=installed.client_id,
                app_id=installed.app_id,
                installation_id=installed.installation_id,
                public=False,
                scopes=scopes,
                resource=None,
                session_id=None,
                auth_time=clock.now(),
            )
            code = oauth.issue_code(
                self.grants[who], redirect_uri=asked["redirect_uri"], challenge=asked["code_challenge"], nonce=None
            )
        came = {"code": code, "state": asked["state"], "iss": self.ws.base_url}
        return self.web.test_client().get("/back", query_string=came)

    def add(self, *steps, who="agent", on=True, **more):
        """A flow, switched on; its id."""
        made = self.post("/flows", {"flow": flow(*steps, **more)}, who=who, status=201)
        assert made["findings"] == []
        if on:
            needed = self.post(f"/flows/{made['id']}/enable", who=who)
            assert "Allowed" in self.allow(needed, who).text
            assert self.post(f"/flows/{made['id']}/enable", who=who)["enabled"]
        return made["id"]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """For tests that leave nothing behind which the others would see."""
    with ExitStack() as stack:
        yield Company(stack.enter_context(workspace()), tmp_path_factory.mktemp("flows"))


@pytest.fixture
def acme(shared):
    """Without flows; what happened before is over."""
    shared.outside.posted, shared.outside.replies, shared.address = [], [], "93.184.215.14"
    shared.store.change("DELETE FROM flow")
    shared.engine.runs.most_a_minute = MOST_A_MINUTE
    return shared
