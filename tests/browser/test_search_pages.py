"""The palette in a real browser: how it looks, and a walk by the keyboard alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import SignedIn
from tests.browser.looks import LOOKS, Look, Watched

pytestmark = pytest.mark.browser


def _summoned(q: str) -> object:
    def ready(page: Page) -> None:
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox").and_(page.locator("[data-palette-dialog] input"))
        expect(box).to_be_focused()
        box.fill(q)
        expect(page.locator("[data-palette-dialog]")).not_to_have_attribute("aria-busy", "true")
        if q == "zzzz":
            expect(page.locator("[data-palette-state]")).to_contain_text("zzzz")
        else:
            expect(page.locator("[data-palette-dialog] [role=option][aria-selected=true]")).to_be_visible()

    return ready


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_the_palette_looks_right(signed_in: SignedIn, look: Look) -> None:
    window, wrong = Watched(signed_in("owner", **look.options)), []
    for q in ("", "lind", "zzzz"):
        wrong += window.look("/w/acme/people", ready=_summoned(q))
    assert wrong == []


def test_by_the_keyboard_alone(signed_in: SignedIn) -> None:
    page = signed_in("agent").new_page()
    page.goto("/w/acme/contacts")
    page.get_by_role("link", name="Maya Lindqvist").first.click()
    page.wait_for_url("**/contacts/con_*")
    contact = page.url
    page.goto("/w/acme/tickets")
    box = page.locator("[data-palette-dialog] input")
    # What was looked at last stands first.
    page.keyboard.press("Control+k")
    expect(box).to_be_focused()
    chosen = page.locator("[data-palette-dialog] [role=option][aria-selected=true]")
    expect(chosen).to_contain_text("Maya Lindqvist")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    # A Chinese name by its initials.
    page.keyboard.press("Control+k")
    page.keyboard.type("wxm")
    expect(chosen).to_contain_text("王小明")
    expect(box).to_have_attribute("aria-activedescendant", "palette-employee-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**/people/emp_*")
    # Down to the second of what is found, and there.
    page.keyboard.press("Control+k")
    page.keyboard.type("lindqvist")
    expect(page.locator("#palette-contact-1")).to_be_visible()
    while "Maya" not in (chosen.text_content() or ""):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(contact)
    # Commands: the theme, and the list of shortcuts.
    before = page.locator("html").get_attribute("data-bs-theme")
    page.keyboard.press("Control+k")
    page.keyboard.type("switch")
    expect(chosen).to_contain_text("Switch between light and dark")
    page.keyboard.press("Enter")
    expect(page.locator("html")).not_to_have_attribute("data-bs-theme", before or "")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_contain_text("Find anything")
    page.keyboard.press("Escape")
    # Enter before an answer is there leads to the page that works without scripts.
    page.route("**/search/palette*", lambda route: route.abort())
    page.keyboard.press("Control+k")
    expect(page.locator("[data-palette-state]")).to_contain_text("did not load")
    page.keyboard.type("lind")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=lind")
    expect(page.get_by_role("heading", name="Search", exact=True)).to_be_visible()
