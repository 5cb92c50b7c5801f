"""Apps in frames of the whole portal, rows E1, E3, E8, E9 and E11; third-party cookies blocked."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from portico.domains.oauth.token_exchange import JWT_TYPE, ExchangeGrant
from tests.browser.conftest import Server, SignedIn
from tests.browser.framing import block_third_party_cookies, refusal
from tests.browser.remote import Remote, frame, make_app, register
from tests.support.design_portal import Serving

pytestmark = pytest.mark.browser
HTML = b"<!doctype html><script>document.title = 'it ran'</script>"


@pytest.fixture
def remote(server: Server) -> Iterator[Remote]:
    """An app of the test's own, installed."""
    made = Remote(server)
    with Serving(make_app(made)) as serving:
        made.port = serving.port
        register(made, access={"user_scopes": [{"name": "openid", "reason": "to know who you are"}]})
        made.install()
        yield made


def opened(remote: Remote, window: BrowserContext) -> Page:
    """The app's page, in a browser of today."""
    page = window.new_page()
    block_third_party_cookies(page)
    page.goto(remote.home)
    expect(frame(page).get_by_role("heading", name="Customers")).to_be_visible()
    return page


def session_token(page: Page) -> str:
    token: str = page.frames[1].evaluate("portico.token()")
    return token


def exchange(remote: Remote, token: str) -> httpx.Response:
    """By the app's server: it says who the person is, and no more."""
    asked = {"grant_type": ExchangeGrant.GRANT_TYPE, "subject_token": token, "subject_token_type": JWT_TYPE}
    client = (remote.app["client_id"], remote.app["client_secret"])
    return httpx.post(f"{remote.server.url}/oauth/token", data=asked, auth=client)


def who(remote: Remote, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{remote.server.url}/oauth/userinfo", headers=headers).status_code


def test_E1_only_the_origin_of_the_app_is_framed_and_the_portal_by_nobody(remote: Remote, signed_in: SignedIn) -> None:
    page = signed_in("agent").new_page()
    answer = page.goto(remote.home)
    assert answer is not None
    policy = answer.headers["content-security-policy"].split("; ")
    assert "frame-ancestors 'none'" in policy
    assert f"frame-src http://localhost:{remote.port}" in policy
    expect(frame(page).get_by_role("heading", name="Customers")).to_be_visible()
    page.goto(f"http://localhost:{remote.port}/home")
    page.evaluate("(url) => { document.body.innerHTML = `<iframe src='${url}'></iframe>`; }", remote.server.url)
    expect(page.locator("iframe")).to_have_count(1)
    page.wait_for_function("frames.length === 1")
    page.frames[1].wait_for_load_state()
    assert page.frames[1].url.startswith("chrome-error:")


def test_E3_what_somebody_uploaded_is_never_a_page(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("employee").new_page()
    page.goto(f"/w/acme/tickets/{server.left['own_ticket']}")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "note.html", "mimeType": "text/html", "buffer": HTML}
    )
    page.locator("textarea").first.fill("See this page")
    page.get_by_role("button", name="Send").click()
    link = page.get_by_role("link", name="note.html")
    address = link.get_attribute("href")
    assert address is not None
    with page.expect_download() as found:
        page.evaluate("(address) => { location.href = address; }", address)
    assert found.value.path().read_bytes() == HTML
    assert page.title() != "it ran"


def test_E8_no_token_stands_in_an_address_or_a_storage(remote: Remote, signed_in: SignedIn) -> None:
    window = signed_in("agent")
    addresses: list[str] = []
    window.on("request", lambda request: addresses.append(request.url + request.headers.get("referer", "")))
    page = opened(remote, window)
    token = session_token(page)
    frame(page).get_by_role("button", name="Look again").click()
    assert any(f":{remote.port}/home" in one for one in addresses)
    assert not [one for one in addresses if "eyJ" in one or token in one]
    assert page.frames[1].evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_E9_an_uninstalled_app_gets_no_token_and_what_it_had_is_dead(remote: Remote, signed_in: SignedIn) -> None:
    page = opened(remote, signed_in("agent"))
    access = exchange(remote, session_token(page)).json()["access_token"]
    kept = session_token(page)
    assert who(remote, access) == 200
    remote.call("admin", "POST", f"/installations/{remote.installation['id']}/uninstall")
    assert refusal(page.frames[1], "portico.token()") == "denied"
    assert who(remote, access) == 401
    assert exchange(remote, kept).status_code == 400
    frame(page).get_by_role("button", name="Look again").click()
    expect(page.locator(".toast-note")).to_be_visible()
    expect(frame(page).get_by_role("heading", name="Customers")).to_be_visible()


def test_E11_the_app_has_no_cookie_and_works(remote: Remote, signed_in: SignedIn) -> None:
    page = opened(remote, signed_in("agent"))
    inner = page.frames[1]
    assert inner.evaluate("document.cookie = 'mine=1; SameSite=None; Secure'; document.cookie") == ""
    assert exchange(remote, session_token(page)).status_code == 200


def test_E9_who_has_left_gets_no_token_and_what_the_app_had_is_dead(remote: Remote, signed_in: SignedIn) -> None:
    """The last of this file: the person does not come back."""
    page = opened(remote, signed_in("developer"))
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    access = exchange(remote, session_token(page)).json()["access_token"]
    kept = session_token(page)
    assert who(remote, access) == 200
    remote.call("admin", "POST", f"/employees/{remote.server.left['employees']['developer']}/depart")
    assert refusal(page.frames[1], "portico.token()") == "denied"
    assert who(remote, access) == 401
    assert exchange(remote, kept).status_code == 400
    assert wrong == []
