"""The life of a version in a real browser: the robot's findings, mended, approved by an operator, released to ten per
cent, rolled back; and how axe sees the pages on the way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from portico import settings as process
from portico.domains.catalogue import service
from portico.domains.identity.service import users
from portico.kernel import jobs
from portico.kernel.unit_of_work import system_unit
from portico.settings import Settings
from tests.browser.conftest import sign_in
from tests.browser.looks import BY_HAND, Look, Watched
from tests.support import apps, chromium
from tests.support.cast import Cast
from tests.support.reviewed import HonestApp

pytestmark = pytest.mark.browser
Window = Callable[..., BrowserContext]


@pytest.fixture
def honest() -> Iterator[HonestApp]:
    found = HonestApp()
    with found.server:
        yield found


@pytest.fixture
def helper(cast: Cast, honest: HonestApp) -> dict[str, Any]:
    """A public app at version 1, installed; `employee` is the operator."""
    made = apps.register(cast, honest.manifest())
    honest.secret = made["signing_secret"]
    with cast.writing():
        service.update_app(cast.actor("developer"), made["id"], visibility="public")
    apps.install(cast)
    with system_unit("tests: an operator", write=True):
        users.mark_operator(cast.users["employee"], True)
    return made


def _whole(app: Flask) -> Callable[..., Iterable[bytes]]:
    """The same answers, read and closed before they go out: werkzeug's server leaves one open when the browser hangs up
    meanwhile, and an open file is a warning here."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        given: Any = app(environ, start_response)
        with closing(given) as parts:
            return [b"".join(parts)]

    return answer


@pytest.fixture
def window(app: Flask, cast: Cast, helper: dict[str, Any], settings: Settings) -> Iterator[Window]:
    """`window("developer", **look)`: a fresh window of this person, on a server of this process that reviews apps.

    The application has one true host, which it got when it was made; the browser finds the server behind that name.
    """
    process.configure(replace(settings, review="robot+person"))
    server = make_server("127.0.0.1", 0, _whole(app), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    true = settings.public_url.removeprefix("http://")
    rule = f"--host-resolver-rules=MAP {true} 127.0.0.1:{server.port}"
    with chromium.launched(rule) as browser:
        yield lambda name, **options: _signed_in(browser, settings.public_url, cast.email(name), options)
    server.shutdown()
    server.server_close()


def _signed_in(browser: Browser, url: str, email: str, options: dict[str, Any]) -> BrowserContext:
    context = browser.new_context(base_url=url, **options)
    sign_in(context, email)
    return context


def draft(cast: Cast, helper: dict[str, Any], manifest: dict[str, Any]) -> str:
    with cast.writing():
        return str(service.create_version(cast.actor("developer"), helper["id"], manifest, release=False).id)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def hand_in(page: Page) -> None:
    """And let the robot work, as soon as its work is there."""
    press(page, "Hand it in")
    expect(page.get_by_text("It goes to review as soon as the robot finds nothing wrong.")).to_be_attached()
    jobs.drain()


def test_a_version_is_mended_approved_released_to_some_and_rolled_back(
    cast: Cast, helper: dict[str, Any], honest: HonestApp, window: Window
) -> None:
    honest.careless = True
    version = draft(cast, helper, honest.manifest("directory:read", "contacts:read"))
    here = f"/w/acme/console/apps/{helper['id']}/versions/{version}"
    page, judge = window("developer").new_page(), window("employee").new_page()
    page.goto(here)
    hand_in(page)
    page.goto(here)
    expect(page.locator("main")).to_contain_text("The app accepted a message with a wrong signature.")
    honest.careless = False
    hand_in(page)
    page.goto(here)
    expect(page.locator("main")).to_contain_text("an operator decides about it")
    judge.goto("/operator/review")
    judge.locator("main").get_by_role("link", name="Helper").click()
    expect(judge.locator("main")).to_contain_text("contacts:read")
    press(judge, "Approve")
    expect(judge.locator("body")).to_contain_text("Its developer was told")
    page.goto(here)
    page.select_option("#percent", "10")
    press(page, "Release")
    expect(page.locator("main")).to_contain_text("of 1 installations")
    expect(page.locator("main")).to_contain_text("10 %")
    page.locator("main summary", has_text="Roll back").click()
    page.locator("[data-confirm-body]:visible").get_by_role("button", name="Roll back", exact=True).click()
    expect(page.locator("main")).to_contain_text("It runs nowhere")


@pytest.mark.parametrize("look", BY_HAND, ids=lambda look: look.name)
def test_what_the_robot_found_looks_right(
    cast: Cast, helper: dict[str, Any], honest: HonestApp, window: Window, look: Look
) -> None:
    wanting = draft(cast, helper, honest.manifest("contacts:read", icon="data:image/png;base64,AAAA"))
    with cast.writing():
        service.submit_version(cast.actor("developer"), helper["id"], wanting)
    jobs.drain()
    developer = Watched(window("developer", **look.options))
    assert developer.look(f"/w/acme/console/apps/{helper['id']}/versions/{wanting}") == []
