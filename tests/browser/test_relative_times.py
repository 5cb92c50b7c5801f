"""The words of the server and those of the script are the same: nothing moves when the script takes over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from playwright.sync_api import Browser

from portico.kernel import clock
from portico.web.relative_times import ago
from tests.browser.conftest import Server

pytestmark = pytest.mark.browser
HOUR, DAY = 3_600, 86_400
STEPS = [0, 59, 60, 119, 121, HOUR - 1, HOUR, 2 * HOUR, DAY - 1, DAY, 2 * DAY, 3 * DAY, 7 * DAY, 15 * DAY]
STEPS += [29 * DAY, 30 * DAY, 61 * DAY, 364 * DAY, 365 * DAY, 800 * DAY]
SAID = """async ({ script, moments, now }) => {
  const { phrase } = await import(script);
  return moments.map((moment) => phrase(moment, now));
}"""


@pytest.mark.parametrize(("language", "locale"), [("en-GB", "en"), ("zh-CN", "zh_Hans_CN")])
def test_both_say_the_same(app: Flask, server: Server, browser: Browser, language: str, locale: str) -> None:
    now = clock.now().replace(microsecond=0)
    moments = [now + timedelta(seconds=sign * by) for by in STEPS for sign in (-1, 1)]
    with browser.new_context(base_url=server.url, locale=language) as context:
        page = context.new_page()
        page.goto("/sign-in")
        script = page.locator("script[src*='main.js']").get_attribute("src")
        assert script is not None
        given: dict[str, Any] = {
            "script": script.replace("main.js", "times.js"),
            "moments": [moment.timestamp() * 1000 for moment in moments],
            "now": now.timestamp() * 1000,
        }
        theirs = page.evaluate(SAID, given)
    with app.test_request_context(), force_locale(locale):
        assert [ago(moment, now) for moment in moments] == theirs
