"""The pages on which attendance is set up and looked at, in a real browser."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn
from tests.browser.looks import PHONE

pytestmark = pytest.mark.browser
SEEDED = ("--ruling",)


def test_a_shift_is_made_and_a_month_closed_without_scripts(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("hr_admin", viewport=PHONE, java_script_enabled=False).new_page()
    page.goto("/w/acme/admin/attendance/shifts/new")
    page.get_by_label("Name").fill("Late")
    page.get_by_label("Begins", exact=True).fill("14:00")
    page.get_by_label("Ends", exact=True).fill("22:30")
    page.get_by_role("button", name="Make the shift").click()
    expect(page.get_by_role("heading", name="Late")).to_be_visible()
    expect(page.get_by_role("img", name="14:00–22:30")).to_be_visible()
    page.goto("/w/acme/admin/attendance/months/2026-09")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_text("Looked through.")).to_be_visible()


def test_why_somebody_was_late(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("hr_admin").new_page()
    page.goto(f"/w/acme/admin/attendance/days/{server.left['day']}")
    expect(page.get_by_text("Late by 12 min because the shift began at 09:00")).to_be_visible()
    page.get_by_role("button", name="Confirm as it is").click()
    expect(page.locator("main").get_by_text("Confirmed", exact=True).first).to_be_visible()


def test_a_shift_goes_into_the_ticked_days_and_is_published(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("hr_admin").new_page()
    page.goto("/w/acme/admin/attendance/roster")
    page.locator("input[name=cell]").last.check()
    page.get_by_label("Into the ticked days").select_option(label="Early")
    page.get_by_role("button", name="Put", exact=True).click()
    publish = page.get_by_role("button", name="Publish")
    expect(publish).to_be_enabled()
    publish.click()
    expect(page.get_by_text("Published. Everybody sees")).to_be_visible()
    expect(page.get_by_role("button", name="Publish 0 drafts")).to_be_disabled()
