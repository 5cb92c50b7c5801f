"""The bridge and its host in a real browser: the portal on 127.0.0.1, the app on localhost, so on another site."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.framing import Stage, refusal, staged

pytestmark = pytest.mark.browser
LOADS = 50
STATES = """window.states = [];
new MutationObserver((changes) => changes.forEach(({ target }) => {
  if (states.at(-1) !== target.dataset.state) states.push(target.dataset.state);
})).observe(document, { subtree: true, attributeFilter: ['data-state'] });"""


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    with staged(browser) as stage:
        yield stage


def test_each_load_shakes_hands_once_and_the_first_request_bears_no_identity(stage: Stage) -> None:
    stage.page.add_init_script(STATES)
    for _ in range(LOADS):
        stage.open()
        assert stage.page.evaluate("states") == ["loading", "ready"], "nobody was told to wait"
    assert len(stage.handed_out) == LOADS
    assert stage.handed_out[0] == {"surface": "ticket.panel", "object": None}
    assert [identity is None for _, _, identity, _ in stage.seen.requests] == [True, False] * LOADS
    assert not [url for _, url, _, _ in stage.seen.requests if "secret" in url]


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
        "surface": "ticket.panel", "object": None, "path": "/frame", "theme": "light", "locale": "en",
        "timezone": "UTC",
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


def test_the_page_of_consent_is_shown_in_the_whole_window(stage: Stage) -> None:
    frame = stage.open()
    frame.locator("[name=note]").click()
    frame.evaluate("void portico.navigate('/oauth/authorize?client_id=cli_1')")
    stage.page.wait_for_url("**/oauth/authorize?client_id=cli_1")


def test_leaving_what_is_not_saved_in_the_frame_asks_first(stage: Stage) -> None:
    frame = stage.open()
    frame.locator("[name=note]").click()
    frame.evaluate("portico.dirty(true)")
    asked = []
    stage.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    stage.page.goto(f"{stage.portal_url}/frame?path=/panel")
    assert asked == ["beforeunload"]
    stage.expect_state("ready")
    stage.frame.locator("[name=note]").click()
    stage.page.goto(f"{stage.portal_url}/frame?path=/panel")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("path", ["//evil.example", "https://evil.example", "/\\\\evil", "x"])
def test_a_tab_of_its_own_is_of_the_app(stage: Stage, path: str) -> None:
    frame = stage.open()
    frame.locator("[name=note]").click()
    assert refusal(frame, f"portico.open('{path}')") == "invalid"


def test_a_file_of_the_app_opens_in_a_tab_for_a_person_at_work_in_the_frame(stage: Stage) -> None:
    frame = stage.open()
    assert refusal(frame, "portico.open('/panel?file=1')") == "not_active"
    frame.locator("[name=note]").click()
    with stage.page.context.expect_page() as found:
        frame.evaluate("void portico.open('/panel?file=1')")
    found.value.wait_for_url(f"{stage.app_url}/panel?file=1")
    assert found.value.evaluate("opener") is None


def test_refresh_loads_the_facts_again_but_not_too_often(stage: Stage) -> None:
    frame = stage.open()
    expect(stage.page.locator("#facts")).to_have_text("0")
    assert refusal(frame, "portico.refresh()") == "done"
    expect(stage.page.locator("#facts")).to_have_text("1")
    assert refusal(frame, "portico.refresh()") == "too_many"


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


def test_a_slow_app_is_called_slow_and_shown_when_it_comes(stage: Stage) -> None:
    stage.page.goto(f"{stage.portal_url}/frame?path=/slow")
    stage.expect_state("slow")
    expect(stage.page.get_by_text("First Responder takes longer than usual.")).to_be_visible()
    stage.seen.may_answer.set()
    stage.expect_state("ready")
    expect(stage.page.get_by_text("First Responder takes longer than usual.")).to_be_hidden()
    expect(stage.frame.get_by_role("heading", name="Earlier tickets")).to_be_visible()
    assert len(stage.handed_out) == 1


def test_an_app_that_answers_500_fails_at_once(stage: Stage) -> None:
    stage.page.goto(f"{stage.portal_url}/frame?path=/broken")
    stage.expect_state("failed")
    expect(stage.page.get_by_text("First Responder does not answer")).to_be_visible()


def test_escape_steps_out_of_the_frame(stage: Stage) -> None:
    frame = stage.open()
    frame.locator("[name=note]").focus()
    stage.page.keyboard.press("Escape")
    expect(stage.page.locator(".app-frame-head summary")).to_be_focused()
