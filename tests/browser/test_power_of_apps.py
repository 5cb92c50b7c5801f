"""Apps and those who decide about them, in a browser: consent, asking for more, stopping, and the end, each once.

The app is a real one: its pages are served here, and it calls the API with its own token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from playwright.sync_api import expect
from standardwebhooks import Webhook

from tests.browser.conftest import Server, SignedIn
from tests.browser.remote import Remote, frame, make_app, manifest, register
from tests.support.design_portal import Serving

pytestmark = pytest.mark.browser


@pytest.fixture
def remote(server: Server) -> Iterator[Remote]:
    """An app of the test's own, that serves its pages."""
    made = Remote(server)
    with Serving(make_app(made)) as serving:
        made.port = serving.port
        yield made


def test_an_optional_scope_that_stays_off_is_lacking(remote: Remote, signed_in: SignedIn) -> None:
    register(remote, "directory:read", optional=("contacts:read", "tickets:read"))
    page = signed_in("admin").new_page()
    page.goto(f"/w/acme/admin/catalogue/{remote.key}/install")
    switches = page.get_by_role("switch")
    expect(switches).to_have_count(2)
    for each in switches.all():
        each.check()
    page.locator("[name=scopes][value='contacts:read']").uncheck()
    page.get_by_role("button", name="Install", exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/apps/ins_"))
    remote.installation = {"id": page.url.rsplit("/", 1)[1]}
    assert remote.get("/tickets").status_code == 200
    refused = remote.get("/contacts")
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_pending")


def test_consent_to_a_new_version_shows_only_what_is_new(remote: Remote, signed_in: SignedIn) -> None:
    register(remote, "directory:read")
    remote.install()
    wanted = manifest(remote.key, remote.port, "directory:read", "contacts:read", optional=("tickets:read",))
    remote.call("developer", "POST", f"/apps/{remote.app['id']}/versions", {"manifest": wanted})
    assert remote.get("/contacts").status_code == 403
    page = signed_in("admin").new_page()
    page.goto(remote.page)
    expect(page.get_by_text("A new version asks for more")).to_be_visible()
    page.get_by_role("link", name="Read and decide").click()
    consent = page.locator(".consent")
    expect(consent.get_by_text("Read contacts")).to_be_visible()
    expect(consent.locator(".consent-item")).to_have_count(2)
    expect(page.locator("[name=scopes]")).to_have_count(1)
    page.get_by_role("button", name="Allow this").click()
    expect(page).to_have_url(re.compile(r"/admin/apps/ins_\w+$"))
    assert remote.get("/contacts").status_code == 200
    assert remote.get("/employees").status_code == 200, "what it had, it has"
    assert remote.get("/tickets").status_code == 403, "what stayed off is not granted"


def test_who_lacks_something_asks_in_the_app_and_has_it_when_it_is_granted(remote: Remote, signed_in: SignedIn) -> None:
    register(remote, "directory:read", optional=("contacts:read", "tickets:read"))
    remote.install()
    page = signed_in("employee").new_page()
    page.goto(remote.home)
    expect(frame(page).get_by_text("Your company has not let this app see customers.")).to_be_visible()
    frame(page).get_by_role("button", name="Ask for it").click()
    expect(page.get_by_role("heading", name=re.compile("lacks a permission"))).to_be_visible()
    expect(page.get_by_text("contacts:read")).to_be_visible()
    page.get_by_label("What do you need it for?").fill("to find whom I met")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Waiting").first).to_be_visible()
    admin = signed_in("admin").new_page()
    admin.goto("/w/acme/admin/app-requests")
    asked = admin.locator(".panel", has_text=f"Finder {remote.key}")
    expect(asked.get_by_text("to find whom I met")).to_be_visible()
    asked.get_by_role("link", name="Read and decide").click()
    expect(admin.locator(".consent-item")).to_have_count(1)
    expect(admin.locator(".consent")).to_contain_text("Read contacts")
    admin.get_by_role("button", name="Allow this").click()
    expect(admin.get_by_text("Granted.").first).to_be_attached()
    page.goto(remote.home)
    expect(frame(page).get_by_text("The customers are here.")).to_be_visible()


def test_each_side_that_suspends_is_named_and_lifts_its_own(remote: Remote, signed_in: SignedIn) -> None:
    register(remote, "contacts:read")
    remote.install()
    admin, operator = signed_in("admin").new_page(), signed_in("hr_admin").new_page()
    admin.goto(remote.page)
    admin.locator("summary", has_text="Suspend…").click()
    admin.get_by_role("button", name="Suspend", exact=True).click()
    expect(admin.get_by_text("The company suspended the app.")).to_be_visible()
    remote.call("developer", "POST", f"/apps/{remote.app['id']}/suspend", {"reason": "a fault in billing"})
    operator.goto(f"/operator/apps/{remote.app['id']}")
    operator.get_by_label("Why").fill("it leaks addresses")
    operator.get_by_label("The key of the app").fill(remote.key)
    operator.locator("form[action$='/kill'] button[type=submit]").click()
    expect(operator.get_by_text("It stands still everywhere.").first).to_be_attached()
    admin.reload()
    held = admin.locator(".callout", has_text="This app is suspended")
    for words in ("The publisher suspended the app.", "a fault in billing", "The operator suspended the app."):
        expect(held).to_contain_text(words)
    expect(held).to_contain_text("it leaks addresses")
    expect(held.get_by_text("Only that side lifts it.")).to_have_count(2)
    admin.get_by_role("button", name="Resume").click()
    expect(held).not_to_contain_text("The company suspended the app.")
    expect(admin.get_by_role("button", name="Resume")).to_have_count(0)
    person = signed_in("employee").new_page()
    assert person.goto(remote.home).status == 404
    remote.call("developer", "POST", f"/apps/{remote.app['id']}/resume", {})
    admin.reload()
    expect(held).not_to_contain_text("The publisher suspended the app.")
    expect(held).to_contain_text("The operator suspended the app.")
    operator.locator("summary", has_text="Let it run").click()
    operator.get_by_role("button", name="Let it run", exact=True).click()
    expect(operator.get_by_text("It runs again.").first).to_be_attached()
    admin.reload()
    expect(held).to_have_count(0)
    person.goto(remote.home)
    expect(frame(person).get_by_text("The customers are here.")).to_be_visible()


def test_uninstalled_it_comes_back_with_its_settings_and_erased_it_leaves_a_receipt(
    remote: Remote, signed_in: SignedIn
) -> None:
    settings = {"region": {"type": "string", "title": "Region"}}
    register(remote, "directory:read", settings=settings)
    remote.install(settings={"region": "North"})
    page = signed_in("admin").new_page()

    def uninstall() -> None:
        page.goto(remote.page)
        page.get_by_role("link", name="Uninstall…").click()
        page.get_by_role("button", name="Uninstall", exact=True).click()
        expect(page.get_by_text("This app is uninstalled")).to_be_visible()

    uninstall()
    page.get_by_role("link", name="See it in the catalogue").click()
    page.get_by_role("link", name="Install…").click()
    page.get_by_role("button", name="Install", exact=True).click()
    expect(page).to_have_url(re.compile(re.escape(remote.page)))
    expect(page.locator(".key-values", has_text="Region")).to_contain_text("North")
    uninstall()
    page.locator("summary", has_text="Erase now…").click()
    page.get_by_role("button", name="Erase", exact=True).click()
    expect(page.get_by_text("its signed answer will stand here")).to_be_visible()
    sign_receipt(remote)
    page.reload()
    expect(page.get_by_text("The app has signed that it erased what it held")).to_be_visible()
    expect(page.get_by_text("12 rows")).to_be_visible()
    remote.install()
    page.goto(remote.page)
    expect(page.locator(".key-values", has_text="Region")).to_contain_text("Not set")


def sign_receipt(remote: Remote) -> None:
    found = remote.call("admin", "GET", f"/installations/{remote.installation['id']}/erasure")
    body = f'{{"erasure_id": "{found["id"]}", "erased": true, "what": "12 rows"}}'
    moment = datetime.now(UTC)
    signature = Webhook(remote.app["signing_secret"]).sign(found["id"], moment, body)
    headers = {
        "webhook-id": found["id"],
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
        "Content-Type": "application/json",
    }
    assert httpx.post(found["receipt_url"], content=body, headers=headers).status_code == 204


def test_a_cut_bites_an_open_panel_and_the_panel_says_so(remote: Remote, signed_in: SignedIn) -> None:
    register(remote, "directory:read", optional=("contacts:read",))
    remote.install(granted_scopes=["contacts:read", "directory:read"])
    page = signed_in("employee").new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(remote.home)
    expect(frame(page).get_by_text("The customers are here.")).to_be_visible()
    admin = signed_in("admin").new_page()
    admin.goto(f"{remote.page}/permissions")
    admin.locator("[name=scopes][value='contacts:read']").uncheck()
    admin.get_by_role("button", name="Allow this").click()
    expect(admin).to_have_url(re.compile(r"/admin/apps/ins_\w+$"))
    frame(page).get_by_role("button", name="Look again").click()
    expect(frame(page).get_by_text("Your company has not let this app see customers.")).to_be_visible()
    expect(page.locator("[data-app-frame]")).to_have_attribute("data-state", "ready")
    assert wrong == []
