"""Tokens, their digests, and sealing of secrets that must be read again.

Tokens: prefix, 256 random bits in base 62, and a CRC-32 of six characters, so that rubbish is refused without a
look-up and leaked tokens can be recognised. Only the SHA-256 of a token is stored; being random, it needs no salt.
Sealing: AES-256-GCM (NIST SP 800-38D) with the key's id in the blob and the row as associated data.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets as random
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _base62(number: int, width: int) -> str:
    out = []
    for _ in range(width):
        number, rest = divmod(number, 62)
        out.append(_BASE62[rest])
    return "".join(reversed(out))


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), 6)


def _token(prefix: str, number: int) -> str:
    body = prefix + _base62(number, 43)
    return body + _checksum(body)


def new_token(prefix: str) -> str:
    """A new token such as `ptp_…`; `prefix` includes the underscore."""
    return _token(prefix, random.randbits(256))


def well_formed(token: str) -> bool:
    """Whether the checksum holds; a cheap refusal before any look-up."""
    return len(token) > 49 and token.isascii() and hmac.compare_digest(_checksum(token[:-6]), token[-6:])


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


class SealBroken(Exception):
    """A sealed value was changed, moved to another row, or its key is gone."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The server's keys, newest first. The first seals; all open."""

    keys: tuple[bytes, ...] = field(repr=False)

    @staticmethod
    def key_id(key: bytes) -> str:
        return hashlib.sha256(b"portico key id" + key).hexdigest()[:8]

    def derive(self, purpose: str, key: bytes | None = None) -> bytes:
        """A key of 32 bytes for one purpose."""
        return hmac.digest(key or self.keys[0], b"portico/" + purpose.encode(), "sha256")

    def signing_keys(self, purpose: str) -> list[bytes]:
        """One derived key per server key, oldest first, as itsdangerous wants them."""
        return [self.derive(purpose, key) for key in reversed(self.keys)]

    def seal(self, plain: bytes, row: str) -> str:
        """Seal `plain` for the row named by `row` (`table|column|row id|workspace`)."""
        nonce = os.urandom(12)
        body = AESGCM(self.derive("seal")).encrypt(nonce, plain, row.encode())
        return f"{self.key_id(self.keys[0])}.{base64.urlsafe_b64encode(nonce + body).decode()}"

    def unseal(self, blob: str, row: str) -> bytes:
        """The sealed value. Raises SealBroken."""
        key_id, _, body = blob.partition(".")
        for key in self.keys:
            if self.key_id(key) == key_id:
                try:
                    raw = base64.urlsafe_b64decode(body)
                    return AESGCM(self.derive("seal", key)).decrypt(raw[:12], raw[12:], row.encode())
                except (InvalidTag, ValueError):  # ValueError: no base64, or too short to hold a nonce
                    raise SealBroken(f"The sealed value of {row} was changed or moved.") from None
        raise SealBroken(f"The key {key_id} that sealed {row} is not among PORTICO_SECRET_KEYS.")

    def derive_token(self, prefix: str, purpose: str) -> str:
        """A one-time token that needs no storing: the same purpose gives the same token, only to this server."""
        return _token(prefix, int.from_bytes(self.derive("token|" + purpose), "big"))


def load_keyring(configured: tuple[str, ...], home: Path) -> Keyring:
    """The keys from PORTICO_SECRET_KEYS (each base64 of at least 32 bytes, or any long text), else `secret.key`.

    The file is made once, readable by its owner only; two processes that start together agree on one key.
    """
    if configured:
        return Keyring(tuple(hashlib.sha256(text.encode()).digest() for text in configured))
    home.mkdir(parents=True, exist_ok=True)
    path = home / "secret.key"
    if not path.exists():
        fresh = home / f"secret.key.{os.getpid()}"
        fresh.touch(mode=0o600)
        fresh.write_text(base64.b64encode(os.urandom(32)).decode())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return Keyring((hashlib.sha256(path.read_text().strip().encode()).digest(),))


_keyring: Keyring | None = None


def configure(keyring: Keyring) -> None:
    global _keyring
    _keyring = keyring


def keyring() -> Keyring:
    if _keyring is None:
        raise RuntimeError("The keyring is not configured; call portico.app.start(settings) first.")
    return _keyring
