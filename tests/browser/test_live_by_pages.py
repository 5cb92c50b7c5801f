"""Live pages where browsers have no shared workers: one page leads, another follows it, and nothing goes unheard."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.conftest import Server, SignedIn
from tests.browser.test_live_pages import call, listeners

pytestmark = pytest.mark.browser
NO_WORKERS = "delete globalThis.SharedWorker;"
NO_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', { value: undefined });"
PAUSES = """async () => {
  const address = performance.getEntriesByType('resource').find(({ name }) => name.includes('live-host')).name;
  const { Host } = await import(address);
  const sources = [];
  const pauses = [];
  class Refused {
    constructor() { this.readyState = Refused.CLOSED; this.on = {}; sources.push(this); }
    addEventListener(type, heard) { this.on[type] = heard; }
    close() {}
  }
  Refused.CLOSED = 2;
  const steps = [];
  globalThis.EventSource = Refused;
  globalThis.setTimeout = (step, pause) => { pauses.push(pause); steps.push(step); };
  const host = new Host('http://streams.example/live', new BroadcastChannel('a test of pauses'));
  host.onWord({ type: 'here', page: 'one', resources: [], also: [] });
  steps.pop()();
  pauses.length = 0;
  for (let time = 0; time < 9; time += 1) { sources.at(-1).on.error(); steps.pop()(); }
  return pauses;
}"""


def two_pages(server: Server, window: BrowserContext, without: str) -> tuple[str, Page, Page]:
    window.add_init_script(without)
    ticket = server.left["tickets"][2]
    pages = []
    for _ in range(2):
        page = window.new_page()
        page.goto(f"/w/acme/tickets/{ticket}")
        expect(page.locator("html")).to_have_attribute("data-live-state", "open")
        pages.append(page)
    return ticket, pages[0], pages[1]


def say(server: Server, ticket: str, words: str) -> None:
    call(server, "POST", f"/tickets/{ticket}/comments", {"body": words, "visibility": "internal"})


def expect_said(page: Page, words: str) -> None:
    expect(page.locator("#conversation").get_by_text(words)).to_be_visible()


def test_one_page_leads_and_what_happens_between_two_leaders_is_shown(server: Server, signed_in: SignedIn) -> None:
    ticket, leader, other = two_pages(server, signed_in("agent"), NO_WORKERS)
    assert listeners(server) == 1
    say(server, ticket, "To both")
    for page in (leader, other):
        expect_said(page, "To both")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    other.route("**/live?*", hold)
    with other.expect_request("**/live?*"):
        leader.close()
    say(server, ticket, "Between two leaders")
    other.unroute("**/live?*")
    for route in held:
        route.continue_()
    expect_said(other, "Between two leaders")
    say(server, ticket, "To the new leader")
    expect_said(other, "To the new leader")
    assert listeners(server) == 1


def test_without_locks_each_page_listens_by_itself(server: Server, signed_in: SignedIn) -> None:
    ticket, first, second = two_pages(server, signed_in("agent"), NO_WORKERS + NO_LOCKS)
    say(server, ticket, "To each")
    for page in (first, second):
        expect_said(page, "To each")
    first.close()
    say(server, ticket, "To who is left")
    expect_said(second, "To who is left")


def test_streams_that_are_away_are_missed_and_their_return_shows_what_happened(
    server: Server, signed_in: SignedIn
) -> None:
    window = signed_in("agent")
    window.add_init_script(NO_WORKERS)
    page = window.new_page()
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=503)

    page.route("**/live?*", refuse)
    ticket = server.left["tickets"][4]
    page.goto(f"/w/acme/tickets/{ticket}")
    expect(page.locator("html")).to_have_attribute("data-live-state", "down")
    expect(page.locator(".rail [data-live-quiet]")).to_be_visible()
    say(server, ticket, "While nobody listened")
    page.unroute("**/live?*")
    expect_said(page, "While nobody listened")
    expect(page.locator("html")).to_have_attribute("data-live-state", "open")
    expect(page.locator(".rail [data-live-quiet]")).to_be_hidden()
    assert asked


@pytest.mark.parametrize(("chance", "share"), [(0, 0.5), (0.5, 1)])
def test_pauses_grow_up_to_a_minute_and_browsers_do_not_come_back_together(
    signed_in: SignedIn, chance: float, share: float
) -> None:
    page = signed_in("agent").new_page()
    page.goto("/w/acme/people")
    expect(page.locator("html")).to_have_attribute("data-live-state", "open")
    page.evaluate(f"Math.random = () => {chance}; 0")
    found: list[Any] = page.evaluate(PAUSES)
    assert found == [share * min(1000 * 2**time, 60_000) for time in range(9)]


def test_the_first_page_shows_a_ticket_that_was_given_to_who_looks_at_it(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("agent").new_page()
    page.goto("/w/acme/")
    expect(page.locator("html")).to_have_attribute("data-live-state", "open")
    agent = server.left["employees"]["agent"]
    call(server, "PATCH", f"/tickets/{server.left['tickets'][4]}", {"assignee_id": agent})
    expect(page.locator("#home-waiting").get_by_text("Cannot sign in after the update")).to_be_visible()
