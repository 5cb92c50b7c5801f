"""What holds for every page, however it is looked at: no axe finding, no error in the console, no foreign host, and
nothing that must be scrolled sideways.

Four looks stand for all eight: each theme with each width, each theme with each language, and each width with each
language comes once.
"""

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
# `preload` would fetch each style sheet once more, for rules about orientation that no style of ours needs.
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False}
# What a translation can break: that things have names, and that the page says which language it speaks.
NAMES = [
    *("html-has-lang", "html-lang-valid", "valid-lang", "document-title", "page-has-heading-one", "empty-heading"),
    *("label", "form-field-multiple-labels", "button-name", "link-name", "image-alt", "input-button-name"),
    *("select-name", "summary-name", "frame-title", "aria-dialog-name", "aria-input-field-name", "svg-img-alt"),
    *("aria-toggle-field-name", "aria-command-name", "landmark-unique", "duplicate-id-aria", "target-size"),
]
NAMED = {**OPTIONS, "runOnly": {"type": "rule", "values": NAMES}}


@dataclass(frozen=True)
class Look:
    """One way to look at a page."""

    name: str
    options: dict[str, Any]


WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
LOOKS = [
    Look("light, wide, English", {"viewport": WIDE, "color_scheme": "light", "locale": "en-GB"}),
    Look("dark, wide, Chinese", {"viewport": WIDE, "color_scheme": "dark", "locale": "zh-CN"}),
    Look("light, phone, Chinese", {"viewport": PHONE, "color_scheme": "light", "locale": "zh-CN"}),
    Look("dark, phone, English", {"viewport": PHONE, "color_scheme": "dark", "locale": "en-GB"}),
]


# What is being asked for anew is dimmed until it comes; cards and frames of apps come after the page.
COMING = "[data-region][aria-busy=true], .app-card[aria-busy=true], [data-app-frame][data-state=loading]"


WIDE_LIGHT, WIDE_DARK, PHONE_LIGHT, PHONE_DARK = LOOKS
# For what comes by pressing a button: both widths and both languages, in dark, where contrast fails first.
BY_HAND = [WIDE_DARK, PHONE_DARK]


# No colour is on its way to another. What is folded away stands still on its way until it is unfolded, so the longest
# transition of the theme bounds it.
SETTLED = """() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
  .then(() => document.getAnimations().filter((one) => one instanceof CSSTransition))
  .then((all) => Promise.race([
    Promise.allSettled(all.map((one) => one.finished)),
    new Promise((done) => {
      setTimeout(done, Math.max(0, ...all.map((one) => one.effect.getComputedTiming().endTime)) + 100);
    }),
  ])).then(() => null)"""


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
        return [*self.open(path, status, ready), *self.seen(path)]

    def open(self, path: str, status: int = 200, ready: Callable[[Page], None] | None = None) -> list[str]:
        """Open a page, wait until all of it is there, and answer what went wrong meanwhile."""
        self.wrong.clear()
        answer = self.page.goto(path, wait_until="load")
        self.page.wait_for_function(f"() => !document.querySelector('{COMING}')")
        if ready is not None:
            ready(self.page)
        found = [*self.wrong]
        if answer is None or answer.status != status:
            found.append(f"status {answer and answer.status}")
        return [f"{path}: {one}" for one in found]

    def turn(self, look: Look) -> None:
        """Look at the page that is open in another width and theme, as after a turn of the device."""
        self.page.set_viewport_size(look.options["viewport"])
        self.page.emulate_media(color_scheme=look.options["color_scheme"])
        self.page.evaluate(SETTLED)

    def seen(self, path: str, options: dict[str, Any] = OPTIONS) -> list[str]:
        """What is wrong with the page that is open, as it stands now."""
        beyond = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found = [f"scrolls sideways by {beyond} px"] if beyond > 0 else []
        return [f"{path}: {one}" for one in [*found, *self.findings(options)]]

    def findings(self, options: dict[str, Any] = OPTIONS) -> list[str]:
        """What axe finds on the page that is open."""
        found = violations(self.page, options)
        return [f"{one['id']}: {[node['html'][:160] for node in one['nodes'][:3]]}" for one in found]


def violations(page: Page, options: dict[str, Any] = OPTIONS) -> list[dict[str, Any]]:
    """Axe's findings alone: all that it passed stays in the browser, for carrying that out costs as much as looking."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found: list[dict[str, Any]] = page.evaluate("async (options) => (await axe.run(options)).violations", options)
    return found
