"""An app asks to act in a person's name: the whole way in a browser."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from portico.domains.oauth.service import challenge_of
from tests.browser.conftest import Server, SignedIn
from tests.support.cast import PASSWORD
from tests.support.loopback_servers import LoopbackServer, answer

pytestmark = pytest.mark.browser


@pytest.fixture
def program() -> Iterator[LoopbackServer]:
    """The app's own listener on the person's device."""
    with LoopbackServer(lambda received: answer(body=b"You can close this window.", Content_Type="text/plain")) as made:
        yield made


def address(server: Server, program: LoopbackServer, scope: str = "", **more: str) -> str:
    about = {
        "response_type": "code",
        "client_id": server.left["apps"]["desk"],
        "redirect_uri": f"http://127.0.0.1:{program.port}/back",
        "state": "its state",
        "code_challenge": challenge_of("v" * 43),
        "code_challenge_method": "S256",
        **({"scope": scope} if scope else {}),
        **more,
    }
    return f"/oauth/authorize?{urlencode(about)}"


def came_back(page: Page, server: Server, program: LoopbackServer) -> dict[str, list[str]]:
    page.wait_for_url(f"http://127.0.0.1:{program.port}/back?*")
    received = parse_qs(urlsplit(page.url).query)
    assert received.pop("iss") == [server.url]
    assert received.pop("state") == ["its state"]
    return received


def test_from_the_sign_in_to_the_app_and_back(server: Server, signed_in: SignedIn, program: LoopbackServer) -> None:
    page = signed_in(None, locale="en-GB").new_page()
    page.goto(address(server, program))
    page.fill("#email", server.email("agent"))
    page.fill("#password", PASSWORD)
    page.click("main form.form button[type=submit]")
    expect(page.get_by_role("heading", name="Let Desk act for you?")).to_be_visible()
    page.get_by_role("button", name="Do not allow").click()
    assert came_back(page, server, program)["error"] == ["access_denied"]
    page.goto(address(server, program))
    page.get_by_role("button", name="Allow", exact=True).click()
    tokens = redeemed(page, server, program)
    page.goto("/account/apps")
    expect(page.get_by_role("heading", name="Desk")).to_be_visible()
    page.get_by_text("Revoke", exact=True).click()
    page.get_by_role("button", name="Revoke access").click()
    expect(page.get_by_text("No app acts for you")).to_be_visible()
    mine = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert page.request.get("/api/v1/me", headers=mine).status == 401


def redeemed(page: Page, server: Server, program: LoopbackServer) -> dict[str, str]:
    """What the program gets for the code that it received."""
    code = came_back(page, server, program)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "code_verifier": "v" * 43}
    client_id = server.left["apps"]["desk"]
    answered = page.request.post("/oauth/token", form={**form, "client_id": client_id})
    assert answered.status == 200, answered.text()
    tokens: dict[str, str] = answered.json()
    return tokens


def test_whoever_is_asked_to_sign_in_again_comes_back(
    server: Server, signed_in: SignedIn, program: LoopbackServer
) -> None:
    page = signed_in("agent", locale="en-GB").new_page()
    page.goto(address(server, program, prompt="login"))
    page.fill("#email", server.email("agent"))
    page.fill("#password", PASSWORD)
    page.click("main form.form button[type=submit]")
    page.get_by_role("button", name="Allow", exact=True).click()
    assert list(came_back(page, server, program)) == ["code"]
