"""Layouts and macros in a real browser: axe in both themes, languages and sizes; what the scripts add."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.looks import violations
from tests.support.chromium import launched
from tests.support.design_portal import Serving, make_portal

pytestmark = pytest.mark.browser
TALL = 900  # CSS pixels


@pytest.fixture(scope="module")
def portal_url() -> Iterator[str]:
    with Serving(make_portal()) as served:
        yield f"http://127.0.0.1:{served.port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def opened(browser: Browser, url: str, *, width: int = 1280, language: str = "en", scripts: bool = True) -> Page:
    context = browser.new_context(
        viewport={"width": width, "height": TALL}, locale=language, java_script_enabled=scripts, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(url)
    return page


def findings(page: Page) -> list[str]:
    return [f"{one['id']}: {node['target']}" for one in violations(page) for node in one["nodes"]]


def overflow(page: Page) -> int:
    pixels: int = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return pixels


@pytest.mark.parametrize(
    ("theme", "width", "language"),
    [("light", 1440, "en"), ("dark", 1440, "zh-CN"), ("light", 390, "zh-CN"), ("dark", 390, "en")],
)
def test_axe_finds_nothing_on_the_living_page(
    browser: Browser, portal_url: str, theme: str, width: int, language: str
) -> None:
    page = opened(browser, f"{portal_url}/design?theme={theme}", width=width, language=language)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    assert findings(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_open_menus_and_folds(browser: Browser, portal_url: str, theme: str) -> None:
    page = opened(browser, f"{portal_url}/design?theme={theme}")
    page.evaluate("document.querySelectorAll('details:not([data-confirm])').forEach((one) => { one.open = true; })")
    assert findings(page) == []


@pytest.mark.parametrize("width", [360, 780, 1024])
def test_no_width_scrolls_sideways_even_with_longer_words(browser: Browser, portal_url: str, width: int) -> None:
    page = opened(browser, f"{portal_url}/design", width=width)
    assert overflow(page) <= 0
    page.evaluate("""() => {
      const walker = document.createTreeWalker(document.querySelector('.stage'), NodeFilter.SHOW_TEXT);
      while (walker.nextNode()) {
        const { data } = walker.currentNode;
        walker.currentNode.data = data + data.slice(0, Math.ceil(data.length * 0.4));
      }
    }""")
    assert overflow(page) <= 0


def test_targets_are_large_enough_for_fingers(browser: Browser, portal_url: str) -> None:
    page = opened(browser, f"{portal_url}/design", width=390)
    kinds = ".bottombar .nav-item, .btn:not(.btn-sm, .btn-icon), .tab"
    small = page.evaluate(
        """(kinds) => [...document.querySelectorAll(kinds)]
      .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
      .map((one) => one.outerHTML)""",
        kinds,
    )
    assert small == []


def test_everything_is_there_without_scripts(browser: Browser, portal_url: str) -> None:
    page = opened(browser, f"{portal_url}/design", scripts=False)
    page.locator(".rail .menu-account > summary").click()
    expect(page.get_by_role("button", name="Sign out").first).to_be_visible()
    page.get_by_text("Delete…").last.scroll_into_view_if_needed()
    page.locator("details[data-confirm] > summary").click()
    expect(page.get_by_role("heading", name="Delete this ticket?")).to_be_visible()
    expect(page.get_by_text("Apps need JavaScript")).to_be_visible()


def test_a_menu_closes_by_escape_and_gives_the_focus_back(browser: Browser, portal_url: str) -> None:
    page = opened(browser, f"{portal_url}/design")
    summary = page.locator(".rail .menu-account > summary")
    summary.click()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".rail .menu-account a.menu-item")).to_be_focused()
    page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(page.locator(".rail .menu-account")).not_to_have_attribute("open", "")


def test_a_destructive_step_asks_in_a_dialog_and_the_focus_returns(browser: Browser, portal_url: str) -> None:
    page = opened(browser, f"{portal_url}/design")
    summary = page.locator("details[data-confirm] > summary")
    summary.click()
    expect(page.get_by_role("dialog", name="Delete this ticket?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(summary).to_be_focused()
    expect(page.locator("details[data-confirm] [data-confirm-body]")).to_have_count(1)


def test_the_question_mark_lists_the_shortcuts_but_not_while_typing(browser: Browser, portal_url: str) -> None:
    page = opened(browser, f"{portal_url}/design")
    page.locator("[data-search]").press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    page.locator("[data-search]").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()


def test_a_fragment_is_swapped_and_the_focus_stays_in_it(browser: Browser, portal_url: str) -> None:
    page = opened(browser, f"{portal_url}/design")
    page.evaluate("document.querySelector('#design-tickets').dataset.old = 'yes'; window.stayed = true")
    with page.expect_request(lambda asked: asked.headers.get("portico-fragment") == "design-tickets"):
        page.get_by_role("link", name="Next page").click()
    expect(page.locator("#design-tickets:not([data-old])")).to_be_focused()
    assert page.evaluate("stayed") is True
    expect(page.locator("#design-tickets time").first).to_have_text("2 minutes ago")


def test_the_theme_is_switched_at_once_and_remembered(browser: Browser, portal_url: str) -> None:
    page = opened(browser, f"{portal_url}/design")
    page.locator(".rail .menu-account > summary").click()
    with page.expect_request("**/preferences") as asked:
        page.locator(".rail [name=theme][value=dark]").click()
    assert "theme=dark" in (asked.value.post_data or "")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    assert {"name": "portico_theme", "value": "dark"}.items() <= dict(page.context.cookies()[-1]).items()


def test_leaving_with_unsaved_words_asks_first(browser: Browser, portal_url: str) -> None:
    page = opened(browser, f"{portal_url}/design")
    page.locator("#composer-body").fill("Not sent yet")
    with page.expect_event("dialog") as asked:
        page.evaluate("setTimeout(() => { location.href = '/frame'; })")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    assert page.url.endswith("/design")
