"""The example app Notifier in a workspace, and a chat that is played."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
from notifier import create_app

from portico.domains.interactions.service import mint_panel_token
from portico_sdk.manifest import load_toml
from portico_sdk.testing._people import writing

APP = Path(__file__).parents[2] / "apps_examples" / "notifier"
MANIFEST = load_toml(APP / "portico.toml")
WEDNESDAY_NOON = datetime(2026, 1, 7, 12, tzinfo=UTC)
HOOK = "https://hooks.slack.com/services/T0/B0/secret-part"
OPTIONAL = [scope["name"] for scope in MANIFEST["access"]["optional_scopes"]]


class Chat:
    """What plays the chat: keeps what was posted; answers `replies` first, and then 200."""

    def __init__(self):
        self.posted, self.replies = [], []

    def answer(self, request):
        self.posted.append(request)
        return self.replies.pop(0) if self.replies else httpx.Response(200, text="ok")

    @property
    def titles(self):
        return [json.loads(request.content)["text"] for request in self.posted]


class World:
    def __init__(self, ws, folder):
        self.ws, self.chat = ws, Chat()
        settings = {"managers": f"{ws.admin.email}, somebody@else.example", "other_hosts": "chat.example.com"}
        self.installed = ws.install(APP, create=self._create(folder), grant=OPTIONAL, settings=settings)
        self.web = self.made.test_client()

    def _create(self, folder):
        def create(config, http_client):
            self.made = create_app(
                {**config, "NOTIFIER_DATABASE": str(folder / "notifier.db")},
                http_client,
                outside=httpx.MockTransport(self.chat.answer),
                resolve=lambda host, port: ["93.184.215.14"],
                now=self.ws.clock,
            )
            return self.made

        return create

    def token(self, who="admin", **of_person):
        actor = replace(self.ws.people[who]._actor, **of_person)
        with writing(actor):
            return mint_panel_token(actor, self.installed.installation_id, "home").value

    def page(self, who="admin", method="get", **fields):
        more = {"data": fields} if method == "post" else {"query_string": fields}
        call = self.web.post if method == "post" else self.web.get
        return call("/panels/home", headers={"Authorization": f"Bearer {self.token(who)}"}, **more).text

    def add(self, **more):
        fields = {"name": "Team", "kind": "slack", "url": HOOK, "events": ["ticket.created"], "quiet": "workspace"}
        return self.page(method="post", **{"step": "save", "enabled": "on", "locale": "en", **fields, **more})

    def ticket(self, subject="Help"):
        agent = self.ws.agent
        return agent.client.tickets.create(subject=subject, requester={"employee_id": agent.employee_id})

    def send(self):
        self.ws.run()
        return self.made.extensions["notifier"].run_due()
