"""What changes elsewhere shows on a page that is open, and nothing that somebody is writing is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, SignedIn

pytestmark = pytest.mark.browser


def call(server: Server, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    token = server.left["tokens"]["admin"]
    answer = httpx.request(
        method, f"{server.url}/api/v1{path}", json=body, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def listeners(server: Server) -> int:
    """Connections to the streams that are open, by what the kernel says."""
    port = int(server.left["streams_port"])
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(1 for row in rows if row[1].endswith(f":{port:04X}") and row[3] == "01")


def _opened(server: Server, signed_in: SignedIn, ticket: str) -> Page:
    page = signed_in("agent").new_page()
    page.goto(f"/w/acme/tickets/{ticket}")
    expect(page.locator("html")).to_have_attribute("data-live-state", "open")
    return page


def test_a_comment_by_somebody_else_appears(server: Server, signed_in: SignedIn) -> None:
    ticket = server.left["tickets"][2]
    page = _opened(server, signed_in, ticket)
    page.locator("#reply textarea").fill("Half a reply")
    call(server, "POST", f"/tickets/{ticket}/comments", {"body": "From the other side", "visibility": "internal"})
    expect(page.locator("#conversation").get_by_text("From the other side")).to_be_visible()
    expect(page.locator("#reply textarea")).to_have_value("Half a reply")
    newest = page.locator("#conversation").get_attribute("data-newest")
    assert page.locator("#reply [name=last]").input_value() == newest, "who saw it is not told of it again"


def test_what_is_being_changed_stays_and_says_so(server: Server, signed_in: SignedIn) -> None:
    ticket = server.left["tickets"][3]
    page = _opened(server, signed_in, ticket)
    notice = page.locator("[data-live-notice]")
    expect(notice).to_be_hidden()
    call(server, "PATCH", f"/tickets/{ticket}", {"subject": "Another subject"})
    expect(page.locator("h1")).to_contain_text("Another subject")
    expect(notice).to_be_hidden()
    page.locator("#ticket-properties [name=tags]").fill("mine")  # perhaps while the answer is on its way
    call(server, "PATCH", f"/tickets/{ticket}", {"subject": "A third one"})
    expect(page.locator("h1")).to_contain_text("A third one")
    expect(notice).to_be_visible()
    expect(page.locator("#ticket-properties [name=tags]")).to_have_value("mine")
    assert Axe().run(page).violations_count == 0


def test_two_screens_see_who_is_there_who_writes_and_what_they_did(server: Server, signed_in: SignedIn) -> None:
    ticket = server.left["tickets"][1]
    page = _opened(server, signed_in, ticket)
    other = signed_in("support_admin").new_page()
    other.goto(f"/w/acme/tickets/{ticket}")
    here = page.locator("#ticket-here")
    expect(here).to_have_text("Oluwaseun Adeyemi is looking at this, too")
    expect(other.locator("#ticket-here")).to_have_text("Tom Becker is looking at this, too")
    other.locator("#reply textarea").press_sequentially("An answer")
    expect(here).to_have_text("Oluwaseun Adeyemi is writing…")
    assert Axe().run(page).violations_count == 0
    other.locator("#reply").get_by_role("button", name="Send").click()
    expect(page.locator("#conversation").get_by_text("An answer")).to_be_visible()
    other.get_by_role("button", name="Take it").click()
    expect(page.locator("#ticket-properties [name=assignee_id] option:checked")).to_contain_text("Oluwaseun Adeyemi")
    other.close()
    expect(here).to_have_text("")


def test_a_browser_has_one_connection_and_the_bell_counts_on_every_page(server: Server, signed_in: SignedIn) -> None:
    window = signed_in("agent")
    pages = [window.new_page() for _ in range(3)]
    for page, path in zip(pages, ("", f"tickets/{server.left['tickets'][0]}", "people"), strict=True):
        page.goto(f"/w/acme/{path}")
        expect(page.locator("html")).to_have_attribute("data-live-state", "open")
    assert listeners(server) == 1
    people = call(server, "GET", "/employees?q=Tom")["data"]
    me = next(one["id"] for one in people if one["display_name"] == "Tom Becker")
    before = pages[0].locator(".rail [data-bell-count]").text_content() or "0"
    call(server, "POST", "/notifications", {"to": [me], "title": "Look here"})
    for page in pages:
        expect(page.locator(".rail [data-bell-count]")).to_have_text(str(int(before) + 1))
