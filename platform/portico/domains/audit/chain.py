"""The hash chain: SHA-256 over canonical JSON (RFC 8785) of an entry and the hash before it; heads signed by Ed25519.

Anybody can check the chain and, with the public key, the heads, so that an export proves itself; only the server can
sign.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets as random
from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from portico.kernel import clock
from portico.kernel.secrets import Keyring, keyring

_PURPOSE = "audit heads"
_SYMMETRIC = 64
"""So long is a signature of the first kind, an HMAC that only the server can check."""


def _canonical_bytes(value: Any) -> bytes:
    # Keys are ASCII and there are no fractions: sorted by bytes and without blanks is what RFC 8785 asks for.
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def canonical(row: Mapping[str, Any]) -> dict[str, Any]:
    """The part of an entry that the hash covers, as the API and the export show it."""
    return {
        "seq": row["seq"],
        "id": row["id"],
        "workspace_id": row["workspace_id"],
        "event_id": row["event_id"],
        "at": clock.rfc3339(row["at"]),
        "actor": row["actor"],
        "action": row["action"],
        "object": {"type": row["object_type"], "id": row["object_id"]},
        "changes": row["changes"],
        "origin": row["origin"],
        **({"detail_hash": row["detail_hash"]} if row["detail_hash"] is not None else {}),
    }


def link(row: Mapping[str, Any], previous: str) -> str:
    """The hash of an entry behind `previous` (empty before the first)."""
    return link_shown(canonical(row), previous)


def link_shown(entry: Mapping[str, Any], previous: str) -> str:
    """The same of an entry as it is shown."""
    return hashlib.sha256(previous.encode() + _canonical_bytes(entry)).hexdigest()


def salted(detail: dict[str, Any]) -> dict[str, Any]:
    return {**detail, "salt": random.token_hex(16)}


def detail_hash(detail: Mapping[str, Any]) -> str:
    """What an entry holds of its detail. Numbers with fractions stand in it as the database gives them back."""
    return hashlib.sha256(_canonical_bytes(detail)).hexdigest()


def _message(workspace_id: str, seq: int, digest: str) -> bytes:
    return f"{workspace_id}|{seq}|{digest}".encode()


@cache
def _private(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


def _shown_key(seed: bytes) -> str:
    raw = _private(seed).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def public_keys() -> dict[str, str]:
    """The public keys by their ids, the one that signs now first."""
    ring = keyring()
    return {Keyring.key_id(key): _shown_key(ring.derive(_PURPOSE, key)) for key in ring.keys}


def sign(workspace_id: str, seq: int, digest: str) -> dict[str, str]:
    """`key_id` and `signature` of a head, by the newest key."""
    key = keyring().keys[0]
    made = _private(keyring().derive(_PURPOSE, key)).sign(_message(workspace_id, seq, digest))
    return {"key_id": Keyring.key_id(key), "signature": made.hex()}


def signed(workspace_id: str, seq: int, digest: str, key_id: str, signature: str) -> bool | None:
    """Whether this server signed the head; None when the key that is named is not here any more."""
    message = _message(workspace_id, seq, digest)
    for key in keyring().keys:
        if Keyring.key_id(key) == key_id:
            seed = keyring().derive(_PURPOSE, key)
            if len(signature) == _SYMMETRIC:
                return hmac.compare_digest(hmac.digest(seed, message, "sha256").hex(), signature)
            return _checked(_private(seed).public_key(), signature, message)
    return None


def _checked(key: Ed25519PublicKey, signature: str, message: bytes) -> bool:
    try:
        key.verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):  # ValueError: no hexadecimal number
        return False
    return True


def signed_by(public_key: str, workspace_id: str, seq: int, digest: str, signature: str) -> bool:
    """Whether the holder of the private half of `public_key` (base64url of 32 bytes) signed the head. Raises
    ValueError for what is no key."""
    raw = base64.urlsafe_b64decode(public_key + "=" * (-len(public_key) % 4))
    return _checked(Ed25519PublicKey.from_public_bytes(raw), signature, _message(workspace_id, seq, digest))
