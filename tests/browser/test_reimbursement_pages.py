"""Expenses in a real browser: how axe sees its pages, and a claim from the employee to the payment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Frame, Page, expect

from portico_sdk.testing import workspace
from tests.apps_examples.conftest import APPS
from tests.browser.looks import AXE, LOOKS, OPTIONS, WIDE, Look
from tests.support.expenses import MONDAY, Company
from tests.support.pictures import picture

pytestmark = pytest.mark.browser
BRIGHT, DARK_PHONE = LOOKS[0], LOOKS[3]
Window = Callable[..., Page]


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    """With a claim of each kind, and one that repeats an invoice."""
    assert (APPS / "reimbursement").is_dir()
    with workspace(at=MONDAY) as ws:
        acme = Company(ws, tmp_path_factory.mktemp("reimbursement"))
        acme.approved("1240.00", "Conference in Lisbon", supplier="TAP Air Portugal", invoice_no="TP-88120")
        acme.decide(acme.finance)
        acme.approved("64.90", "Keyboard", who=ws.announcer, category="equipment")
        acme.sent("86.40", "Dinner with Globex", who=ws.announcer, category="meals", supplier="Müller", invoice_no="7")
        back = acme.sent("19.00", "Taxi")
        acme.send(acme.manager, do="send_back", claim=back, note="Which customer was it for?")
        acme.left = acme.begin("Visit to Globex")
        acme.line(acme.left, "86.40", category="meals", supplier="Müller GmbH", invoice_no="7", note="Four people")
        acme.line(acme.left, "412.00", category="lodging", supplier="Hotel Mundial", invoice_no="2026-113")
        acme.line(acme.left, "1800", currency="JPY", category="travel")
        acme.receipt(acme.left, picture("JPEG", (600, 400)), "hotel.jpg")
        acme.receipt(acme.left)
        ws.run()
        yield acme


@pytest.fixture
def opened(acme: Company, browser: Browser) -> Iterator[Window]:
    """`opened(acme.zoe, path, **options)`: a page of the portal, signed in as this person."""
    with acme.ws.browser_host() as host:
        contexts: list[BrowserContext] = []

        def open_window(who: Any, path: str, **options: Any) -> Page:
            context = browser.new_context(base_url=host.url, **options)
            contexts.append(context)
            with closing(context.new_page()) as door:
                door.goto("/sign-in")
                door.fill("#email", who.email)
                door.fill("#password", who.password)
                door.click("main form.form button[type=submit]")
                door.wait_for_url(lambda url: "/sign-in" not in url)
            page = context.new_page()
            page.goto(f"/w/acme{path}")
            return page

        yield open_window
        for context in contexts:
            context.close()


def shown(page: Page) -> Frame:
    """The app's page, as soon as it stands in the portal."""
    expect(page.locator("[data-app-frame]")).to_have_attribute("data-state", "ready")
    return page.frames[1]


def wrong(frame: Frame) -> list[str]:
    """What axe finds in the frame, and whether it must be scrolled sideways."""
    frame.evaluate(AXE.axe_script)
    found = frame.evaluate("async (options) => (await axe.run(options)).violations", OPTIONS)
    beyond = frame.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    named = [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]
    return [*named, *([f"scrolls sideways by {beyond} px"] if beyond > 0 else [])]


@pytest.mark.parametrize("look", [BRIGHT, DARK_PHONE], ids=lambda look: look.name)
def test_every_page_looks_right(acme: Company, opened: Window, look: Look) -> None:
    at = f"/apps/{acme.installed.installation_id}"
    page = opened(acme.zoe, f"{at}/home", **look.options)
    assert wrong(shown(page)) == []
    shown(page).locator(f"a[href$='{acme.left}']").click()
    expect(shown(page).locator(".receipt img")).to_be_visible()
    assert wrong(shown(page)) == []
    page = opened(acme.finance, f"{at}/finance", **look.options)
    assert wrong(shown(page)) == []
    page.goto(f"/w/acme/people/{acme.zoe.employee_id}")
    assert wrong(shown(page)) == []


def test_from_the_employee_by_the_manager_to_finance(acme: Company, opened: Window, tmp_path: Path) -> None:
    at = f"/apps/{acme.installed.installation_id}"
    photo = tmp_path / "train.jpg"
    photo.write_bytes(picture("JPEG", (600, 400)))
    mine = opened(acme.zoe, f"{at}/home", viewport=WIDE, locale="en-GB")
    frame = shown(mine)
    frame.get_by_label("What for").fill("Train to Berlin")
    frame.get_by_role("button", name="Begin").click()
    frame.get_by_label("Amount").fill("99.90")
    frame.get_by_role("button", name="Add", exact=True).click()
    expect(frame.locator(".sum")).to_contain_text("EUR 99.90")
    frame.locator("input[type=file]").set_input_files(photo)  # sent by itself
    expect(frame.locator(".receipt img")).to_have_js_property("naturalWidth", 600)
    frame.get_by_role("button", name="Send for approval").click()
    expect(frame.get_by_text("Your claim is with whoever decides.")).to_be_visible()

    decider = opened(acme.manager, "/approvals", viewport=WIDE, locale="en-GB")
    box = decider.locator("section.panel", has_text="Train to Berlin")
    with decider.context.expect_page() as found:
        box.get_by_role("link", name="Open in the app").click()
    there = found.value
    shown(there).get_by_role("link", name="Train to Berlin").click()
    expect(shown(there).locator(".receipt img")).to_have_js_property("naturalWidth", 600)
    with there.context.expect_page() as found:
        shown(there).locator(".receipt a").click()
    assert "/files/" in found.value.url
    shown(there).get_by_role("link", name="Decide in To approve").click()
    there.wait_for_url("**/approvals/apv_*")
    there.get_by_role("button", name="Approve").click()
    expect(there.get_by_text("Approved.", exact=True)).to_be_visible()
    acme.ws.run()

    office = opened(acme.finance, f"{at}/finance", viewport=WIDE, locale="en-GB")
    frame = shown(office)
    frame.get_by_role("button", name="Export as CSV").click()
    with office.expect_download() as file:  # in a tab of its own
        frame.get_by_role("link", name="Download").click()
    assert "Train to Berlin" in file.value.path().read_text("utf-8-sig")
    frame.get_by_label("Choose: Train to Berlin").check()
    frame.get_by_label("Payment reference").fill("SEPA 2026-11")
    frame.get_by_role("button", name="Mark as paid").click()
    expect(frame.get_by_text("Paid and told: 1 claims. EUR 99.90")).to_be_visible()
    mine.reload()
    expect(shown(mine).locator(".row", has_text="Train to Berlin")).to_contain_text("Paid")
