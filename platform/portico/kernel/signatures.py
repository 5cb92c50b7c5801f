"""Standard Webhooks signatures, over our own bytes: the signed text is `id.timestamp.body`."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

PREFIX = "whsec_"


def parse(text: str) -> bytes:
    """The bytes of `whsec_…`."""
    return base64.b64decode(text.removeprefix(PREFIX))


def signature(secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: clean `v1,…` tokens, newest secret first, one blank between them, because the
    stock library gives up at any token that it cannot read."""
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    return " ".join("v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in secrets)
