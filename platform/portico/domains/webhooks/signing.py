"""Standard Webhooks signatures, over our own bytes.

The signed text is `id.timestamp.body`; the header holds clean `v1,…` tokens, newest secret first, one blank between
them: the stock library gives up at any token that it cannot read.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Sequence

PREFIX = "whsec_"
USER_AGENT = "Portico/1"


def new_secret() -> bytes:
    return os.urandom(32)


def shown(secret: bytes) -> str:
    """The form in which a developer gets it."""
    return PREFIX + base64.b64encode(secret).decode()


def parse(text: str) -> bytes:
    """The bytes of `whsec_…`."""
    return base64.b64decode(text.removeprefix(PREFIX))


def signature(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`."""
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return " ".join("v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in secrets)


def open_headers(message_id: str, timestamp: int, installation_id: str | None) -> dict[str, str]:
    """The headers of an attempt that may be shown and kept."""
    headers = {
        "content-type": "application/json; charset=utf-8",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
    }
    if installation_id is not None:
        headers["portico-installation-id"] = installation_id
    return headers
