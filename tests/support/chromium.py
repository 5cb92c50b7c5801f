"""Chromium, headless, driven by playwright: its headless shell where there is one, for that draws no window of its own
around each page and so costs half."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from shutil import which

import pytest
from playwright.sync_api import Browser, sync_playwright

from portico.cli.test import CHROMIUM_NAMES

PATH = os.environ.get("PORTICO_TEST_CHROMIUM") or next(filter(None, map(which, CHROMIUM_NAMES)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def launched(*flags: str) -> Iterator[Browser]:
    if PATH is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=PATH, args=[*FLAGS, *flags])
        yield browser
        browser.close()
