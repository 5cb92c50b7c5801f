"""Web push in a real browser: its worker shows what comes, and the page says what it cannot do."""

from __future__ import annotations

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, SignedIn
from tests.support.waiting import until

pytestmark = pytest.mark.browser

_REGISTER = """async () => {
  const worker = await navigator.serviceWorker.register('/push-worker/acme.js', { scope: '/w/acme/' });
  await navigator.serviceWorker.ready;
  return worker.scope;
}"""
# A browser without a window draws no notification: what it is asked to draw is kept instead.
_KEEP = """() => {
  self.kept = [];
  self.registration.showNotification = async (title, { body, data }) => { self.kept.push([title, body, data.url]); };
}"""


def _deliver(page: Page, origin: str, message: dict[str, str]) -> None:
    """What a push service hands to the browser, by the browser's own tools for developers."""
    tools = page.context.new_cdp_session(page)
    found: list[str] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(_ids(told)))
    tools.send("ServiceWorker.enable")
    until(lambda: page.evaluate("() => navigator.serviceWorker.controller !== null") and bool(found))
    told = {"origin": origin, "registrationId": found[-1], "data": json.dumps(message)}
    tools.send("ServiceWorker.deliverPushMessage", told)


def _ids(told: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["registrationId"] for each in told["registrations"]]


def test_what_comes_is_shown_and_leads_into_the_workspace_alone(server: Server, signed_in: SignedIn) -> None:
    context = signed_in("agent")
    context.grant_permissions(["notifications"], origin=server.url)
    page = context.new_page()
    page.goto("/w/acme/notifications/settings")
    assert page.evaluate(_REGISTER) == f"{server.url}/w/acme/"
    worker = context.service_workers[0]
    worker.evaluate(_KEEP)
    _deliver(page, server.url, {"title": "Parcel", "body": "At the door", "url": f"{server.url}/w/acme/tickets"})
    _deliver(page, server.url, {"title": "Elsewhere", "body": "", "url": "https://evil.example/"})
    until(lambda: len(worker.evaluate("() => self.kept")) == 2)
    assert sorted(worker.evaluate("() => self.kept")) == [
        ["Elsewhere", None, f"{server.url}/w/acme/"],
        ["Parcel", "At the door", f"{server.url}/w/acme/tickets"],
    ]


def test_a_browser_that_is_not_allowed_to_says_so(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("employee").new_page()
    page.goto("/w/acme/notifications/settings")
    button = page.get_by_role("button", name="Switch on")
    expect(button).to_be_visible()
    button.click()
    expect(page.locator(".toast, [role=status]").filter(has_text="does not allow it")).to_be_visible()
    assert Axe().run(page).violations_count == 0


def test_without_scripts_there_is_no_switch_that_does_nothing(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("employee", java_script_enabled=False).new_page()
    page.goto("/w/acme/notifications/settings")
    expect(page.get_by_text("It tells you nothing while no page of it is open.")).to_be_visible()
    expect(page.get_by_role("button", name="Switch on")).to_have_count(0)
