"""A browser's half of web push: its keys, and reading what was sealed for it (RFC 8291)."""

from __future__ import annotations

import base64
import json
import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


class PushBrowser:
    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._auth = os.urandom(16)
        self._point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def fields(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": _text(self._point), "auth": _text(self._auth)}

    def read(self, body: bytes) -> dict[str, Any]:
        """What a call tells it."""
        salt, length = body[:16], body[20]
        theirs = body[21 : 21 + length]
        shared = self._key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        secret = HKDF(SHA256(), 32, self._auth, b"WebPush: info\0" + self._point + theirs).derive(shared)
        prk = HKDF.extract(SHA256(), salt, secret)
        key = HKDFExpand(SHA256(), 16, b"Content-Encoding: aes128gcm\0").derive(prk)
        nonce = HKDFExpand(SHA256(), 12, b"Content-Encoding: nonce\0").derive(prk)
        plain = AESGCM(key).decrypt(nonce, body[21 + length :], None)
        found: dict[str, Any] = json.loads(plain.rstrip(b"\0").removesuffix(b"\2"))
        return found


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
