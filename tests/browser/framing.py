"""A portal with one app frame, and an app on another site: the portal on 127.0.0.1, the app on localhost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from flask import Flask, Response, redirect, request
from playwright.sync_api import Browser, Frame, Page, expect
from werkzeug.wrappers import Response as Redirection

from tests.support.design_portal import Serving, make_portal

SHELL = '<!doctype html><title>shell</title><script src="{portal}/bridge/v1.js" data-portico-panel></script>'
PANEL = """<!doctype html><html lang="en"><title>panel</title><body><h1>Earlier tickets</h1>
<form method="post" action="/panel">
<input name="note" value="x &amp; y"><button name="go" value="1">Send</button></form>
<a href="/panel?page=2">Next</a>
<script src="{portal}/bridge/v1.js" data-portico-panel></script>"""
STRANGER = """
window.heard = [];
window.rounds = 0;
addEventListener('message', (event) => {
  heard.push(event.data);
  if (!event.ports[0]) return;
  event.ports[0].onmessage = (message) => heard.push(message.data);
  event.ports[0].postMessage({ id: '1', method: 'token' });
});
setInterval(() => { rounds += 1; parent.postMessage({ portico: 1, type: 'hello', id: `s${rounds}` }, '*'); }, 20);
"""


@dataclass
class Seen:
    """What the app was asked for: method, full URL, identity, form; and with which cookies."""

    portal: str = ""
    requests: list[tuple[str, str, str | None, dict[str, str]]] = field(default_factory=list)
    cookies: list[str | None] = field(default_factory=list)
    may_answer: Event = field(default_factory=Event)
    """The slow page waits for it."""


def make_app(seen: Seen) -> Flask:
    app = Flask("app")

    @app.before_request
    def note() -> None:
        identity = request.headers.get("Authorization")
        seen.requests.append((request.method, request.url, identity, request.form.to_dict()))
        seen.cookies.append(request.headers.get("Cookie"))

    @app.after_request
    def remember(response: Response) -> Response:
        response.set_cookie("probe", "1", secure=True, samesite="None")
        return response

    @app.get("/panel")
    def panel() -> str:
        page = PANEL if request.headers.get("Authorization") else SHELL
        return page.format(portal=seen.portal)

    @app.post("/panel")
    def send() -> Redirection:
        return redirect("/panel?sent=1", 303)

    @app.get("/broken")
    def broken() -> Any:
        return ("boom", 500) if request.headers.get("Authorization") else SHELL.format(portal=seen.portal)

    @app.get("/silent")
    def silent() -> str:
        return "no bridge here"

    @app.get("/slow")
    def slow() -> str:
        if not request.headers.get("Authorization"):
            return SHELL.format(portal=seen.portal)
        seen.may_answer.wait(30)
        return PANEL.format(portal=seen.portal)

    _add_strangers(app)
    return app


def _add_strangers(app: Flask) -> None:
    """Pages that ask for what is not theirs."""

    @app.get("/nobody")
    def nobody() -> Response:
        policy = {"Content-Security-Policy": "sandbox allow-scripts"}  # so its origin is null
        return Response('<!doctype html><script src="/stranger.js"></script>', headers=policy)

    @app.get("/stranger")
    def stranger() -> str:
        return '<!doctype html><script src="/stranger.js"></script>'

    @app.get("/stranger.js")
    def script() -> Response:
        return Response(STRANGER, mimetype="text/javascript")


@dataclass
class Stage:
    page: Page
    portal: Flask
    portal_url: str
    app_url: str
    seen: Seen

    def open(self, path: str = "/panel") -> Frame:
        self.page.goto(f"{self.portal_url}/frame?path={path}")
        self.expect_state("ready")
        return self.frame

    def expect_state(self, state: str) -> None:
        expect(self.page.locator("[data-app-frame]")).to_have_attribute("data-state", state, timeout=15_000)

    def until(self, reached: Callable[[], bool]) -> None:
        """Let the browser go on until it is so, at most some ten seconds."""
        for _ in range(200):
            if reached():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("It did not come about.")

    @property
    def frame(self) -> Frame:
        return self.page.frames[1]

    @property
    def height(self) -> float:
        pixels: float = self.page.locator("iframe").evaluate("(iframe) => parseFloat(iframe.style.height) || 0")
        return pixels

    @property
    def handed_out(self) -> list[Any]:
        tokens: list[Any] = self.portal.extensions["handed_out"]
        return tokens


def block_third_party_cookies(page: Page) -> None:
    """No flag of the headless shell does it; the controls of the browser do."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    exceptions = {"disableThirdPartyCookieMetadata": True, "disableThirdPartyCookieHeuristics": True}
    wire.send("Network.setCookieControls", {"enableThirdPartyCookieRestriction": True, **exceptions})


@contextmanager
def staged(browser: Browser) -> Iterator[Stage]:
    """A portal with one frame, and the app that stands in it, until the `with` block ends."""
    seen = Seen()
    with Serving(make_app(seen)) as app:
        app_url = f"http://localhost:{app.port}"
        portal = make_portal(app_url)
        with Serving(portal) as served:
            seen.portal = f"http://127.0.0.1:{served.port}"
            with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
                page = context.new_page()
                block_third_party_cookies(page)
                yield Stage(page, portal, seen.portal, app_url, seen)


def refusal(frame: Frame, call: str) -> str:
    code: str = frame.evaluate(f"{call}.then(() => 'done', (error) => error.code)")
    return code
