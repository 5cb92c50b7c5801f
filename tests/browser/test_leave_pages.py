"""Absences and approvals in a real browser: how axe sees them, and that they work without scripts."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn
from tests.browser.looks import LOOKS, Look, Watched

pytestmark = pytest.mark.browser
SEEDED = ("--leave",)


def manager_pages(left: dict[str, Any]) -> list[str]:
    first, second = left["approvals"]
    return [
        "/approvals",
        "/approvals/mine",
        "/approvals/decided",
        "/approvals/delegations",
        "/approvals/delegations?q=s",
        f"/approvals/{first}",
        f"/approvals/{second}",
        "/absences/team",
        "/absences/team?month=2001-02",
    ]


def own_pages(left: dict[str, Any]) -> list[str]:
    return [
        "/",
        "/approvals",
        f"/approvals/{left['approvals'][0]}",
        "/absences",
        "/absences/new",
        f"/absences/{left['absences'][1]}/shorten",
        "/overtime",
        "/attendance/corrections",
        "/attendance/corrections/new",
    ]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
@pytest.mark.parametrize(("name", "pages"), [("agent", manager_pages), ("employee", own_pages)], ids=["agent", "own"])
def test_every_page_looks_right(server: Server, signed_in: SignedIn, look: Look, name: str, pages: Any) -> None:
    window = Watched(signed_in(name, **look.options))
    wrong = [one for path in pages(server.left) for one in window.look(f"/w/acme{path}")]
    assert wrong == []


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
