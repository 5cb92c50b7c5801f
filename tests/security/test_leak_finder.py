"""What looks for secrets finds them, in each form in which they could be written down."""

from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import product
from urllib.parse import quote

import pytest

from portico.kernel import secrets
from tests.support import leaks

WAYS: dict[str, Callable[[bytes], bytes]] = {
    "plain": lambda raw: raw,
    "hexadecimal": lambda raw: raw.hex().encode(),
    "HEXADECIMAL": lambda raw: raw.hex().upper().encode(),
    "for a URL": lambda raw: quote(raw, safe="").encode(),
    "base64": base64.b64encode,
    "base64 for URLs": base64.urlsafe_b64encode,
    "base64, after a name": lambda raw: base64.b64encode(b"app:" + raw),
    "base64, between others": lambda raw: base64.b64encode(b"Bearer, " + raw + b", and so on"),
    "without its prefix": lambda raw: raw.partition(b"_")[2],
}
SECRETS = {
    "token": secrets.new_token("ptu_"),
    "password": "correct horse battery staple/ü?",
    "signing secret": "whsec_" + base64.b64encode(b"\xff\xef\xbe" * 11).decode(),
}


WITHOUT_PREFIX = ("password", "without its prefix")  # it has none


@pytest.mark.parametrize(("name", "way"), [pair for pair in product(SECRETS, WAYS) if pair != WITHOUT_PREFIX])
def test_it_is_found(name: str, way: str) -> None:
    content = b"before " + WAYS[way](SECRETS[name].encode()) + b" after"
    assert leaks.find(SECRETS, {"a place": content}) == [f"{name} in a place"]


def test_the_bytes_of_a_signing_secret_are_found() -> None:
    raw = base64.b64decode(SECRETS["signing secret"].removeprefix("whsec_"))
    assert leaks.find(SECRETS, {"a place": raw}) == ["signing secret in a place"]


def test_what_is_kept_instead_is_none() -> None:
    token = SECRETS["token"]
    kept = f"{secrets.digest(token)} {token[:12]}… {token[-4:]}".encode()
    assert leaks.find(SECRETS, {"a place": kept}) == []
