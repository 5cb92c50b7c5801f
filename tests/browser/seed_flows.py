"""A company with the flow composer, in this process and served on loopback, and a place outside that flows post to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
import httpx
from flow_composer import create_app
from flow_composer.flows import Person
from playwright.sync_api import Browser, Frame, Page, expect

from portico_sdk.testing import workspace
from tests.browser.framing import block_third_party_cookies

APP = Path(__file__).parents[2] / "apps_examples" / "flow_composer"
HOOK = "https://hooks.example.com/in"
URGENT = {
    "format": "portico.flow/1",
    "name": "Urgent tickets",
    "trigger": {"event": "ticket.solved"},
    "steps": [
        {
            "id": "urgent",
            "kind": "filter",
            "all": [{"value": {"ref": "trigger.ticket.priority"}, "op": "eq", "to": "urgent"}],
        },
        {"id": "a_while", "kind": "wait", "seconds": 7200},
        {
            "id": "tell",
            "kind": "output",
            "post": {"url": HOOK, "headers": {}, "body": {"text": {"template": "Solved: {{trigger.ticket.subject}}"}}},
        },
    ],
}


@dataclass
class FlowsCompany:
    """Acme. The agent builds flows; Zoë has a ticket that can be solved, and one that was."""

    ws: Any
    folder: Path
    posted: list[dict[str, Any]] = field(default_factory=list)
    host: Any = None
    kept: dict[str, Any] = field(default_factory=dict)
    """With which cookies the agent stays in."""

    def begin(self) -> None:
        self.installed = self.ws.install(APP, create=self._create, settings={"hosts": "hooks.example.com"})
        self.client = self.ws.agent.client
        self.zoe = self.client.contacts.create(display_name="Zoë", tags=["vip"])
        self.solve(self.open_ticket("The first invoice is wrong"))
        owner = Person(self.ws.agent.employee_id, "Agent", "en")
        self.composer.flows.create(self.installed.installation_id, URGENT, owner, self.ws.clock())

    def _create(self, config: dict[str, str], http_client: httpx.Client) -> flask.Flask:
        self.web = create_app(
            {**config, "DATA_DIR": str(self.folder)},
            http_client,
            outside=httpx.MockTransport(self._receive),
            resolve=lambda host, port: ["93.184.215.14"],
            now=self.ws.clock,
        )
        self.composer = self.web.extensions["flow_composer"]
        return self.web

    def _receive(self, request: httpx.Request) -> httpx.Response:
        # The connection goes to the address that was looked at.
        url = f"https://{request.headers['host']}{request.url.path}"
        self.posted.append({"url": url, "body": json.loads(request.content)})
        return httpx.Response(200, text="ok")

    def open_ticket(self, subject: str) -> str:
        ticket: str = self.client.tickets.create(subject=subject, requester={"contact_id": self.zoe.id}).id
        return ticket

    def solve(self, ticket_id: str) -> None:
        self.client.tickets.update(ticket_id, status="solved")
        self.run()

    def run(self) -> None:
        """Events are delivered, and the flows that are due run."""
        self.ws.run()
        self.composer.engine.run_due()

    def window(self, browser: Browser, **look: Any) -> Page:
        """The page of the app, as the agent opens it in a browser of today."""
        context = browser.new_context(base_url=self.host.url, storage_state=self.kept or None, **look)
        page = context.new_page()
        if not self.kept:
            page.goto("/sign-in")
            page.fill("#email", self.ws.agent.email)
            page.fill("#password", self.ws.agent.password)
            page.click("main form.form button[type=submit]")
            page.wait_for_url(lambda url: "/sign-in" not in url)
            self.kept.update(context.storage_state())
        block_third_party_cookies(page)
        page.goto(f"/w/acme/apps/{self.installed.installation_id}/home")
        self.frame(page)
        return page

    def frame(self, page: Page) -> Frame:
        """What is in the frame, as soon as the flows are there."""
        expect(page.locator("[data-app-frame]")).to_have_attribute("data-state", "ready")
        expect(page.frame_locator("[data-app-frame] iframe").locator("main .list-head")).to_be_visible()
        return page.frames[1]


@contextmanager
def flows_company(folder: Path) -> Iterator[FlowsCompany]:
    with workspace() as ws:
        company = FlowsCompany(ws, folder)
        company.begin()
        with ws.browser_host() as host:
            company.host = host
            yield company
