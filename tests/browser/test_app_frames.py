"""The bridge and its host in a real browser: the portal on 127.0.0.1, the app on localhost, so on another site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Response, redirect, request
from playwright.sync_api import Browser, Frame, Page, expect
from werkzeug.wrappers import Response as Redirection

from tests.support.chromium import launched
from tests.support.design_portal import Serving, make_portal

pytestmark = pytest.mark.browser
LOADS = 20

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
    """What the app was asked for: method, full URL, identity, form."""

    portal: str = ""
    requests: list[tuple[str, str, str | None, dict[str, str]]] = field(default_factory=list)


def make_app(seen: Seen) -> Flask:
    app = Flask("app")

    @app.before_request
    def note() -> None:
        identity = request.headers.get("Authorization")
        seen.requests.append((request.method, request.url, identity, request.form.to_dict()))

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

    @app.get("/stranger")
    def stranger() -> str:
        return '<!doctype html><script src="/stranger.js"></script>'

    @app.get("/stranger.js")
    def script() -> Response:
        return Response(STRANGER, mimetype="text/javascript")

    return app


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    seen = Seen()
    with Serving(make_app(seen)) as app:
        app_url = f"http://localhost:{app.port}"
        portal = make_portal(app_url)
        with Serving(portal) as served:
            seen.portal = f"http://127.0.0.1:{served.port}"
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            yield Stage(context.new_page(), portal, seen.portal, app_url, seen)
            context.close()


def refusal(frame: Frame, call: str) -> str:
    code: str = frame.evaluate(f"{call}.then(() => 'done', (error) => error.code)")
    return code


def test_each_load_shakes_hands_once_and_the_first_request_bears_no_identity(stage: Stage) -> None:
    for _ in range(LOADS):
        stage.open()
    assert len(stage.handed_out) == LOADS
    assert stage.handed_out[0] == {"surface": "ticket.panel", "object": None}
    assert [identity is None for _, _, identity, _ in stage.seen.requests] == [True, False] * LOADS
    assert not [url for _, url, _, _ in stage.seen.requests if "secret" in url]


def test_the_frame_is_sandboxed_and_named(stage: Stage) -> None:
    stage.open()
    iframe = stage.page.locator("iframe")
    expect(iframe).to_have_attribute("sandbox", "allow-scripts allow-forms allow-same-origin allow-popups")
    expect(iframe).to_have_attribute("allow", "")
    expect(iframe).to_have_attribute("referrerpolicy", "no-referrer")
    expect(iframe).to_have_attribute("title", "Earlier tickets")


def test_a_form_is_sent_with_a_fresh_token_and_its_redirect_followed(stage: Stage) -> None:
    frame = stage.open()
    frame.get_by_role("button", name="Send").click()
    stage.until(lambda: frame.url.endswith("sent=1"))
    posts = [request for request in stage.seen.requests if request[0] == "POST"]
    assert [(identity, form) for _, _, identity, form in posts] == [("Bearer secret-2", {"note": "x & y", "go": "1"})]


def test_a_link_loads_a_shell_again(stage: Stage) -> None:
    frame = stage.open()

    def asked() -> list[str | None]:
        return [identity for _, url, identity, _ in stage.seen.requests if "page=2" in url]

    with stage.page.expect_request(lambda one: "page=2" in one.url and "authorization" in one.headers):
        frame.get_by_role("link", name="Next").click()
    stage.until(lambda: len(asked()) == 2)
    assert asked() == [None, "Bearer secret-2"]
    expect(frame.locator("h1")).to_be_visible()


def test_the_context_follows_the_theme(stage: Stage) -> None:
    frame = stage.open()
    assert frame.evaluate("portico.context()") == {
        "surface": "ticket.panel", "object": None, "theme": "light", "locale": "en", "timezone": "UTC",
    }  # fmt: skip
    changed = "new Promise((done) => document.addEventListener('portico:context', (event) => done(event.detail.theme)))"
    frame.evaluate(f"window.changed = {changed}; 0")
    stage.page.locator(".rail .menu-account > summary").click()
    stage.page.locator(".rail [name=theme][value=dark]").click()
    assert frame.evaluate("changed") == "dark"
    assert frame.evaluate("document.documentElement.dataset.porticoTheme") == "dark"


def test_the_height_is_clamped_and_a_toast_bears_the_name_of_the_app(stage: Stage) -> None:
    frame = stage.open()
    stage.until(lambda: stage.height > 60)  # the bridge has measured the panel, which is taller than the shell
    frame.evaluate("portico.resize(1e9)")
    assert stage.height == 4000
    frame.evaluate("portico.toast('<b>Done</b>', 'success')")
    expect(stage.page.locator(".toast-note p")).to_have_text("First Responder<b>Done</b>")
    assert refusal(frame, "portico.toast('x'.repeat(201))") == "invalid"


@pytest.mark.parametrize("path", ["//evil.example", "/../../sign-out", "https://evil.example", "/\\\\evil", "", "x"])
def test_navigation_stays_in_the_workspace(stage: Stage, path: str) -> None:
    frame = stage.open()
    assert refusal(frame, f"portico.navigate('{path}')") == "invalid"


def test_navigation_needs_a_person_at_work_in_the_frame(stage: Stage) -> None:
    frame = stage.open()
    assert refusal(frame, "portico.navigate('/tickets')") == "not_active"
    frame.locator("[name=note]").click()
    frame.evaluate("void portico.navigate('/tickets')")
    stage.page.wait_for_url("**/w/acme/tickets")


def test_refresh_loads_the_facts_again_but_not_too_often(stage: Stage) -> None:
    frame = stage.open()
    expect(stage.page.locator("#facts")).to_have_text("0")
    assert refusal(frame, "portico.refresh()") == "done"
    expect(stage.page.locator("#facts")).to_have_text("1")
    assert refusal(frame, "portico.refresh()") == "too_many"


def test_what_is_not_the_protocol_gets_no_answer(stage: Stage) -> None:
    """Over a port won by a raw handshake: unknown, nameless, large and circular requests, then a good one."""
    stage.page.goto(f"{stage.portal_url}/frame?path=/silent")
    stage.until(lambda: len(stage.page.frames) == 2 and stage.frame.url.endswith("/silent"))
    heard = stage.frame.evaluate("""async () => {
      const heard = [];
      const port = await new Promise((done) => {
        addEventListener('message', ({ data, ports }) => {
          if (data.type === 'welcome') done(ports[0]);
          if (data.type === 'check') port.postMessage({ id: 'p', method: 'present', params: { nonce: data.nonce } });
        });
        parent.postMessage({ portico: 1, type: 'hello', id: 'raw' }, '*');
      });
      const circle = {};
      circle.circle = circle;
      const last = new Promise((done) => {
        port.onmessage = ({ data }) => { heard.push(data.id); if (data.id === 'last') done(); };
      });
      const asked = [{ id: '1', method: 'steal' }, { method: 'token' }, { id: '2', method: 'constructor' },
        'token', null, { id: '3', method: 'toast', params: { text: 'x'.repeat(20000) } },
        { id: '4', method: 'toast', params: circle }, { id: 5, method: 'token' },
        { id: 'y'.repeat(65), method: 'token' }, { id: 'last', method: 'context' }];
      asked.forEach((message) => port.postMessage(message));
      await last;
      return heard;
    }""")
    assert heard in (["last"], ["p", "last"])
    assert stage.handed_out == []


def test_a_frame_that_went_to_another_origin_gets_nothing_and_is_taken_away(stage: Stage) -> None:
    frame = stage.open()
    port = stage.app_url.rpartition(":")[2]
    frame.evaluate(f"location.href = 'http://127.0.0.1:{port}/stranger'; 0")
    stage.until(lambda: frame.url.endswith("/stranger"))
    frame.wait_for_function("window.rounds > 20", polling=50)
    assert frame.evaluate("heard") == []
    stage.expect_state("failed")
    expect(stage.page.locator("iframe")).to_have_count(0)
    assert len(stage.handed_out) == 1


def test_another_window_of_the_right_origin_gets_nothing(stage: Stage) -> None:
    stage.open()
    stage.page.evaluate(
        """(url) => {
      const other = document.createElement('iframe');
      other.src = url;
      document.body.append(other);
    }""",
        f"{stage.app_url}/stranger",
    )
    other = stage.page.wait_for_event("framenavigated", lambda frame: frame.url.endswith("/stranger"))
    other.wait_for_function("window.rounds > 20", polling=50)
    assert other.evaluate("heard") == []
    assert len(stage.handed_out) == 1


def test_a_silent_app_is_called_slow_then_failed_and_can_be_tried_again(stage: Stage) -> None:
    stage.page.clock.install()
    stage.page.goto(f"{stage.portal_url}/frame?path=/silent")
    stage.expect_state("loading")
    stage.page.clock.run_for(3000)
    stage.expect_state("slow")
    expect(stage.page.get_by_text("First Responder takes longer than usual.")).to_be_visible()
    stage.page.clock.run_for(7000)
    stage.expect_state("failed")
    stage.page.get_by_role("button", name="Try again").click()
    stage.expect_state("loading")


def test_an_app_that_answers_500_fails_at_once(stage: Stage) -> None:
    stage.page.goto(f"{stage.portal_url}/frame?path=/broken")
    stage.expect_state("failed")
    expect(stage.page.get_by_text("First Responder does not answer")).to_be_visible()


def test_a_page_of_the_portal_itself_is_never_framed(stage: Stage) -> None:
    stage.page.goto(f"{stage.portal_url}/frame?src={stage.portal_url}/design")
    stage.expect_state("failed")
    expect(stage.page.locator("iframe")).to_have_count(0)


def test_escape_steps_out_of_the_frame(stage: Stage) -> None:
    frame = stage.open()
    frame.locator("[name=note]").focus()
    stage.page.keyboard.press("Escape")
    expect(stage.page.locator(".app-frame-head summary")).to_be_focused()
