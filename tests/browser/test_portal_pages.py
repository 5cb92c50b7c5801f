"""The pages of account and portal in a real browser: that they work with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn
from tests.browser.looks import Watched

pytestmark = pytest.mark.browser
APPS = ("localhost",)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_agent_answers_a_ticket_and_solves_it(server: Server, signed_in: SignedIn, scripts: bool) -> None:
    page = signed_in("agent", java_script_enabled=scripts).new_page()
    ticket = server.left["tickets"][1 if scripts else 4]
    page.goto(f"/w/acme/tickets/{ticket}")
    page.get_by_role("button", name="Take it").click()
    expect(page.get_by_text("The ticket is yours.")).to_be_visible()
    page.locator("label.composer-kind", has_text="Internal note").click()
    page.locator("#composer-body").fill("Ask the bookkeepers <b>first</b>.")
    page.get_by_role("button", name="Send").click()
    note = page.locator(".message.is-internal").last
    expect(note).to_contain_text("Ask the bookkeepers <b>first</b>.")
    page.locator("#composer-body").fill("It is changed.")
    page.locator("select[name=then]").select_option("solved")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("h1 .tag")).to_have_text("Solved")
    expect(page.locator(".message.is-public").last).to_contain_text("It is changed.")
    expect(page.locator(".event-line").last).to_contain_text("set the status to Solved")


def test_without_scripts_a_contact_is_added_found_changed_and_brought_back(signed_in: SignedIn) -> None:
    page = signed_in("support_admin", java_script_enabled=False).new_page()
    page.goto("/w/acme/contacts/new")
    page.fill("#display_name", "Pippa Longstocking")
    page.locator("input[name='identifiers-0-value']").fill("maya@lindqvist.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Maya Lindqvist has this address or number already")).to_be_visible()
    expect(page.locator("#display_name")).to_have_value("Pippa Longstocking")
    page.locator("input[name='identifiers-0-value']").fill("pippa@villa.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pippa Longstocking")
    page.goto("/w/acme/contacts")
    page.get_by_placeholder("Search by name").fill("pip")
    page.get_by_role("button", name="Apply").click()
    page.get_by_role("link", name="Pippa Longstocking").click()
    page.locator("summary", has_text="Move to the trash").click()
    page.get_by_role("button", name="Move to the trash").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Pippa Longstocking is back.")).to_be_visible()


def test_the_list_filters_itself_and_keeps_the_place(signed_in: SignedIn) -> None:
    page = signed_in("agent").new_page()
    page.goto("/w/acme/tickets")
    page.wait_for_load_state()
    page.get_by_placeholder("Search by subject").fill("interview")
    expect(page.get_by_text("Nothing waits here").or_(page.get_by_text("No ticket fits"))).to_be_visible()
    page.get_by_role("link", name="All", exact=True).click()
    expect(page).to_have_url(re.compile("view=all"))
    page.wait_for_load_state()  # until then the field has no script that hears of it
    page.get_by_placeholder("Search by subject").fill("interview")
    expect(page.locator("#tickets tbody tr")).to_have_count(1)
    expect(page).to_have_url(re.compile("q=interview"))


def test_tabs_that_are_wider_than_a_phone_begin_with_the_present_one(signed_in: SignedIn) -> None:
    page = signed_in("employee", viewport={"width": 390, "height": 844}).new_page()
    page.goto("/w/acme/attendance/corrections")
    expect(page.locator(".tabs [aria-current]")).to_have_text("Corrections")
    expect(page.locator(".tabs [aria-current]")).to_be_in_viewport(ratio=0.98)


def test_hostile_names_are_only_text(server: Server, signed_in: SignedIn) -> None:
    window = Watched(signed_in("agent"), hosts=APPS)
    window.page.on("dialog", lambda dialog: window.wrong.append("a dialog opened") or dialog.dismiss())
    for path in (
        "",
        "tickets",
        "contacts",
        f"tickets/{server.left['tickets'][5]}",
        f"contacts/{server.left['contacts'][5]}",
    ):
        window.page.goto(f"/w/acme/{path}")
        expect(window.page.get_by_text("<script>alert(1)</script>").first).to_be_attached()
    assert window.wrong == []


def test_an_invited_person_comes_in(server: Server, signed_in: SignedIn) -> None:
    page = signed_in(None).new_page()
    page.goto(server.left["links"]["invitation"])
    page.fill("#password", "short")
    page.get_by_role("button", name="Join the workspace").click()
    expect(page.locator("#password:invalid")).to_be_focused()
    page.fill("#password", "a long enough sentence")
    page.get_by_role("button", name="Join the workspace").click()
    expect(page.get_by_text("Welcome to Acme.")).to_be_visible()
    page.goto(server.left["links"]["invitation"])
    expect(page.get_by_text("This link was used already")).to_be_visible()


def test_the_theme_and_the_language_stay(signed_in: SignedIn) -> None:
    page = signed_in("agent").new_page()
    page.goto("/w/acme/")
    page.locator(".rail summary.account-button").click()
    page.locator(".rail button[name=theme][value=dark]").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.locator(".rail select[name=locale]").select_option("zh_Hans_CN")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans-CN")
    page.goto("/w/acme/people")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans-CN")


def test_one_click_into_the_demo(signed_in: SignedIn) -> None:
    page = signed_in(None).new_page()
    page.goto("/sign-in?next=/w/acme/people")
    page.get_by_role("button", name="Employee").click()
    expect(page).to_have_url(re.compile("/w/acme/people$"))
