"""The pages of admins and developers in a real browser: the story of an app with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn

pytestmark = pytest.mark.browser


MANIFEST = """
schema = 1
[app]
key = "{key}"
name = "Listener {key}"
summary = "Hears of new departments"
[runtime]
base_url = "http://localhost:9"
[access]
scopes = [{{name = "{scope}", reason = "to hear of them"}}]
[events]
url = "/events"
types = ["department.*"]
"""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_a_rule_is_built_and_looked_at_before_it_is_kept(signed_in: SignedIn, scripts: bool) -> None:
    page = signed_in("owner", java_script_enabled=scripts).new_page()
    page.goto("/w/acme/admin/groups/new-rule")
    page.get_by_label("Group name").fill(f"Support {scripts}")
    for field in ("title", "within_departments"):
        page.locator("#add").select_option(field)
        page.get_by_role("button", name="Add", exact=True).click()
    page.locator("[name=how-0]").select_option("contains")
    page.locator("#value-0").fill("SUPPORT")
    page.get_by_role("searchbox", name="Search departments").fill("supp")
    if not scripts:
        page.get_by_role("button", name="Search", exact=True).click()
    expect(page.get_by_text("Found", exact=True)).to_be_visible()
    page.get_by_role("checkbox", name="Support", exact=True).check()
    expect(page.get_by_role("button", name="Make it")).to_have_count(0)
    page.get_by_role("button", name="Show whom it matches").click()
    expect(page.get_by_text("Tom Becker")).to_be_visible()
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text("Title contains SUPPORT")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_developer_mends_a_manifest_and_installs_their_app(signed_in: SignedIn, scripts: bool) -> None:
    page = signed_in("developer", java_script_enabled=scripts).new_page()
    key = "listener-a" if scripts else "listener-b"
    page.goto("/w/acme/console/apps/new")
    page.locator("#source").fill(MANIFEST.format(key=key, scope="directory:reed"))
    if not scripts:
        page.get_by_role("button", name="Check", exact=True).click()
    reading = page.locator("#reading")
    expect(reading.get_by_text("1 thing to mend")).to_be_visible()
    expect(reading.get_by_text("line 10")).to_be_visible()
    page.get_by_role("button", name="Register the app").click()
    expect(reading.get_by_text("1 thing to mend")).to_be_visible()
    expect(page.locator("#source")).to_have_value(re.compile("directory:reed"))
    page.locator("#source").fill(MANIFEST.format(key=key, scope="directory:read"))
    page.get_by_role("button", name="Register the app").click()
    secret = page.locator("#client-secret").inner_text()
    assert secret.startswith("pcs_")
    page.get_by_role("link", name="I have stored them, go on").click()
    page.get_by_role("button", name="Install for me").click()
    expect(page.get_by_text("Installed for you.").first).to_be_attached()
    expect(page.get_by_text(re.compile(r"ins_[0-9a-v]{26}")).first).to_be_visible()
    page.get_by_role("link", name="Credentials").click()
    expect(page).to_have_url(re.compile(r"/credentials$"))
    page.wait_for_load_state()
    assert secret not in page.content()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_admin_installs_for_a_person_that_they_searched(server: Server, signed_in: SignedIn, scripts: bool) -> None:
    page = signed_in("admin", java_script_enabled=scripts).new_page()
    page.goto("/w/acme/admin/catalogue/leave")
    page.get_by_role("link", name="Install…").click()
    expect(page.get_by_text("See employees' private phone numbers")).to_be_visible()
    page.locator("input[name=who][value=only]").check()
    page.get_by_role("checkbox", name="Operations").check()
    page.get_by_role("searchbox").fill("tom")
    if not scripts:
        page.get_by_role("button", name="Search").click()
    page.get_by_role("checkbox", name="Tom Becker").check()
    expect(page.get_by_role("checkbox", name="Operations")).to_be_checked()
    page.get_by_role("button", name="Install", exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/apps/ins_"))
    main = page.locator("main")
    expect(main.get_by_text("Tom Becker").first).to_be_visible()
    expect(main.get_by_text("Operations").first).to_be_visible()
    page.get_by_role("link", name="Uninstall…").click()
    expect(page.get_by_text("Nothing has happened yet.")).to_be_visible()
    page.get_by_role("button", name="Uninstall", exact=True).click()
    expect(page.get_by_text("This app is uninstalled")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_department_goes_to_where_it_was_searched_for(server: Server, signed_in: SignedIn, scripts: bool) -> None:
    page = signed_in("admin", java_script_enabled=scripts).new_page()
    name = "Archive A" if scripts else "Archive B"
    page.goto("/w/acme/admin/departments/new")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Name").press("Enter")  # sends the form, and does not search in it
    page.get_by_role("link", name=name, exact=True).click()
    page.get_by_role("link", name="Move…").click()
    page.get_by_role("searchbox").fill("north")
    if not scripts:
        page.get_by_role("button", name="Search").click()
    page.get_by_role("radio", name="Sales / Sales North").check()
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_text(f"{name} has moved").first).to_be_attached()
    page.get_by_role("link", name="Delete…").click()
    expect(page.get_by_text("Nobody stands here.")).to_be_visible()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text(f"{name} is deleted.").first).to_be_attached()


def test_without_scripts_a_person_is_invited_and_the_link_can_be_read(signed_in: SignedIn) -> None:
    page = signed_in("admin", java_script_enabled=False).new_page()
    page.goto("/w/acme/admin/people/invite")
    page.fill("#display_name", "Ines Invited")
    page.fill("#email", "ines@acme.example")
    page.locator("input[name=role][value=agent]").check()
    page.get_by_role("checkbox", name="Sales", exact=True).check()
    page.get_by_role("button", name="Invite", exact=True).click()
    expect(page.get_by_text(re.compile(r"/account/invitation/ptl_"))).to_be_visible()
    page.locator("summary", has_text="Withdraw…").click()
    page.get_by_role("button", name="Withdraw", exact=True).click()
    expect(page.get_by_text(re.compile(r"/account/invitation/ptl_"))).to_have_count(0)


def test_a_confirmation_returns_the_focus_to_where_it_came_from(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("admin").new_page()
    page.goto(f"/w/acme/admin/apps/{server.left['installations']['first_responder']}")
    page.locator("summary", has_text="Suspend…").press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("summary", has_text="Suspend…")).to_be_focused()
