"""Absences and approvals in a real browser: they work with scripts and without."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import SignedIn

pytestmark = pytest.mark.browser
SEEDED = ("--leave",)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_asked_for_counted_and_approved(signed_in: SignedIn, scripts: bool) -> None:
    month = "02" if scripts else "03"
    page = signed_in("employee", java_script_enabled=scripts, locale="en-GB").new_page()
    page.goto("/w/acme/absences/new")
    page.fill("#from_on", f"2027-{month}-01")
    page.select_option("#from_slot", "pm")
    page.fill("#to_on", f"2027-{month}-03")
    page.get_by_role("button", name="Count the working days").click()
    expect(page.get_by_text("2.5 working days")).to_be_visible()
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("You asked for it.")).to_be_visible()
    decider = signed_in("agent", java_script_enabled=scripts, locale="en-GB").new_page()
    decider.goto("/w/acme/approvals")
    first = f"{'February' if scripts else 'March'} 1, 2027"
    box = decider.locator("section.panel", has_text=first)
    box.get_by_placeholder("Note, if you like").fill("Enjoy")
    box.get_by_role("button", name="Approve").click()
    expect(decider.get_by_text("Approved.", exact=True)).to_be_visible()
    page.goto("/w/acme/absences")
    expect(page.locator("li.row-item", has_text=first)).to_contain_text("Approved")
