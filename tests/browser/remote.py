"""An app as its developer runs it: it serves its own pages and calls the API with its own token."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import httpx
from flask import Flask, Response, redirect, request
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.conftest import Server

SHELL = '<!doctype html><title>shell</title><script src="{portal}/bridge/v1.js" data-portico-panel></script>'
PAGE = """<!doctype html><html lang="en"><title>Customers</title><body><h1>Customers</h1><p id="said">{said}</p>
<form method="post" action="/home"><button>Look again</button></form>
<button id="ask" data-path="{path}">Ask for it</button>
<script src="/ask.js"></script><script src="{portal}/bridge/v1.js" data-portico-panel></script>"""
ASK = """document.addEventListener('click', ({ target }) => {
  if (target.id === 'ask') window.portico.navigate(target.dataset.path);
});"""


@dataclass
class Remote:
    """The developer's app and the admin's scripts: what goes over the API."""

    server: Server
    port: int = 0
    app: dict[str, Any] = field(default_factory=dict)
    installation: dict[str, Any] = field(default_factory=dict)

    def call(self, name: str, method: str, path: str, json: Any = None) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.server.left['tokens'][name]}"}
        answer = httpx.request(method, f"{self.server.url}/api/v1{path}", headers=headers, json=json)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def install(self, **options: Any) -> None:
        self.installation = self.call("admin", "POST", "/installations", {"app_key": self.key, **options})

    def get(self, path: str) -> httpx.Response:
        """With a fresh token of the app's own."""
        about = {"grant_type": "client_credentials", "installation_id": self.installation["id"]}
        client = (self.app["client_id"], self.app["client_secret"])
        token = httpx.post(f"{self.server.url}/oauth/token", data=about, auth=client).json()["access_token"]
        return httpx.get(f"{self.server.url}/api/v1{path}", headers={"Authorization": f"Bearer {token}"})

    @property
    def key(self) -> str:
        return f"finder{self.port}"

    @property
    def page(self) -> str:
        return f"/w/acme/admin/apps/{self.installation['id']}"

    @property
    def home(self) -> str:
        return f"/w/acme/apps/{self.installation['id']}/home"


def manifest(key: str, port: int, *scopes: str, optional: tuple[str, ...] = (), **tables: Any) -> dict[str, Any]:
    def asked(names: tuple[str, ...]) -> list[dict[str, str]]:
        return [{"name": name, "reason": "to find customers"} for name in names]

    return {
        "schema": 1,
        "app": {"key": key, "name": f"Finder {key}", "summary": "Finds customers"},
        "runtime": {"base_url": f"http://localhost:{port}"},
        "access": {"scopes": asked(scopes), "optional_scopes": asked(optional)},
        "surfaces": [{"key": "home", "place": "portal.page", "title": "Customers", "url": "/home"}],
        **tables,
    }


def make_app(remote: Remote) -> Flask:
    made = Flask("finder")

    @made.get("/home")
    def home() -> Response:
        page = _looked(remote) if request.headers.get("Authorization") else SHELL.format(portal=remote.server.url)
        policy = f"frame-ancestors {remote.server.url}"
        return Response(page, headers={"Content-Security-Policy": policy, "Cache-Control": "no-store"})

    @made.post("/home")
    def again() -> Any:
        return redirect("/home?again=1", 303)

    @made.get("/ask.js")
    def script() -> Response:
        return Response(ASK, mimetype="text/javascript")

    return made


def _looked(remote: Remote) -> str:
    """The page of the app, which says in its own words what it was refused."""
    answer, path = remote.get("/contacts?limit=1"), ""
    said = "The customers are here."
    if answer.status_code == 403 and answer.json()["code"] == "scope_pending":
        said = "Your company has not let this app see customers."
        path = answer.json()["ask_url"].removeprefix(remote.server.url)
    return PAGE.format(portal=remote.server.url, said=said, path=path)


def register(remote: Remote, *scopes: str, **more: Any) -> None:
    content = manifest(remote.key, remote.port, *scopes, **more)
    remote.app = remote.call("developer", "POST", "/apps", {"manifest": content})


def frame(page: Page) -> FrameLocator:
    """The app's page, as soon as its scripts listen and the portal listens to them."""
    expect(page.locator("[data-app-frame]")).to_have_attribute("data-state", "ready")
    return page.frame_locator("[data-app-frame] iframe")
