"""Announcements in a real browser: how axe sees their pages, and that reading counts when it was on screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn
from tests.browser.looks import LOOKS, Look, Watched

pytestmark = pytest.mark.browser


def readers_pages(left: dict[str, Any]) -> dict[str, int]:
    news = left["news"]
    paths = {"": 200, "?view=pending": 200, "?q=zzz": 200, f"/{news['out']}": 200, f"/{news['withdrawn']}": 410}
    return {f"/w/acme/announcements{path}": status for path, status in paths.items()}


def writers_pages(left: dict[str, Any]) -> dict[str, int]:
    news = left["news"]
    paths = ["", "?q=zzz", "/new", *(f"/{one}" for one in news.values()), f"/{news['out']}/edit"]
    paths += [f"/{news['out']}/audience", f"/{news['out']}/receipts", f"/{news['out']}/receipts?state=acknowledged"]
    pages = {f"/w/acme/admin/announcements{path}": 200 for path in paths}
    categories = "/w/acme/admin/announcement-categories"
    return {**pages, categories: 200, f"{categories}/{left['news_category']}": 200}


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_each_page_looks_right(server: Server, signed_in: SignedIn, look: Look) -> None:
    wrong = []
    for name, pages in (("hr_admin", readers_pages), ("admin", writers_pages)):
        window = Watched(signed_in(name, **look.options))
        wrong += [one for path, status in pages(server.left).items() for one in window.look(path, status)]
    assert wrong == []


def test_it_is_read_when_it_was_on_screen_and_acknowledged_by_the_button(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("employee").new_page()
    page.goto("/w/acme/announcements")
    expect(page.get_by_text("Please acknowledge")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/read")) as told:
        page.get_by_role("link", name="The main door is being repaired").click()
    assert told.value.status == 204
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("You have acknowledged this")).to_be_visible()
    page.goto("/w/acme/announcements?view=pending")
    expect(page.get_by_text("All caught up")).to_be_visible()
