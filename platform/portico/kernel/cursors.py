"""Cursors of lists: signed, so that nobody makes one up."""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

import orjson
from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

from portico.kernel.errors import CursorInvalid
from portico.kernel.secrets import Keyring, keyring


def _signer() -> Signer:
    return _signer_of(keyring())


@cache
def _signer_of(keys: Keyring) -> Signer:
    return Signer(keys.signing_keys("cursor"), key_derivation="none", digest_method=hashlib.sha256)


def sign(value: Any) -> str:
    """A cursor for `value`; only characters that need no quoting in a URL."""
    return _signer().sign(base64_encode(orjson.dumps(value))).decode()


def unsign(cursor: str) -> Any:
    """What `sign` was given. Raises CursorInvalid."""
    try:
        return orjson.loads(base64_decode(_signer().unsign(cursor)))
    except BadData:
        raise CursorInvalid() from None
