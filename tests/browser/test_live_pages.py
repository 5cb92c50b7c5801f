"""What changes elsewhere shows on a page that is open, and nothing that somebody is writing is lost."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, SignedIn

pytestmark = pytest.mark.browser


def _api(server: Server, method: str, path: str, body: dict[str, Any]) -> None:
    token = server.left["tokens"]["admin"]
    answer = httpx.request(
        method, f"{server.url}/api/v1{path}", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.is_success, answer.text


def _opened(server: Server, signed_in: SignedIn, ticket: str) -> Page:
    page = signed_in("agent").new_page()
    with page.expect_response(lambda answer: "/live?" in answer.url) as listening:
        page.goto(f"/w/acme/tickets/{ticket}")
    assert listening.value.status == 200
    return page


def test_a_comment_by_somebody_else_appears(server: Server, signed_in: SignedIn) -> None:
    ticket = server.left["tickets"][2]
    page = _opened(server, signed_in, ticket)
    page.locator("#reply textarea").fill("Half a reply")
    _api(server, "POST", f"/tickets/{ticket}/comments", {"body": "From the other side", "visibility": "internal"})
    expect(page.locator("#conversation").get_by_text("From the other side")).to_be_visible()
    expect(page.locator("#reply textarea")).to_have_value("Half a reply")
    newest = page.locator("#conversation").get_attribute("data-newest")
    assert page.locator("#reply [name=last]").input_value() == newest, "who saw it is not told of it again"


def test_what_is_being_changed_stays_and_says_so(server: Server, signed_in: SignedIn) -> None:
    ticket = server.left["tickets"][3]
    page = _opened(server, signed_in, ticket)
    notice = page.locator("[data-live-notice]")
    expect(notice).to_be_hidden()
    _api(server, "PATCH", f"/tickets/{ticket}", {"subject": "Another subject"})
    expect(page.locator("h1")).to_contain_text("Another subject")
    expect(notice).to_be_hidden()
    page.locator("#ticket-properties [name=tags]").fill("mine")  # perhaps while the answer is on its way
    _api(server, "PATCH", f"/tickets/{ticket}", {"subject": "A third one"})
    expect(page.locator("h1")).to_contain_text("A third one")
    expect(notice).to_be_visible()
    expect(page.locator("#ticket-properties [name=tags]")).to_have_value("mine")
    assert Axe().run(page).violations_count == 0
