"""The record in a real browser: the way from a question to its proof."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn

pytestmark = pytest.mark.browser


def test_an_admin_asks_who_changed_a_person_and_sees_the_proof(signed_in: SignedIn) -> None:
    page = signed_in("owner").new_page()
    page.goto("/w/acme/admin/audit")
    page.locator("select[name=action]").select_option("employee.updated")
    row = page.get_by_role("row").filter(has_text="changed the profile of").first
    expect(row).to_contain_text("Head of Support")
    row.get_by_role("link").click()
    expect(page.get_by_text("The chain holds up to the checkpoint")).to_be_visible()
    expect(page.get_by_text("192.0.2.7")).to_be_visible()


def test_an_export_shows_how_far_it_is_and_is_fetched_when_ready(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("owner").new_page()
    page.goto("/w/acme/admin/audit")
    page.locator("select[name=kind]").select_option("employee")
    expect(page.get_by_role("row").filter(has_text="ticket.created")).to_have_count(0)
    page.get_by_role("button", name="Export as CSV").click()
    page.wait_for_url("**/exports/job_*")
    expect(page.get_by_role("progressbar")).to_be_visible()
    page.goto(f"/w/acme/exports/{server.left['exports']['ready']}")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.startswith("audit-")


def test_a_person_sees_who_looked_and_asks_for_what_is_held_on_them(signed_in: SignedIn) -> None:
    page = signed_in("owner").new_page()
    page.goto("/w/acme/me/seen")
    row = page.get_by_role("table", name="Who looked at you").get_by_role("row").filter(has_text="Tom Becker")
    expect(row).to_contain_text("2")
    expect(page.get_by_text("Why:").first).to_be_visible()
    page.get_by_role("button", name="Download what is held on me").click()
    page.wait_for_url("**/exports/job_*")
    expect(page.get_by_role("heading", name="What the workspace holds on you")).to_be_visible()
