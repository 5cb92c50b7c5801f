"""Apps in frames, rows E2, E4, E5, E6 and E11: what the portal's side of the bridge refuses.

Third-party cookies are blocked all the while.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Frame, expect

from tests.browser.framing import Stage, staged
from tests.support.chromium import launched

pytestmark = pytest.mark.browser
LOOK_ALIKE = "localhost.evil.example"
SANDBOX = "allow-scripts allow-forms allow-same-origin allow-popups"
STRANGERS = ["127.0.0.1", "evil.localhost", LOOK_ALIKE]
BAD_HELLOS = """async () => {
  const heard = [];
  const welcomed = new Promise((done) => addEventListener('message', ({ data, origin }) => {
    if (data.type === 'welcome') { heard.push(data.id); done(origin); }
  }));
  const hello = { portico: 1, type: 'hello' };
  const circle = { ...hello, id: 'circle' };
  circle.circle = circle;
  const asked = [hello, { ...hello, id: '' }, { ...hello, id: 7 }, { ...hello, id: 'x'.repeat(65) }, null, 'hello',
    circle, { ...hello, id: 'large', more: 'x'.repeat(1 << 20) }, { ...hello, id: 'old', portico: 0 },
    { ...hello, id: 'other', type: 'token' }, { ...hello, id: 'good' }];
  asked.forEach((message) => parent.postMessage(message, '*'));
  return [await welcomed, heard];
}"""
BAD_REQUESTS = """async () => {
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
  const asked = [{ id: '1', method: 'steal' }, { method: 'token' }, { id: '', method: 'token' },
    { id: '2', method: 'constructor' }, 'token', null,
    { id: '3', method: 'toast', params: { text: 'x'.repeat(1 << 20) } },
    { id: '4', method: 'toast', params: circle }, { id: 5, method: 'token' },
    { id: 'y'.repeat(65), method: 'token' }, { id: 'last', method: 'context' }];
  asked.forEach((message) => port.postMessage(message));
  await last;
  return heard;
}"""
LEAD_AWAY = "(() => { try { top.location = 'about:blank'; } catch (error) { return error.name; } })()"
ASK_WHERE = """new Promise((done) => {
  navigator.geolocation.getCurrentPosition(() => done(0), (error) => done(error.code));
})"""
ADD_FRAME = """(url) => {
  const other = document.createElement('iframe');
  other.src = url;
  document.body.append(other);
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One to whom a name that begins like the app's is a host, too."""
    with launched(f"--host-resolver-rules=MAP {LOOK_ALIKE} 127.0.0.1") as browser:
        yield browser


@pytest.fixture
def stage(browser: Browser) -> Iterator[Stage]:
    with staged(browser) as stage:
        yield stage


def silent(stage: Stage) -> Frame:
    stage.page.goto(f"{stage.portal_url}/frame?path=/silent")
    stage.until(lambda: len(stage.page.frames) == 2 and stage.frame.url.endswith("/silent"))
    return stage.frame


def at(stage: Stage, host: str, path: str = "/stranger") -> str:
    return f"http://{host}:{stage.app_url.rpartition(':')[2]}{path}"


def expect_nothing_heard(frame: Frame) -> None:
    frame.wait_for_function("window.rounds > 20", polling=50)
    assert frame.evaluate("heard") == []


def test_E2_the_frame_is_sandboxed(stage: Stage) -> None:
    stage.open()
    expect(stage.page.locator("iframe")).to_have_attribute("sandbox", SANDBOX)


def test_E2_a_page_of_the_portal_itself_is_never_framed(stage: Stage) -> None:
    stage.page.goto(f"{stage.portal_url}/frame?src={stage.portal_url}/design")
    stage.expect_state("failed")
    expect(stage.page.locator("iframe")).to_have_count(0)


def test_E2_the_frame_cannot_lead_the_portal_away_or_open_a_dialog(stage: Stage) -> None:
    frame = stage.open()
    dialogs: list[str] = []
    stage.page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    before = stage.page.url
    frame.locator("[name=note]").click()  # a person at work, whom a browser would let more
    caught = (
        "(() => { try { top.location = 'about:blank'; return 'led away'; } catch (error) { return error.name; } })()"
    )
    assert frame.evaluate(caught) == "SecurityError"
    frame.evaluate("alert('Your password, please')")
    assert (stage.page.url, dialogs) == (before, [])


def test_E4_nothing_is_allowed_and_no_address_is_told(stage: Stage) -> None:
    frame = stage.open()
    iframe = stage.page.locator("iframe")
    expect(iframe).to_have_attribute("allow", "")
    expect(iframe).to_have_attribute("referrerpolicy", "no-referrer")
    expect(iframe).to_have_attribute("title", "Earlier tickets")
    assert frame.evaluate("document.referrer") == ""
    asked = (
        "new Promise((done) => navigator.geolocation.getCurrentPosition(() => done(0), (error) => done(error.code)))"
    )
    assert frame.evaluate(asked) == 1, "PERMISSION_DENIED"


def test_E5_a_hello_that_is_not_the_protocol_gets_no_answer(stage: Stage) -> None:
    assert silent(stage).evaluate(BAD_HELLOS) == [stage.portal_url, ["good"]]


def test_E5_a_request_that_is_not_the_protocol_gets_no_answer(stage: Stage) -> None:
    """Over a port won by a raw handshake: unknown, nameless, large and circular requests, then a good one."""
    assert silent(stage).evaluate(BAD_REQUESTS) in (["last"], ["p", "last"])
    assert stage.handed_out == []


@pytest.mark.parametrize("host", ["localhost", *STRANGERS])
def test_E5_another_window_gets_nothing_whatever_its_origin(stage: Stage, host: str) -> None:
    stage.open()
    url = at(stage, host)
    with stage.page.expect_event("framenavigated", lambda frame: frame.url == url) as found:
        stage.page.evaluate(ADD_FRAME, url)
    expect_nothing_heard(found.value)
    assert len(stage.handed_out) == 1


@pytest.mark.parametrize("host", STRANGERS)
def test_E6_a_frame_that_went_to_another_origin_gets_nothing_and_is_taken_away(stage: Stage, host: str) -> None:
    frame = stage.open()
    url = at(stage, host)
    frame.evaluate("(url) => { location.href = url; }", url)
    stage.until(lambda: frame.url == url)
    expect_nothing_heard(frame)
    stage.expect_state("failed")
    expect(stage.page.locator("iframe")).to_have_count(0)
    assert len(stage.handed_out) == 1


def test_E6_a_page_without_an_origin_gets_nothing(stage: Stage) -> None:
    frame = stage.open()
    frame.evaluate("location.href = '/nobody'; 0")
    stage.until(lambda: frame.url.endswith("/nobody"))
    assert frame.evaluate("origin") == "null"
    stage.expect_state("failed")
    expect(stage.page.locator("iframe")).to_have_count(0)
    assert len(stage.handed_out) == 1


def test_E11_third_party_cookies_are_blocked_and_the_app_does_not_need_them(stage: Stage) -> None:
    stage.page.goto(f"{stage.app_url}/silent")
    stage.page.goto(f"{stage.app_url}/silent")
    assert stage.seen.cookies == [None, "probe=1"], "by itself the app has its cookie"
    stage.seen.cookies.clear()
    frame = stage.open()
    assert frame.evaluate("document.cookie") == ""
    frame.get_by_role("button", name="Send").click()
    stage.until(lambda: frame.url.endswith("sent=1"))
    assert len(stage.seen.cookies) >= 4
    assert set(stage.seen.cookies) == {None}, "in the frame it has none"
