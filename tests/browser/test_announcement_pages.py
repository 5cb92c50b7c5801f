"""Announcements in a real browser: reading counts when it was on screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn

pytestmark = pytest.mark.browser


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
