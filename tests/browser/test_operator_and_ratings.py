"""Publishers, ratings and the kill switch in a real browser: the story of an app that is used, rated
and stopped."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn

pytestmark = pytest.mark.browser
SEEDED = ("--standing",)


def test_ctrl_k_leads_an_operator_to_an_app(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("announcer").new_page()
    page.goto("/operator")
    page.keyboard.press("Control+k")
    page.locator("[data-palette-dialog] input").fill("plan")
    chosen = page.locator("[data-palette-dialog] [role=option][aria-selected=true]")
    expect(chosen).to_contain_text("Planner")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/operator/apps/{server.left['planner']['app']}")


def test_an_app_is_used_rated_and_stopped_while_it_is_open(server: Server, signed_in: SignedIn) -> None:
    planner = server.left["planner"]
    page = signed_in("employee").new_page()
    page.goto("/w/acme/catalogue/planner")
    expect(page.get_by_text("open one of its pages first")).to_be_visible()
    # The frame asks for a token in the person's name: that is the use.
    page.goto(f"/w/acme/apps/{planner['installation']}/home")
    frame = page.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="Your week")).to_be_visible()
    page.goto("/w/acme/catalogue/planner")
    page.get_by_label("3", exact=False).and_(page.locator("input[name=stars]")).check()
    page.get_by_label("What should others know?").fill("Good for small teams")
    page.get_by_role("button", name="Rate it").click()
    expect(page.locator(".rating-list").get_by_text("Good for small teams")).to_be_visible()

    page.goto(f"/w/acme/apps/{planner['installation']}/home")
    expect(frame.get_by_role("heading", name="Your week")).to_be_visible()
    operator = signed_in("announcer").new_page()
    operator.goto("/operator/apps?q=plan")
    operator.get_by_role("link", name="Planner").click()
    operator.get_by_label("Why").fill("It sends data that it did not name")
    operator.get_by_label("The key of the app, to confirm").fill("planner")
    operator.get_by_role("button", name="Stop it everywhere").click()
    expect(operator.get_by_role("heading", name="It stands still everywhere")).to_be_visible()

    # The page that is open gets no token any more: its next step fails, and the page itself is gone.
    expect(page.locator("[data-app-frame]")).to_have_attribute("data-state", "ready")
    frame.get_by_role("link", name="Next week").click()
    expect(page.locator("[data-app-frame]")).to_have_attribute("data-state", "failed")
    assert page.goto(f"/w/acme/apps/{planner['installation']}/home").status == 404
    admin = signed_in("admin").new_page()
    admin.goto(f"/w/acme/admin/apps/{planner['installation']}")
    expect(admin.get_by_text("It sends data that it did not name")).to_be_visible()

    operator.get_by_text("Let it run again…").click()
    operator.get_by_role("button", name="Let it run", exact=True).click()
    expect(operator.get_by_text("It runs again.")).to_be_visible()
    page.goto(f"/w/acme/apps/{planner['installation']}/home")
    expect(frame.get_by_role("heading", name="Your week")).to_be_visible()
