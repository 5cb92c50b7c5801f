"""Web push: sealing a message for one browser, and saying who sends it.

The message is encrypted by RFC 8291 (P-256, HKDF-SHA256) as one record of `aes128gcm` (RFC 8188), so that the push
service in between reads nothing; the sender names itself by VAPID (RFC 8292), a JWT signed with ES256.
"""

from __future__ import annotations

import base64
import os
import struct
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import ECKey

from portico.kernel import clock

MOST_BYTES = 3_993
"""Of a message: a push service need take no more than 4,096 bytes (RFC 8030 section 7.2), of which 103 are ours."""
_RECORD = 4_096
_POINT, _AUTH = 65, 16
_LIFE = timedelta(hours=12)
"""Of what names the sender; at most 24 hours (RFC 8292 section 2)."""


class NotABrowser(ValueError):
    """What should be a browser's keys is none. `name` says which of them."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(frozen=True, slots=True)
class Browser:
    """Where a browser takes its messages, and the keys by which it reads them, as `PushSubscription.toJSON` has
    them."""

    endpoint: str
    p256dh: str
    auth: str = field(repr=False)

    def __post_init__(self) -> None:
        """Raises NotABrowser."""
        try:
            _point(self.p256dh)
        except ValueError:
            raise NotABrowser("p256dh") from None
        if len(_bytes(self.auth, "auth")) != _AUTH:
            raise NotABrowser("auth")


def _bytes(text: str, name: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raise NotABrowser(name) from None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _point(text: str) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(text, "p256dh"))


def _raw(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


# --- who sends ---


def new_key() -> bytes:
    """A private key of a sender: the 32 bytes of its number."""
    return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big")


def _private(key: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(key, "big"), ec.SECP256R1())


def public_of(key: bytes) -> str:
    """The `applicationServerKey` that a browser subscribes with."""
    return _text(_raw(_private(key).public_key()))


def headers_for(endpoint: str, key: bytes, contact: str, *, ttl_s: int, urgency: str) -> dict[str, str]:
    """What goes with a message: who sends it, and for how long it is worth keeping (RFC 8030 sections 5.2, 5.3).

    `contact` is the URI by which the push service reaches who runs this: `mailto:` or `https:`.
    """
    parts = urlsplit(endpoint)
    now = clock.now()
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + _LIFE).timestamp()), "sub": contact}
    token = jwt.encode({"alg": "ES256", "typ": "JWT"}, claims, ECKey.import_key(_private(key)))
    return {
        "Authorization": f"vapid t={token}, k={public_of(key)}",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(ttl_s),
        "Urgency": urgency,
    }


# --- what is said ---


def seal(message: bytes, browser: Browser, *, salt: bytes | None = None, once: bytes | None = None) -> bytes:
    """The body of the call: header and one record. `salt` (16 bytes) and `once`, the private key of this message
    alone, are for the published example. Raises ValueError for a message that is too long."""
    if len(message) > MOST_BYTES:
        raise ValueError(f"A message has at most {MOST_BYTES} bytes.")
    salt = salt or os.urandom(16)
    own, theirs = _private(once or new_key()), _point(browser.p256dh)
    shared = own.exchange(ec.ECDH(), theirs)
    public = _raw(own.public_key())
    info = b"WebPush: info\0" + _raw(theirs) + public
    secret = HKDF(SHA256(), 32, _bytes(browser.auth, "auth"), info).derive(shared)
    prk = HKDF.extract(SHA256(), salt, secret)
    content_key = HKDFExpand(SHA256(), 16, b"Content-Encoding: aes128gcm\0").derive(prk)
    nonce = HKDFExpand(SHA256(), 12, b"Content-Encoding: nonce\0").derive(prk)
    record = AESGCM(content_key).encrypt(nonce, message + b"\2", None)
    return salt + struct.pack("!IB", _RECORD, _POINT) + public + record
