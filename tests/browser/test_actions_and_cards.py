"""Actions and cards in a real browser: button, form, waiting, the late answer; and an app that hangs."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from portico_sdk import Portico
from tests.browser.conftest import Server, SignedIn
from tests.browser.looks import BY_HAND, PHONE, WIDE, Look, Watched

pytestmark = pytest.mark.browser
SEEDED = ("--actions",)
REGION = "#app-actions"


@pytest.fixture
def ticket(server: Server) -> str:
    return f"/w/acme/tickets/{server.left['tickets'][0]}"


@pytest.fixture
def days(server: Server) -> Portico:
    """The app with its own power in the workspace."""
    about = server.left["days"]
    return Portico(base_url=server.url).installation(
        about["installation_id"], client_id=about["client_id"], client_secret=about["secret"]
    )


def fill(page: Page, note: str) -> None:
    page.locator(REGION).get_by_role("link", name="Summarise for hand-over").click()
    page.locator(f"{REGION} #input-note").fill(note)
    page.locator(f"{REGION} #input-until").fill("2026-12-01")
    page.locator(f"{REGION} button[type=submit]").click()


def test_button_form_waiting_and_the_late_answer(signed_in: SignedIn, ticket: str, days: Portico) -> None:
    page = signed_in("agent", viewport=WIDE).new_page()
    page.goto(ticket)
    fill(page, "later")
    region = page.locator(REGION)
    expect(region).to_contain_text("Days & more answers later")
    assert page.url.endswith(ticket), "the page stays that of the ticket"
    (waiting,) = days.interactions.list(state="waiting")
    days.interactions.answer(waiting.id, toast="Now it is done")
    expect(region).to_contain_text("Now it is done")
    region.get_by_role("link", name="Other actions").click()
    expect(region.get_by_role("link", name="Summarise for hand-over")).to_be_visible()


def test_errors_stand_at_their_fields_and_the_focus_goes_there(signed_in: SignedIn, ticket: str) -> None:
    page = signed_in("agent", viewport=WIDE).new_page()
    page.goto(ticket)
    fill(page, "wrong")
    region = page.locator(REGION)
    expect(region).to_contain_text("That is a Sunday")
    expect(page.locator("#input-until")).to_be_focused()
    page.locator("#input-note").fill("fine")
    region.locator("button[type=submit]").click()
    expect(region).to_contain_text("Handed over")
    expect(region).to_contain_text("Two tickets of this customer are open.")


def test_without_scripts_the_same_by_pages(signed_in: SignedIn, ticket: str, days: Portico) -> None:
    page = signed_in("agent", java_script_enabled=False, viewport=PHONE).new_page()
    page.goto(ticket)
    fill(page, "later")
    assert re.search(r"/action-runs/int_\w+", page.url)
    expect(page.locator(REGION)).to_contain_text("Days & more answers later")
    assert page.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count() == 1
    newest = next(iter(days.interactions.list(state="waiting")))
    days.interactions.answer(newest.id, toast="Done without scripts")
    expect(page.locator(REGION)).to_contain_text("Done without scripts")


def test_what_destroys_asks_first_and_says_what_it_did(signed_in: SignedIn, ticket: str) -> None:
    page = signed_in("agent", viewport=WIDE).new_page()
    page.goto(ticket)
    region = page.locator(REGION)
    region.get_by_role("link", name="Forget everything").click()
    expect(region).to_contain_text("This cannot be undone here")
    region.get_by_role("button", name="Forget everything").click()
    expect(region).to_contain_text("All is forgotten")


def heights(page: Page) -> list[float]:
    found: list[float] = page.evaluate("[...document.querySelectorAll('.app-card')].map((one) => one.offsetHeight)")
    return found


def test_cards_come_after_the_page_and_nothing_moves(signed_in: SignedIn) -> None:
    """One of them hangs: the page stands, the others come, and it says so quietly in the same place."""
    page = signed_in("employee", viewport=WIDE).new_page()
    page.goto("/w/acme/", wait_until="domcontentloaded")
    expect(page.locator("h1")).to_be_visible()
    before = heights(page)
    expect(page.locator("#card-days-today")).to_contain_text("Sommerferien")
    expect(page.locator("#card-days-week svg.chart")).to_have_count(2)
    silent = page.locator("#card-days-silent")
    expect(silent).to_contain_text("Days & more does not answer just now.")
    assert heights(page) == before
    assert page.locator("#card-days-today img, #card-days-week img").first.get_attribute("src").startswith("data:")  # type: ignore[union-attr]
    page.locator("#card-days-today").get_by_role("button", name="Remember").click()
    expect(page.locator("[data-toast]")).to_contain_text("Days & more: Remembered")
    expect(page).to_have_url(re.compile(r"/w/acme/$"))


def test_several_rows_of_a_list(signed_in: SignedIn) -> None:
    page = signed_in("agent", viewport=WIDE).new_page()
    page.goto("/w/acme/tickets")
    boxes = page.locator(".cell-choose input")
    boxes.nth(0).check()
    boxes.nth(1).check()
    page.get_by_label("With the chosen").select_option(label="Days & more: Remember this")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(REGION)).to_contain_text("On 2 records")
    page.locator(f"{REGION} button[type=submit]").click()
    expect(page.locator("h1")).to_contain_text("Remember this")
    expect(page.locator("#together tbody tr")).to_have_count(2)


@pytest.mark.parametrize("look", BY_HAND, ids=lambda look: look.name)
def test_every_answer_looks_right(signed_in: SignedIn, server: Server, look: Look) -> None:
    about = server.left["days"]
    form = f"/w/acme/actions/{about['installation_id']}/hand_over?object={server.left['tickets'][0]}"
    agent = Watched(signed_in("agent", **look.options))
    page, found = agent.page, []
    for note in ("fine", "wrong", "lie", "later"):
        page.goto(form)
        page.locator("#input-note").fill(note)
        page.locator("#input-until").fill("2026-12-01")
        page.locator(f"{REGION} button[type=submit]").click()
        expect(page.locator(f"{REGION} .panel-actions .tag")).to_be_visible()
        found += [f"{note}: {one}" for one in agent.findings()]
    assert found == []
