"""A browser that an app sent to `/oauth/authorize`, and what comes back to the app."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from werkzeug.test import TestResponse

from tests.support import grants
from tests.support.faces import Browser
from tests.support.grants import CALLBACK, CHALLENGE

ISSUER = "http://127.0.0.1:8000"
PATH = "/oauth/authorize"
_FIELD = re.compile(r'<input type="hidden" name="(consent|scopes)" value="([^"]*)">')


def parameters(client: grants.Client, **changes: str | None) -> dict[str, str]:
    """A sound request; None takes a parameter away."""
    wanted: dict[str, str | None] = {
        "response_type": "code",
        "client_id": client.client_id,
        "redirect_uri": CALLBACK,
        "scope": "openid directory:read",
        "state": "s t&a=te/ü",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **changes,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def address(client: grants.Client, **changes: str | None) -> str:
    return f"{PATH}?{urlencode(parameters(client, **changes))}"


def fields(page: TestResponse) -> dict[str, str]:
    """What the consent form carries."""
    return {name: html.unescape(value) for name, value in _FIELD.findall(page.text)}


def decide(browser: Browser, url: str, decision: str = "allow", **changes: Any) -> TestResponse:
    """Open the consent page and answer it."""
    page = browser.get(url)
    assert page.status_code == 200, page.text[:300]
    return browser.post(url, {**fields(page), "decision": decision, **changes})


def sent_back(answer: TestResponse, redirect_uri: str = CALLBACK) -> dict[str, str]:
    """What the app receives: a 303 to its address, with the issuer's name."""
    assert answer.status_code == 303, (answer.status_code, answer.text[:500])
    location = answer.headers["Location"]
    assert location.startswith((f"{redirect_uri}?", f"{redirect_uri}&")), location
    pairs = parse_qsl(urlsplit(location).query, keep_blank_values=True)
    received = dict(pairs)
    assert len(received) == len(pairs)
    assert received.pop("iss") == ISSUER
    return received
