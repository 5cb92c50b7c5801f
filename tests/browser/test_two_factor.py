"""Two-factor sign-in in a real browser: codes, a passkey of Chromium's virtual authenticator, and a policy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from portico.kernel import clock
from tests.browser.conftest import Server, SignedIn, sign_in
from tests.browser.looks import LOOKS, Look, Watched
from tests.support.cast import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def host() -> str:
    """A name: an address of numbers can have no passkeys."""
    return "localhost"


@contextmanager
def authenticator(page: Page) -> Iterator[None]:
    """A platform authenticator that keeps keys and knows its person (WebAuthn's automation, section 11)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    about = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    added = session.send("WebAuthn.addVirtualAuthenticator", {"options": about})
    yield
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": added["authenticatorId"]})


def code(secret: str, steps: int = 0) -> str:
    return pyotp.TOTP(secret).at(clock.now() + timedelta(seconds=30 * steps))


def set_up_app(page: Page) -> str:
    """On the page with the picture; answers the secret."""
    secret = page.locator("#totp-secret code").inner_text().replace(" ", "")
    page.get_by_label("The code that the app shows").fill(code(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator("#recovery-codes li")).to_have_count(10)
    return secret


def sign_out_and_give_the_password(page: Page, server: Server, name: str) -> None:
    page.context.clear_cookies()
    page.goto("/sign-in?next=/account/security")
    page.fill("#email", server.email(name))
    page.fill("#password", PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Is it really you?")).to_be_visible()


def test_an_app_is_set_up_and_its_code_opens_the_door(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("employee", locale="en-GB").new_page()
    page.goto("/account/two-factor")
    page.get_by_role("link", name="Set up an app").click()
    expect(page.locator(".qr-box svg")).to_be_visible()
    secret = set_up_app(page)
    sign_out_and_give_the_password(page, server, "employee")
    page.fill("#code", code(secret, 1))  # the code of now was shown when the app was set up
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("by password + code").first).to_be_visible()


def test_a_passkey_is_made_and_opens_the_door_as_second_step_and_alone(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("developer", locale="en-GB").new_page()
    page.goto("/account/two-factor")
    with authenticator(page):
        page.get_by_label("Name of the new passkey").fill("The laptop")
        page.get_by_role("button", name="Add a passkey").click()
        expect(page.locator("#recovery-codes li")).to_have_count(10)
        page.get_by_role("link", name="Stored, go on").click()
        expect(page.get_by_text("The laptop", exact=True)).to_be_visible()
        sign_out_and_give_the_password(page, server, "developer")
        page.get_by_role("button", name="Use your passkey").click()
        expect(page.get_by_text("by password + passkey").first).to_be_visible()
        page.context.clear_cookies()
        page.goto("/sign-in?next=/account/two-factor")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_text("The laptop", exact=True)).to_be_visible()


def test_a_policy_leads_everybody_to_the_set_up_and_then_back(server: Server, signed_in: SignedIn) -> None:
    owner = signed_in("owner", locale="en-GB").new_page()
    owner.goto("/account/two-factor/app")
    set_up_app(owner)
    owner.goto("/w/acme/admin/settings/two-factor")
    owner.get_by_label("Everybody", exact=True).check()
    owner.locator("main").get_by_role("button", name="Save").click()
    expect(owner.get_by_text("Saved.")).to_be_visible()
    try:
        page = signed_in("agent", locale="en-GB").new_page()
        page.goto("/w/acme/tickets")
        expect(page.get_by_text("Acme asks for it")).to_be_visible()
        page.get_by_role("link", name="Set up an app").click()
        set_up_app(page)
        page.get_by_role("link", name="Stored, go on").click()
        expect(page).to_have_url(f"{server.url}/w/acme/tickets")
    finally:
        owner.goto("/w/acme/admin/settings/two-factor")
        owner.get_by_label("Nobody has to.").check()
        owner.locator("main").get_by_role("button", name="Save").click()
        expect(owner.get_by_text("Saved.")).to_be_visible()


@pytest.fixture(scope="module")
def with_app(server: Server, browser: Browser) -> str:
    """Somebody who has set up an app."""
    with browser.new_context(base_url=server.url) as context:
        sign_in(context, server.email("support_admin"))
        page = context.new_page()
        page.goto("/account/two-factor/app")
        set_up_app(page)
    return "support_admin"


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_how_the_pages_look(server: Server, signed_in: SignedIn, with_app: str, look: Look) -> None:
    """Those with a place for passkeys, which an address of numbers does not have, and the second step."""
    window = Watched(signed_in("admin", **look.options), hosts=["localhost"])
    wrong = [one for path in ("/sign-in?again", "/account/two-factor") for one in window.look(path)]
    page = window.page
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.fill("#email", server.email(with_app))
    page.fill("#password", PASSWORD)
    page.click("main form.form button[type=submit]")
    expect(page.locator("#code")).to_be_visible()
    assert [*wrong, *window.seen("/sign-in/second")] == []
