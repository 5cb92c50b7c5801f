"""Every page is walked in a browser: `tests/browser/screens.py` knows each endpoint that answers GET."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from portico.kernel.actor import ROLES
from tests.browser.screens import NO_SCREENS, PEOPLE, SCREENS, Screen

FACES = ("account", "portal", "admin", "console", "operator")
LINKS = {
    "{links[setup]}": "account.set_up",
    "{links[invitation]}": "account.invitation",
    "{links[reset]}": "account.reset",
}
"""What the seed leaves whole."""
_VARIABLE = re.compile(r"<.+?>")


@pytest.fixture
def rules(app: Flask) -> dict[str, list[str]]:
    """By endpoint of a page: the parts of its address; `<>` is whatever a path gives."""
    return {
        rule.endpoint: _VARIABLE.sub("<>", rule.rule).split("/")
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in FACES and "GET" in (rule.methods or ())
    }


def _endpoint(rules: dict[str, list[str]], screen: Screen) -> str | None:
    """The one whose address this is: where several could be meant, the one that leaves least open."""
    path = screen.template.partition("?")[0]
    given = re.sub(r"{.+?}", "{}", ("/w/acme" if screen.in_workspace else "") + path).split("/")
    named = [(parts, endpoint) for endpoint, parts in rules.items() if _fits(parts, given)]
    return min(named, key=lambda one: one[0].count("<>"))[1] if named else None


def _fits(parts: list[str], given: list[str]) -> bool:
    return len(parts) == len(given) and all(
        want == "<>" or want == part for want, part in zip(parts, given, strict=True)
    )


def test_every_page_is_walked(rules: dict[str, list[str]]) -> None:
    walked = {LINKS.get(screen.template) or _endpoint(rules, screen) for screen in SCREENS}
    unknown = rules.keys() - walked - NO_SCREENS.keys()
    assert unknown == set(), "give each an address in tests/browser/screens.py, or a reason in NO_SCREENS"


def test_no_exception_outlives_its_endpoint(rules: dict[str, list[str]]) -> None:
    assert NO_SCREENS.keys() - rules.keys() == set()


def test_everybody_walks() -> None:
    walking = frozenset().union(*(screen.who for screen in SCREENS))
    assert walking == {*PEOPLE}
    assert walking > {*ROLES}


def test_no_address_stands_there_twice_for_the_same_person() -> None:
    seen = [(screen.template, screen.face, name) for screen in SCREENS for name in screen.who]
    assert len(seen) == len(set(seen))
