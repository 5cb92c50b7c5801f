"""What holds for every page, however it is looked at: no axe finding, no error in the console, no foreign host, and
nothing that must be scrolled sideways."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

AXE = Axe()
# WCAG 2.2 AA and axe's own best practices.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}


@dataclass(frozen=True)
class Look:
    """One way to look at a page."""

    name: str
    options: dict[str, Any]


WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
# Each width, each theme, each language, and each pair of them, in four runs instead of eight.
LOOKS = [
    Look("light", {"viewport": WIDE, "color_scheme": "light", "locale": "en-GB"}),
    Look("dark, Chinese", {"viewport": WIDE, "color_scheme": "dark", "locale": "zh-CN"}),
    Look("phone", {"viewport": PHONE, "color_scheme": "light", "locale": "en-GB"}),
    Look("phone, dark, Chinese", {"viewport": PHONE, "color_scheme": "dark", "locale": "zh-CN"}),
]


class Watched:
    """A window whose pages are listened to."""

    def __init__(self, context: BrowserContext, hosts: Iterable[str] = ()) -> None:
        self.page: Page = context.new_page()
        self.wrong: list[str] = []
        self._hosts = {"127.0.0.1", *hosts}
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.wrong.append(f"script: {error}"))
        self.page.on("request", self._asked)

    def _heard(self, message: ConsoleMessage) -> None:
        # The browser's own line about the status of the document; the status is checked where it is asked for.
        if message.type in ("error", "warning") and "the server responded with a status of" not in message.text:
            self.wrong.append(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https") and parts.hostname not in self._hosts:
            self.wrong.append(f"foreign host: {request.url}")

    def look(self, path: str, status: int = 200, ready: Callable[[Page], None] | None = None) -> list[str]:
        """Open a page and answer all that is wrong with it, each with the path in front."""
        self.wrong.clear()
        answer = self.page.goto(path, wait_until="load")
        # What is being asked for anew is dimmed until it comes.
        self.page.wait_for_function("() => !document.querySelector('[data-region][aria-busy=true]')")
        if ready is not None:
            ready(self.page)
        found = [*self.wrong]
        if answer is None or answer.status != status:
            found.append(f"status {answer and answer.status}")
        beyond = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if beyond > 0:
            found.append(f"scrolls sideways by {beyond} px")
        return [f"{path}: {one}" for one in [*found, *self.findings()]]

    def findings(self) -> list[str]:
        """What axe finds on the page that is open."""
        return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in violations(self.page)]


def violations(page: Page) -> list[dict[str, Any]]:
    """Axe's findings alone: all that it passed stays in the browser, for carrying that out costs as much as looking."""
    page.evaluate(AXE.axe_script)
    found: list[dict[str, Any]] = page.evaluate("async (options) => (await axe.run(options)).violations", OPTIONS)
    return found
