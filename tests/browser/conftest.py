"""A real server with a small company in it, a browser, and pages as one of the people. Shared by all browser tests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.support.cast import PASSWORD
from tests.support.chromium import launched

ROOT = Path(__file__).parents[2]
sys.path.append(
    str(ROOT / "apps_examples" / "flow_composer")
)  # a package in a folder of its own, as its developer has it
expect.set_options(timeout=20_000)  # milliseconds: a busy machine is slow, not wrong


@dataclass(frozen=True)
class Server:
    """Where it listens, and what `seed.py` left in it."""

    url: str
    left: dict[str, Any] = field(repr=False)
    sessions: dict[str, Any] = field(default_factory=dict, repr=False)
    """Of each person who has come in through the form: the cookies with which they stay in."""

    def email(self, name: str) -> str:
        return f"{name}@{'other' if name == 'outsider' else 'acme'}.example"


@pytest.fixture(scope="module")
def host() -> str:
    """What the server is called; a test file that needs a name says another one."""
    return "127.0.0.1"


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, host: str) -> Iterator[Server]:
    """One server per test file, so that files do not see each other's changes; `SEEDED` in it asks for more in it."""
    folder = tmp_path_factory.mktemp("server")
    seeded = getattr(request.module, "SEEDED", ())
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            [sys.executable, "-m", "tests.browser.serve", str(folder), "0", host, *seeded],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (folder / "log").read_text()[-3000:]
        left = json.loads(line)
        yield Server(left.pop("url"), left)
        process.stdin.close()
        process.wait(60)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


def sign_in(context: BrowserContext, email: str) -> None:
    with closing(context.new_page()) as page:
        page.goto("/sign-in")
        page.fill("#email", email)
        page.fill("#password", PASSWORD)
        page.click("main form.form button[type=submit]")
        page.wait_for_url(lambda url: "/sign-in" not in url)


SignedIn = Callable[..., BrowserContext]


@pytest.fixture
def signed_in(server: Server, browser: Browser) -> Iterator[SignedIn]:
    """`signed_in("agent", viewport=…, locale="zh-CN")`: a fresh window of this person; None: nobody.

    Who comes for the first time signs in through the form, and a later window goes on with the same session.
    """
    opened: list[BrowserContext] = []

    def open_window(name: str | None, **options: Any) -> BrowserContext:
        context = browser.new_context(base_url=server.url, storage_state=server.sessions.get(name or ""), **options)
        opened.append(context)
        if name is not None and name not in server.sessions:
            sign_in(context, server.email(name))
            server.sessions[name] = context.storage_state()
        return context

    yield open_window
    for context in opened:
        context.close()
