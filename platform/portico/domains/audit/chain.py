"""The hash chain: SHA-256 over canonical JSON (RFC 8785) of an entry and the hash before it; heads signed by HMAC.

Anybody can check the chain, so that an export proves itself; only the server can sign a head.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import orjson

from portico.kernel import clock
from portico.kernel.secrets import Keyring, keyring

_PURPOSE = "audit heads"


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
    }


def link(row: Mapping[str, Any], previous: str) -> str:
    """The hash of an entry behind `previous` (empty before the first)."""
    # Keys are ASCII and there are no fractions: sorted by bytes and without blanks is what RFC 8785 asks for.
    return hashlib.sha256(previous.encode() + orjson.dumps(canonical(row), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _message(workspace_id: str, seq: int, digest: str) -> bytes:
    return f"{workspace_id}|{seq}|{digest}".encode()


def sign(workspace_id: str, seq: int, digest: str) -> dict[str, str]:
    """`key_id` and `signature` of a head, by the newest key."""
    key = keyring().keys[0]
    made = hmac.digest(keyring().derive(_PURPOSE, key), _message(workspace_id, seq, digest), "sha256")
    return {"key_id": Keyring.key_id(key), "signature": made.hex()}


def signed(workspace_id: str, seq: int, digest: str, key_id: str, signature: str) -> bool | None:
    """Whether this server signed the head; None when the key that is named is not here any more."""
    for key in keyring().keys:
        if Keyring.key_id(key) == key_id:
            made = hmac.digest(keyring().derive(_PURPOSE, key), _message(workspace_id, seq, digest), "sha256")
            return hmac.compare_digest(made.hex(), signature)
    return None
