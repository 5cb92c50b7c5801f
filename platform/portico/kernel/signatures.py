"""Standard Webhooks signatures, over our own bytes: the signed text is `id.timestamp.body`.

`v1` is HMAC-SHA256 with a shared secret; `v1a` is Ed25519 (RFC 8032), which a receiver checks by a public key.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

PREFIX = "whsec_"
PRIVATE_PREFIX, PUBLIC_PREFIX = "whsk_", "whpk_"
_SEED_BYTES = 32


def parse(text: str) -> bytes:
    """The bytes of `whsec_…`."""
    return base64.b64decode(text.removeprefix(PREFIX))


def parse_private(text: str) -> Ed25519PrivateKey:
    """The key of `whsk_…`: its seed, which may be followed by the public half."""
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text.removeprefix(PRIVATE_PREFIX))[:_SEED_BYTES])


def shown_public(key: Ed25519PrivateKey) -> str:
    """`whpk_…`, in which a receiver gets it."""
    return PUBLIC_PREFIX + base64.b64encode(key.public_key().public_bytes_raw()).decode()


def signature(
    secrets: Sequence[bytes], message_id: str, timestamp: int, body: bytes, keys: Sequence[Ed25519PrivateKey] = ()
) -> str:
    """The header `webhook-signature`: clean `v1,…` tokens, newest secret first, then `v1a,…`, one blank between them:
    the stock library gives up at a token that it cannot read, and passes over versions that it does not know."""
    signed = b"%s.%d.%s" % (message_id.encode(), timestamp, body)
    tokens = ["v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode() for key in secrets]
    return " ".join([*tokens, *("v1a," + base64.b64encode(key.sign(signed)).decode() for key in keys)])
