"""What a first visit costs: kilobytes over the wire, and nothing that jumps when cards and panels arrive."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Server, SignedIn

pytestmark = pytest.mark.browser
MOST_BYTES = 250_000
MOST_SHIFT = 0.005
"""What moved a card or a panel would be ten times that."""
SHIFTS = """new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((one) => { if (!one.hadRecentInput) sum += one.value; }))
    .observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""

PAGES = [
    ("agent", ""),
    ("agent", "tickets/{ticket}"),
    ("agent", "contacts/{contact}"),
    ("admin", "admin/"),
    ("developer", "console/"),
]


@pytest.mark.parametrize(("name", "path"), PAGES)
def test_a_first_load_is_small_and_stands_still(server: Server, signed_in: SignedIn, name: str, path: str) -> None:
    signed_in(name)  # so that the form's own page has been loaded before
    page = signed_in(name).new_page()
    wire = page.context.new_cdp_session(page)
    sizes: list[int] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    left = server.left
    page.goto(f"/w/acme/{path.format(ticket=left['tickets'][0], contact=left['contacts'][0])}")
    expect(page.locator("html")).to_have_attribute("data-live-state", "open")
    page.wait_for_load_state("load")
    frames = page.locator("[data-app-frame]")
    for place in range(frames.count()):
        expect(frames.nth(place)).not_to_have_attribute("data-state", "loading")
    assert len(sizes) > 10, "the page and what it loads"
    assert sum(sizes) < MOST_BYTES
    assert page.evaluate(SHIFTS) < MOST_SHIFT
