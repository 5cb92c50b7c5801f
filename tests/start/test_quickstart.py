"""The quickstart as printed: its blocks are typed in by this script, in an empty folder with nothing but the SDK."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.chromium import launched
from tests.support.pages_of_docs import titled
from tests.support.running import free_ports
from tests.support.up import portico_up
from tests.support.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial" / "quickstart.md"
MOST_OWN_LINES = 25
WITHIN = 30_000  # milliseconds


@dataclass
class Reader:
    """Somebody with an empty folder; what is theirs differs from what is printed."""

    folder: Path
    demo: dict[str, Any]
    browser: Browser
    own: dict[str, str]

    def block(self, title: str) -> str:
        code = titled(PAGE)[title].code
        for printed, mine in self.own.items():
            assert printed in PAGE.read_text(), f"the page does not say {printed!r} any more"
            code = code.replace(printed, mine)
        return code

    def environment(self) -> dict[str, str]:
        """Nothing of this test's own interpreter, nor of a Portico of the person's."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PORTICO_", "PYTHON"))}
        path = f"{Path(sys.base_prefix) / 'bin'}{os.pathsep}{kept['PATH']}"
        settings = str(self.folder / "settings")
        kept.pop("VIRTUAL_ENV", None)
        return {**kept, "PATH": path, "PORTICO_CONFIG_HOME": settings, "BROWSER": "true", "PYTHONUNBUFFERED": "1"}

    def run(self, title: str) -> None:
        done = subprocess.run(
            ["sh", "-ec", self.block(title)],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    @contextmanager
    def running(self, command: str) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
        """What it says, and the process."""
        said = self.folder / f"said-{command.split()[1]}.txt"
        with said.open("wb") as out:
            process = subprocess.Popen(
                command.split(), cwd=self.folder / "hello", env=self.environment(), stdout=out, stderr=out
            )
        try:
            yield said, process
        finally:
            process.terminate()
            process.wait(20)

    def person(self, name: str) -> Page:
        page = self.browser.new_context(base_url=self.demo["base_url"]).new_page()
        page.set_default_timeout(WITHIN)
        page.goto("/sign-in")
        page.fill("#email", self.demo["users"][name]["email"])
        page.fill("#password", self.demo["users"][name]["password"])
        page.click("main form.form button[type=submit]")
        page.wait_for_url("**/w/**")
        return page


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    (tmp_path / "var").mkdir()
    (port,) = free_ports(1)
    with portico_up(tmp_path / "var") as demo, launched() as browser:
        own = {"../portico/sdk": str(ROOT / "sdk"), "http://127.0.0.1:8000": demo["base_url"], "5000": str(port)}
        yield Reader(tmp_path, demo, browser, own)


def test_what_is_to_be_typed_is_little() -> None:
    page = titled(PAGE)
    assert list(page) == ["install", "portico.toml", "app.py", "run"]
    assert len(page["app.py"].lines) <= MOST_OWN_LINES


def test_the_page_leads_to_a_verified_event_and_a_panel(reader: Reader) -> None:
    reader.run("install")
    nothing_else_is_there(reader)
    for name in ("portico.toml", "app.py"):
        (reader.folder / "hello" / name).write_text(reader.block(name))
    check, login, dev = reader.block("run").splitlines()
    with reader.running(check) as (said, process):
        assert process.wait(30) == 0, said.read_text()
    sign_in(reader, login)
    with reader.running(dev) as (said, _):
        says(said, "Waiting until it is installed")
        install(reader)
        says(said, "Connected")
        page = open_ticket(reader, "The lamp is broken")
        says(said, "verified: The lamp is broken")
        says(said, r"event +ticket\.created +200")
        expect(page.frame_locator("iframe[src*='/panels/hello']").locator("body")).to_contain_text("Hello, emp_")


def nothing_else_is_there(reader: Reader) -> None:
    """The SDK needs neither the platform nor a framework; what pip installed is of one piece."""
    python = str(reader.folder / "hello" / ".venv" / "bin" / "python")
    listed = subprocess.run(
        [python, "-m", "pip", "list", "--format=freeze"], capture_output=True, text=True, check=True
    )
    names = {line.partition("==")[0].partition(" @")[0].lower() for line in listed.stdout.splitlines()}
    assert "portico-sdk" in names
    assert names.isdisjoint({"portico", "flask", "sqlalchemy"})
    subprocess.run([python, "-m", "pip", "check"], check=True, capture_output=True)
    importing = "import portico_sdk.aio, portico_sdk.asgi, portico_sdk.manifest, portico_sdk.oauth, portico_sdk.wsgi"
    subprocess.run([python, "-W", "error", "-c", importing], check=True, capture_output=True)


def says(said: Path, pattern: str) -> re.Match[str]:
    """Waits for it; the failure shows all that was said instead."""
    try:
        return until(lambda: re.search(pattern, said.read_text()), within=30, what=pattern) or pytest.fail(pattern)
    except AssertionError as error:
        raise AssertionError(f"{error}:\n{said.read_text()}") from None


def sign_in(reader: Reader, login: str) -> None:
    page = reader.person("developer")
    with reader.running(login) as (said, process):
        page.goto(says(said, r"Open (\S+)")[1])
        expect(page.get_by_label("Code")).to_have_value(says(said, r"shows the code (\S+)\.")[1])
        page.get_by_role("button", name="Go on", exact=True).click()
        page.get_by_role("button", name="Allow", exact=True).click()
        assert process.wait(60) == 0, said.read_text()


def install(reader: Reader) -> None:
    page = reader.person("admin")
    slug = reader.demo["workspace"]["slug"]
    page.goto(f"/w/{slug}/admin/catalogue")
    main = page.locator("main")
    main.get_by_role("link", name="Hello", exact=True).first.click()
    main.get_by_role("link", name="Install…", exact=True).click()
    expect(page.get_by_text("to hear of new tickets").first).to_be_visible()
    main.get_by_role("button", name="Install", exact=True).click()
    expect(page).to_have_url(re.compile(r"/admin/apps/ins_"))


def open_ticket(reader: Reader, subject: str) -> Page:
    page = reader.person("agent")
    page.goto(f"/w/{reader.demo['workspace']['slug']}/tickets/new")
    page.get_by_label("Name").fill("Rosa Ferrari")
    page.get_by_label("E-mail", exact=False).fill("rosa@ferrari.example")
    page.get_by_label("Subject").fill(subject)
    page.locator("textarea").first.fill("It went dark last night.")
    page.get_by_role("button", name="Open the ticket").click()
    expect(page).to_have_url(re.compile(r"/tickets/tkt_"))
    return page
