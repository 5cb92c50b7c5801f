"""The day's work by the keyboard alone, and again without scripts: sign in, find a ticket, reply, run an app's action,
install an app."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Server, SignedIn
from tests.support.cast import PASSWORD

pytestmark = pytest.mark.browser
SEEDED = ("--actions",)
MOST_STEPS = 150
"""Presses of Tab from one end of a page to the other."""
FOCUSED = "(one) => one === document.activeElement"
RING = """(one) => [one, one.parentElement, one.closest('.composer, .app-tile, .filter') ?? one].map((at) => {
  const { outline, boxShadow } = getComputedStyle(at);
  return `${outline} ${boxShadow}`;
}).join()"""
"""What is drawn around a thing, or around the box that it stands in."""


class ByKeyboard:
    scripts = True

    def __init__(self, page: Page) -> None:
        self._page = page

    def _reach(self, there: Locator) -> None:
        """With Tab, as somebody does who sees where the focus is."""
        expect(there).to_be_visible()
        if there.evaluate(FOCUSED):
            return  # the page put it there
        before = there.evaluate(RING)
        for _ in range(MOST_STEPS):
            self._page.keyboard.press("Tab")
            if there.evaluate(FOCUSED):
                break
        expect(there).to_be_focused()
        assert there.evaluate(RING) != before, f"nothing shows that the focus is on {there}"

    def press(self, there: Locator) -> None:
        self._reach(there)
        self._page.keyboard.press("Enter")

    def write(self, there: Locator, text: str) -> None:
        self._reach(there)
        self._page.keyboard.type(text)

    def date(self, there: Locator) -> None:
        self.write(there, "12012026")  # the parts of a date come one after the other


class WithoutScripts:
    scripts = False

    def __init__(self, page: Page) -> None:
        self._page = page

    def press(self, there: Locator) -> None:
        there.click()

    def write(self, there: Locator, text: str) -> None:
        there.fill(text)

    def date(self, there: Locator) -> None:
        there.fill("2026-12-01")


@pytest.mark.parametrize("hand", [ByKeyboard, WithoutScripts], ids=["by the keyboard", "without scripts"])
def test_a_day_of_work(server: Server, signed_in: SignedIn, hand: type[ByKeyboard] | type[WithoutScripts]) -> None:
    page = signed_in(None, locale="en-US", java_script_enabled=hand.scripts).new_page()
    person = hand(page)
    comes_in(page, person, server.email("admin"))
    finds_a_ticket(page, person)
    replies(page, person, f"We look into it, {hand.__name__}.")
    runs_an_action(page, person)
    installs_an_app(page, person)


Hand = ByKeyboard | WithoutScripts


def comes_in(page: Page, person: Hand, email: str) -> None:
    page.goto("/sign-in")
    person.write(page.locator("#email"), email)
    person.write(page.locator("#password"), PASSWORD)
    person.press(page.locator("main").get_by_role("button", name="Sign in", exact=True))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Jonas Weber")


def finds_a_ticket(page: Page, person: Hand) -> None:
    person.press(page.locator(".rail").get_by_role("link", name="Tickets", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Tickets")
    person.press(page.get_by_role("link", name="All", exact=True))
    expect(page.get_by_role("link", name="All", exact=True)).to_have_attribute("aria-current", "page")
    person.write(page.get_by_placeholder("Search by subject"), "Invoice")
    if not person.scripts:
        person.press(page.get_by_role("button", name="Apply"))
    expect(page.locator("#tickets tbody tr")).to_have_count(1)
    person.press(page.get_by_role("link", name="Invoice 4711 was charged twice"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Invoice 4711")


def replies(page: Page, person: Hand, text: str) -> None:
    person.write(page.locator("#composer-body"), text)
    person.press(page.get_by_role("button", name="Send", exact=True))
    expect(page.locator(".message.is-public").last).to_contain_text(text)


def runs_an_action(page: Page, person: Hand) -> None:
    region = page.locator("#app-actions")
    person.press(region.get_by_role("link", name="Summarise for hand-over"))
    person.write(region.locator("#input-note"), "fine")
    person.date(region.locator("#input-until"))
    person.press(region.locator("button[type=submit]"))
    expect(region).to_contain_text("Two tickets of this customer are open.")


def installs_an_app(page: Page, person: Hand) -> None:
    """And takes it away again, so that the next one finds it as this one did."""
    person.press(page.locator(".rail").get_by_role("link", name="Admin", exact=True))
    person.press(page.locator(".rail").get_by_role("link", name="Catalogue", exact=True))
    person.press(page.locator("main").get_by_role("link", name="Leave", exact=True))
    person.press(page.get_by_role("link", name="Install…"))
    person.press(page.get_by_role("button", name="Install", exact=True))
    person.press(page.get_by_role("link", name="Uninstall…"))
    person.press(page.get_by_role("button", name="Uninstall", exact=True))
    expect(page.get_by_text("This app is uninstalled")).to_be_visible()
