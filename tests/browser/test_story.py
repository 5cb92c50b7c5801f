"""The main job, end to end: an outside developer's app extends a company's workspace.

`portico up` runs with First Responder in its own process. In a second, fresh workspace four people live the story in a
browser each; the receiver of the second app listens in this test.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from standardwebhooks import Webhook

from tests.support.chromium import launched
from tests.support.loopback_servers import LoopbackServer, Received, answer
from tests.support.up import PORTICO, portico_up
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
PASSWORD = "a password for the story"
SECONDS = 1000  # milliseconds


@dataclass
class Story:
    """The running instance and what the story has made so far."""

    home: Path
    demo: dict[str, Any]
    browser: Browser
    slug: str = ""
    pages: dict[str, Page] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def person(self, name: str) -> Page:
        """A browser of one's own."""
        page = self.browser.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        page.set_default_timeout(20 * SECONDS)
        # 401, 404 and 410 answers are part of the story; a script that fails is not.
        page.on("pageerror", lambda error: self.troubles.append(f"{name}: {error}"))
        self.pages[name] = page
        return page

    def go(self, name: str, path: str) -> Page:
        page = self.pages[name]
        page.goto(f"{self.demo['base_url']}/w/{self.slug}{path}")
        return page


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """`portico up` on a fresh home, until the module is through."""
    home = tmp_path_factory.mktemp("up")
    with portico_up(home):
        yield home


@pytest.fixture
def story(running: Path) -> Iterator[Story]:
    with launched() as browser:
        yield Story(running, json.loads((running / "demo.json").read_text()), browser)


def test_the_main_job(story: Story) -> None:
    set_up(story)
    links = invite_three(story)
    come_in(story, links)
    install_for_support(story)
    ticket = write_in(story)
    see_note_and_panel(story, ticket)
    see_no_panel(story, ticket)
    switch_off_and_on(story, ticket)
    develop_a_second_app(story)
    assert story.troubles == []


def set_up(story: Story) -> None:
    environment = {
        **os.environ,
        "PORTICO_HOME": str(story.home),
        "PORTICO_MODE": "demo",
        "PORTICO_PUBLIC_URL": story.demo["base_url"],
    }
    said = subprocess.run(
        [PORTICO, "workspace", "create", "Nordlicht"], env=environment, capture_output=True, text=True, check=True
    ).stdout
    story.slug = "nordlicht"
    link = re.search(r"http\S+/account/setup/\S+", said)
    assert link is not None, said
    page = story.person("admin")
    page.goto(link[0])
    page.get_by_label("Workspace", exact=False).first.fill("Nordlicht")
    page.get_by_label(re.compile("name", re.IGNORECASE)).nth(1).fill("Astrid Berg")
    page.get_by_label("E-mail", exact=False).fill("astrid@nordlicht.example")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Open the workspace").click()
    expect(page).to_have_url(re.compile(r"/w/nordlicht"))
    again = story.browser.new_page()
    again.goto(link[0])
    expect(again.get_by_text("used already", exact=False).first).to_be_visible()
    again.close()


def make_department(story: Story, name: str) -> None:
    page = story.go("admin", "/admin/departments/new")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text(name).first).to_be_visible()


def invite_three(story: Story) -> dict[str, str]:
    make_department(story, "Support")
    make_department(story, "Sales")
    links = {}
    for name, role, department in (
        ("Sven", "agent", "Support"),
        ("Sara", "agent", "Sales"),
        ("Dag", "developer", None),
    ):
        page = story.go("admin", "/admin/people/invite")
        page.get_by_label("Name").fill(name)
        page.get_by_label("E-mail", exact=False).fill(f"{name.lower()}@nordlicht.example")
        page.locator(f"input[name=role][value={role}]").check(force=True)
        if department:
            page.get_by_role("checkbox", name=department).check()
        page.get_by_role("button", name="Invite", exact=True).click()
        expect(page.locator(".secret-value")).to_be_visible()
        links[name] = page.locator(".secret-value").inner_text()
    mail = story.home / "mail"
    until(lambda: len(list(mail.glob("*.eml"))) == 3, what="three invitations by mail")
    sent = "".join(path.read_text().replace("=\n", "") for path in mail.glob("*.eml"))
    assert all(link in sent for link in links.values())
    return links


def come_in(story: Story, links: dict[str, str]) -> None:
    for name, link in links.items():
        page = story.person(name)
        page.goto(link)
        page.locator("input[type=password]").fill(PASSWORD)
        page.get_by_role("button", name="Join the workspace").click()
        expect(page).to_have_url(re.compile(r"/w/nordlicht"))


def install_for_support(story: Story) -> None:
    page = story.go("admin", "/admin/catalogue")
    main = page.locator("main")
    main.get_by_role("link", name="First Responder").first.click()
    main.get_by_role("link", name="Install…", exact=True).click()
    expect(page.get_by_text("to leave a note for your team on each new ticket").first).to_be_visible()
    page.locator("input[name=who][value=only]").check(force=True)
    page.get_by_role("checkbox", name="Support").check()
    if page.locator("input[type=password]").count():
        page.locator("input[type=password]").fill(PASSWORD)
    main.get_by_role("button", name="Install", exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/apps/ins_"))


def write_in(story: Story) -> str:
    """A ticket in the portal, and one by the API with a personal token; each has its note within seconds."""
    page = story.go("Sven", "/tickets/new")
    page.get_by_label("Name").fill("Zoë Marchetti")
    page.get_by_label("E-mail", exact=False).fill("zoe@marchetti.example")
    page.get_by_label("Subject").fill("The lamp is broken")
    page.locator("textarea").first.fill("It went dark last night.")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page).to_have_url(re.compile(r"/tickets/tkt_"))
    ticket_id = page.url.rpartition("/")[2].partition("?")[0]
    bearer = {"Authorization": f"Bearer {personal_token(story, 'Sven')}"}
    with httpx.Client(base_url=f"{story.demo['base_url']}/api/v1", headers=bearer) as api:
        contact = api.get("/contacts", params={"q": "zoe"}).json()["data"][0]
        values = {"subject": "And the second lamp", "requester": {"contact_id": contact["id"]}}
        second = api.post("/tickets", json=values)
        assert second.status_code == 201, second.text
        for wanted in (ticket_id, second.json()["id"]):
            until(partial(notes, api, wanted), within=10, what="the app's note")
        (note,) = notes(api, second.json()["id"])
    assert "The lamp is broken" in note["body"]
    assert note["author"]["kind"] == "app"
    return str(second.json()["id"])


def notes(api: httpx.Client, ticket_id: str) -> list[dict[str, Any]]:
    comments = api.get(f"/tickets/{ticket_id}/comments").json()["data"]
    return [comment for comment in comments if comment["visibility"] == "internal"]


def personal_token(story: Story, name: str) -> str:
    page = story.pages[name]
    page.goto(f"{story.demo['base_url']}/account/tokens?slug={story.slug}")
    page.locator("input[name=name]").fill("story")
    for box in page.locator("input[type=checkbox][name=scopes]").all():
        box.check(force=True)
    page.get_by_role("button", name="Make the token").click()
    return page.locator(".secret-value").inner_text().strip()


def panel_of(page: Page) -> Any:
    return page.frame_locator("iframe").locator("body")


def see_note_and_panel(story: Story, ticket: str) -> None:
    page = story.go("Sven", f"/tickets/{ticket}")
    expect(page.get_by_text("Suggested priority", exact=False).first).to_be_visible()
    expect(page.get_by_text("First Responder").first).to_be_visible()
    expect(panel_of(page)).to_contain_text("The lamp is broken", timeout=15 * SECONDS)
    frame = next(frame for frame in page.frames if "/panels/history" in frame.url)
    assert frame.url.startswith("http://localhost:"), "the panel lives on another origin"
    assert "Bearer" not in frame.url
    assert "token" not in frame.url


def see_no_panel(story: Story, ticket: str) -> None:
    page = story.go("Sara", f"/tickets/{ticket}")
    expect(page.get_by_text("And the second lamp").first).to_be_visible()
    expect(page.locator("[data-app-frame]")).to_have_count(0)
    expect(page.locator("iframe")).to_have_count(0)


def installation_page(story: Story) -> Page:
    page = story.go("admin", "/admin/apps")
    page.locator("main").get_by_role("link", name="First Responder").first.click()
    expect(page).to_have_url(re.compile(r"/admin/apps/ins_"))
    return page


def press(page: Page, opener: str, confirm: str) -> None:
    """A button that asks before it does."""
    page.get_by_text(opener, exact=True).first.click()
    page.get_by_role("button", name=confirm, exact=True).last.click()


def token_of_the_app(story: Story, installation_id: str) -> httpx.Response:
    app = story.demo["apps"]["first_responder"]
    return httpx.post(
        f"{story.demo['base_url']}/oauth/token",
        data={"grant_type": "client_credentials", "installation_id": installation_id},
        auth=(app["client_id"], app["client_secret"]),
    )


def switch_off_and_on(story: Story, ticket: str) -> None:
    page = installation_page(story)
    found = re.search(r"ins_[0-9a-v]{26}", page.url)
    assert found is not None
    token = token_of_the_app(story, found[0]).json()["access_token"]

    def asks() -> tuple[int, str | None]:
        answer = httpx.get(
            f"{story.demo['base_url']}/api/v1/tickets/{ticket}", headers={"Authorization": f"Bearer {token}"}
        )
        return answer.status_code, answer.json().get("code")

    assert asks()[0] == 200
    press(page, "Suspend…", "Suspend")
    expect(page.get_by_text("Suspended").first).to_be_visible()
    assert asks() == (401, "installation_suspended")
    expect(story.go("Sven", f"/tickets/{ticket}").locator("[data-app-frame]")).to_have_count(0)
    installation_page(story).get_by_role("button", name="Resume").first.click()
    until(lambda: asks()[0] == 200, what="the token lives again")
    expect(panel_of(story.go("Sven", f"/tickets/{ticket}"))).to_contain_text("The lamp is broken", timeout=15 * SECONDS)
    press(installation_page(story), "Uninstall…", "Uninstall")
    until(lambda: asks() == (401, "token_revoked"), what="the token is dead")
    page = story.go("Sven", f"/tickets/{ticket}")
    expect(page.locator("[data-app-frame]")).to_have_count(0)
    expect(page.get_by_text("And the second lamp").first).to_be_visible()
    expect(page.get_by_text("Suggested priority", exact=False).first).to_be_visible()


def second_manifest(base_url: str) -> str:
    return f'''schema = 1
[app]
key = "story-listener"
name = "Story listener"
summary = "Hears of new departments"
[runtime]
base_url = "{base_url}"
[access]
scopes = [{{name = "directory:read", reason = "to hear of departments"}}]
[events]
url = "/events"
types = ["department.created"]
'''


def develop_a_second_app(story: Story) -> None:
    received: list[Received] = []

    def respond(request: Received) -> Iterable[bytes]:
        received.append(request)
        return answer("200 OK", b"thanks")

    with LoopbackServer(respond) as receiver:
        page = story.go("Dag", "/console/apps/new")
        page.locator("textarea[name=source]").fill(second_manifest(f"http://localhost:{receiver.port}"))
        page.get_by_role("button", name="Register the app").click()
        shown = page.get_by_text(re.compile(r"whsec_[A-Za-z0-9+/=]{44}")).first
        secret = re.search(r"whsec_[A-Za-z0-9+/=]{44}", shown.text_content() or "")
        assert secret is not None
        story.go("Dag", "/console")
        main = page.locator("main")
        main.get_by_role("link", name="Story listener").first.click()
        main.get_by_role("link", name="Install", exact=True).first.click()
        main.get_by_role("button", name="Install for me").click()
        expect(page.get_by_text(re.compile(r"ins_[0-9a-v]{26}")).first).to_be_visible()
        make_department(story, "Workshop")
        until(lambda: received, within=10, what="the signed event")
        event = Webhook(secret[0]).verify(received[0].body, dict(received[0].headers))
        assert (event["type"], event["data"]["name"]) == ("department.created", "Workshop")
        redeliver(story, received)
    assert received[0].headers["webhook-id"] == received[1].headers["webhook-id"]


def redeliver(story: Story, received: list[Received]) -> None:
    page = story.go("Dag", "/console/deliveries")
    page.locator("main").get_by_role("link", name="department.created").first.click()
    expect(page.get_by_text("Workshop").first).to_be_attached()
    expect(page.get_by_text("thanks").first).to_be_attached()
    page.get_by_role("button", name="Deliver again").click()
    until(lambda: len(received) == 2, within=10, what="the event once more")
