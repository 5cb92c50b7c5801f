"""Files on pages in a real browser: sent as they are chosen, shown, kept from being pages; how axe sees it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.conftest import Server, SignedIn
from tests.browser.looks import BY_HAND, WIDE_LIGHT, Watched
from tests.support import pictures

pytestmark = [pytest.mark.browser, pytest.mark.slow]
APPS = ("localhost",)


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def test_files_are_sent_as_they_are_chosen(server: Server, signed_in: SignedIn) -> None:
    ticket = f"/w/acme/tickets/{server.left['tickets'][0]}"
    window = Watched(signed_in("support_admin", **WIDE_LIGHT.options), hosts=APPS)
    page = window.page
    page.goto(f"{server.url}{ticket}")
    photo = payload("The broken door.jpg", pictures.picture(size=(640, 480)))
    page.set_input_files(
        "input[name=files]", [photo, payload("log.html", b"<script>x</script>"), payload("a.exe", b"MZ")]
    )
    expect(page.locator(".upload.is-done")).to_have_count(2)
    expect(page.locator(".upload.is-refused")).to_contain_text("Programs are not taken")
    page.fill("#composer-body", "See the picture and the log.")
    page.click(".composer button[type=submit]")
    message = page.locator(".message", has_text="See the picture").last
    expect(message.locator(".file")).to_have_count(2)
    expect(message.locator("img")).to_have_js_property("naturalWidth", 480)
    with page.expect_download() as download:
        message.get_by_role("link", name="log.html").click()
    assert download.value.suggested_filename == "log.html"
    assert window.wrong == []
    for look in BY_HAND:
        seen = Watched(signed_in("support_admin", **look.options), hosts=APPS)
        assert seen.look(ticket) == [], look.name


def test_a_view_is_saved_and_opened(signed_in: SignedIn) -> None:
    page = signed_in("support_admin", **WIDE_LIGHT.options).new_page()
    page.goto("/w/acme/tickets?view=all")
    page.wait_for_load_state()
    page.locator("select[name=priority]").select_option("high")
    expect(page).to_have_url(re.compile("priority=high"))
    page.get_by_role("link", name="Save as a view").click()
    page.fill("#name", "Urgent ones")
    page.get_by_label("For everybody who sees this list").check()
    for name in ("Subject", "Status", "Tags", "Created"):
        page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("link", name="Urgent ones")).to_have_attribute("aria-current", "page")
    expect(page.locator("thead th")).to_have_text(["Subject", "Status", "Tags", "Created"])
    page.get_by_role("link", name="Change the view").click()
    expect(page.locator("#name")).to_have_value("Urgent ones")


def test_a_photo_is_set(server: Server, signed_in: SignedIn) -> None:
    page = signed_in("employee", **WIDE_LIGHT.options).new_page()
    page.goto("/w/acme/people/me/photo")
    page.set_input_files("input[name=files]", [payload("me.jpg", pictures.picture(size=(300, 200)))])
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_text("That is your photo now.")).to_be_visible()
    expect(page.locator(".page-lead img.avatar")).to_have_js_property("naturalWidth", 256)
    me = f"/w/acme/people/{server.left['employees']['employee']}"
    for look in BY_HAND:
        seen = Watched(signed_in("employee", **look.options), hosts=APPS)
        wrong = [one for path in ("/w/acme/people/me/photo", me) for one in seen.look(path)]
        assert wrong == [], look.name
