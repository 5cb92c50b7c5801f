"""Every screen as each role, in every look: axe finds nothing, the console is still, no foreign host is asked, nothing
must be scrolled sideways, and in Chinese nothing is left in English. PORTICO_PICTURES=var/pictures leaves a picture of
each."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.browser.conftest import Server, SignedIn
from tests.browser.looks import NAMED, PHONE_DARK, PHONE_LIGHT, WIDE_DARK, WIDE_LIGHT, Look, Watched
from tests.browser.screens import FACES, NOBODY
from tests.browser.untranslated import Known, untranslated
from tests.browser.walking import Visit, Walk, walk

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
SEEDED = ("--walk",)
HOSTS = ("localhost",)
"""Where apps are, in frames."""
PICTURES = os.environ.get("PORTICO_PICTURES")
"""A folder, as var/pictures."""


@pytest.fixture(scope="module")
def walked(server: Server) -> Walk:
    return walk(server)


@pytest.fixture(scope="module")
def known(server: Server) -> Known:
    return Known.of(Path(server.left["home"]) / "portico.db")


def picture(window: Watched, look: Look, visit: Visit) -> None:
    """Where somebody wants to look at them."""
    if PICTURES:
        name = "-".join(re.findall(r"\w+", f"{visit.screen.template} {visit.name}"))
        folder = Path(PICTURES) / re.sub(r"\W+", "-", look.name) / visit.screen.face
        folder.mkdir(parents=True, exist_ok=True)
        window.page.screenshot(path=folder / f"{name}.jpg", type="jpeg", quality=70, full_page=True)


def test_everybody_opens_what_they_may_and_nothing_else(walked: Walk) -> None:
    assert walked.wrong == []


@pytest.mark.parametrize("face", FACES)
def test_every_screen_in_english(server: Server, signed_in: SignedIn, walked: Walk, face: str) -> None:
    """All that axe knows of, in both themes and both widths."""
    wrong = []
    for name, visits in walked.of(face).items():
        window = Watched(signed_in(None if name == NOBODY else name, **WIDE_LIGHT.options), hosts=HOSTS)
        for visit in visits:
            window.turn(WIDE_LIGHT)
            wrong += window.open(visit.path, visit.screen.status)
            for look in (WIDE_LIGHT, PHONE_DARK) if visit.first else (PHONE_DARK,):
                window.turn(look)
                wrong += [f"{name}, {look.name}: {one}" for one in window.seen(visit.path)]
                picture(window, look, visit)
    assert wrong == []


@pytest.mark.parametrize("face", FACES)
def test_every_screen_in_chinese(server: Server, signed_in: SignedIn, walked: Walk, known: Known, face: str) -> None:
    """That all is said in Chinese, has its names, and finds room."""
    wrong = []
    for name, visits in walked.of(face).items():
        window = Watched(signed_in(None if name == NOBODY else name, **WIDE_DARK.options), hosts=HOSTS)
        for visit in visits:
            window.turn(WIDE_DARK)
            wrong += window.open(visit.path, visit.screen.status)
            wrong += [f"{name}, {visit.path}: in English: {one}" for one in untranslated(window.page, known)]
            for look in (WIDE_DARK, PHONE_LIGHT) if visit.first else (WIDE_DARK,):
                window.turn(look)
                wrong += [f"{name}, {look.name}: {one}" for one in window.seen(visit.path, NAMED)]
                picture(window, look, visit)
    assert wrong == []
