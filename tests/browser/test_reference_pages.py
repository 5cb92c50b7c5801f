"""The API reference and the list of errors: drawn from this server alone."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Server

pytestmark = pytest.mark.browser


def test_the_reference_asks_no_foreign_host(server: Server, browser: Browser) -> None:
    page = browser.new_page()
    hosts: set[str | None] = set()
    troubles: list[str] = []
    page.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{server.url}/docs/api")
    expect(page.get_by_text("/api/v1/deliveries").first).to_be_attached(timeout=30_000)
    assert hosts - {None, ""} == {"127.0.0.1"}
    assert troubles == []
    page.close()


def test_the_type_of_a_problem_leads_to_its_words(server: Server, browser: Browser) -> None:
    page = browser.new_page()
    problem = page.request.get(f"{server.url}/api/v1/me").json()
    assert problem["type"].startswith(server.url)
    page.goto(problem["type"])
    expect(page.locator("#token_missing")).to_contain_text("401")
    page.close()
