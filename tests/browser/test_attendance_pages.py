"""The pages of attendance in a real browser: one clocks with a place and without one."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn
from tests.browser.looks import PHONE

pytestmark = pytest.mark.browser
SEEDED = ("--clocking",)


def test_a_day_by_the_large_button(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("employee", viewport=PHONE).new_page()
    page.goto("/w/acme/attendance")
    main = page.locator("main")
    main.get_by_role("button", name="Clock in").click()
    expect(main.get_by_text("Clocked in since")).to_be_visible()
    main.get_by_role("button", name="Start a break").click()
    expect(main.get_by_text("On a break since")).to_be_visible()
    main.get_by_role("button", name="End the break").click()
    main.get_by_role("button", name="Clock out").click()
    expect(main.get_by_text("Clocked out at")).to_be_visible()


def _clock(page: Any) -> Any:
    page.goto("/w/acme/attendance")
    page.locator("main .btn-clock.btn-primary").click()
    page.wait_for_load_state()
    return page.locator("main .rows .row-item").last


def test_the_device_is_asked_at_the_press_of_the_button_and_may_say_no(server: Server, signed_in: SignedIn) -> None:
    """Who gives no place clocks all the same, and somebody looks at it."""
    refusing = signed_in("agent", viewport=PHONE).new_page()
    expect(_clock(refusing)).to_contain_text("Waits for a decision")
    giving = signed_in(
        "agent",
        viewport=PHONE,
        permissions=["geolocation"],
        geolocation={"latitude": 52.5201, "longitude": 13.4051, "accuracy": 20},
    ).new_page()
    expect(_clock(giving)).to_contain_text("At one of the group's places")


def test_without_scripts_one_clocks_and_managers_decide(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("support_admin", java_script_enabled=False, viewport=PHONE).new_page()
    page.goto("/w/acme/attendance/team")
    page.get_by_role("button", name="Accept").first.click()
    expect(page.get_by_text("Accepted. It counts.")).to_be_visible()
    page.goto("/w/acme/attendance")
    page.get_by_role("button", name="Clock out").click()
    expect(page.locator("main").get_by_text("Clocked out at")).to_be_visible()
