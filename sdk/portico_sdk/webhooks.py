"""Prove that a delivery came from Portico: Standard Webhooks, `v1` (HMAC-SHA256) or `v1a` (Ed25519).

    event = webhooks.verify(request.get_data(), request.headers, secrets=["whsec_…"])
    event = webhooks.verify(request.get_data(), request.headers, public_keys=["whpk_…"])

    for one in event.events: ...  # the event alone, or all that came in an `EventBatch`

Pass the body as it came, byte for byte. Anything wrong is one exception, `WebhookVerificationError`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portico_sdk import _now
from portico_sdk.errors import WebhookVerificationError
from portico_sdk.models.events import Event, parse_event

__all__ = ["Headers", "sign", "verify", "verify_content"]

_NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")
_ID = re.compile(r"[\x21-\x2d\x2f-\x7e]{1,256}", re.ASCII)  # no full stop: it separates what is signed
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)
_SHORTEST_SECRET = 24
"""Bytes, by the standard; Portico's own secrets have 32."""


class Headers(Protocol):
    """The headers of any framework: a mapping, or what lists repeated names in its `items()`."""

    def items(self) -> Iterable[tuple[str, str]]: ...


def verify(
    body: bytes | str,
    headers: Headers,
    *,
    secrets: str | Iterable[str] = (),
    public_keys: str | Iterable[str] = (),
    tolerance: float = 300,
    now: float | datetime | None = None,
) -> Event:
    """The event, typed; one whose type is newer than this SDK comes as `UnknownEvent`, and many in one call as an
    `EventBatch`. Either way `.events` are those that came.

    While a secret is being rotated, give the old and the new one; `public_keys` are for endpoints that chose `v1a`, and
    one match of either kind is enough. `tolerance` is in seconds, to both sides.
    """
    _, content = verify_content(body, headers, secrets=secrets, public_keys=public_keys, tolerance=tolerance, now=now)
    if not isinstance(content.get("type"), str):
        raise WebhookVerificationError("The body is not an event: it has no type.")
    return parse_event(content)


def verify_content(
    body: bytes | str,
    headers: Headers,
    *,
    secrets: str | Iterable[str] = (),
    public_keys: str | Iterable[str] = (),
    tolerance: float = 300,
    now: float | datetime | None = None,
) -> tuple[str, dict[str, Any]]:
    """The webhook id and the JSON object, for calls that are not events, such as actions."""
    webhook_id, timestamp, signatures = _read(headers)
    payload = body.encode() if isinstance(body, str) else bytes(body)
    _check_time(timestamp, tolerance, _seconds(now))
    content = f"{webhook_id}.{timestamp}.".encode() + payload
    keys, public = _keys(secrets), _public_keys(public_keys)
    if not keys and not public:
        raise WebhookVerificationError("There is no signing secret to verify with.")
    _check_signature(content, signatures, keys, public)
    return webhook_id, _decode(payload)


def sign(
    body: bytes | str,
    *,
    secrets: str | Iterable[str],
    webhook_id: str,
    timestamp: float | datetime | None = None,
) -> dict[str, str]:
    """The three headers for `body`, one signature for each secret. For tests, and for who sends."""
    if not _ID.fullmatch(webhook_id):
        raise ValueError(f"{webhook_id!r} cannot be a webhook id: printable ASCII without a full stop")
    payload = body.encode() if isinstance(body, str) else bytes(body)
    moment = str(int(_seconds(timestamp)))
    content = f"{webhook_id}.{moment}.".encode() + payload
    keys = _keys(secrets)
    if not keys:
        raise WebhookVerificationError("There is no signing secret to sign with.")
    tokens = ["v1," + base64.b64encode(_mac(key, content)).decode() for key in keys]
    return dict(zip(_NAMES, (webhook_id, moment, " ".join(tokens)), strict=True))


def _read(headers: Headers) -> tuple[str, str, list[str]]:
    found: dict[str, str] = {}
    for name, value in headers.items():
        lower = name.lower()
        if lower in _NAMES and lower in found:
            raise WebhookVerificationError(f"The header {lower} stands there twice.")
        found[lower] = value
    for name in _NAMES:
        if not found.get(name):
            raise WebhookVerificationError(f"The header {name} is missing.")
    webhook_id, timestamp, signatures = (found[name] for name in _NAMES)
    if not _ID.fullmatch(webhook_id):
        raise WebhookVerificationError("The header webhook-id is malformed.")
    if not _TIMESTAMP.fullmatch(timestamp):
        raise WebhookVerificationError("The header webhook-timestamp is not a whole number of seconds.")
    return webhook_id, timestamp, signatures.split(" ")


def _check_time(timestamp: str, tolerance: float, now: float) -> None:
    age = now - int(timestamp)
    if age > tolerance:
        raise WebhookVerificationError(f"The delivery is {age:.0f} s old: replayed, or this clock is ahead.")
    if age < -tolerance:
        raise WebhookVerificationError(f"The delivery comes from {-age:.0f} s in the future: this clock is behind.")


def _check_signature(content: bytes, tokens: list[str], keys: list[bytes], public: list[Ed25519PublicKey]) -> None:
    """Any token by any secret or key will do. Tokens of other versions or of a wrong form are passed over."""
    expected = [_mac(key, content) for key in keys]
    macs, signatures = _decoded("v1", tokens), _decoded("v1a", tokens)
    by_secret = any(hmac.compare_digest(one, other) for one in expected for other in macs)
    if not by_secret and not any(_is_by(key, one, content) for key in public for one in signatures):
        raise WebhookVerificationError(
            "No signature matches: check the signing secret, and that the body is passed byte for byte."
        )


def _decoded(version: str, tokens: list[str]) -> list[bytes]:
    found = []
    for token in tokens:
        name, _, value = token.partition(",")
        try:
            if name == version:
                found.append(base64.b64decode(value, validate=True))
        except (binascii.Error, ValueError):
            continue
    return found


def _is_by(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _public_keys(given: str | Iterable[str]) -> list[Ed25519PublicKey]:
    try:
        return [
            Ed25519PublicKey.from_public_bytes(base64.b64decode(text.removeprefix("whpk_"), validate=True))
            for text in ([given] if isinstance(given, str) else given)
        ]
    except (binascii.Error, ValueError) as error:
        raise WebhookVerificationError("The public key is not whpk_ and base64 of 32 bytes.") from error


def _keys(secrets: str | Iterable[str]) -> list[bytes]:
    return [_key(secret) for secret in ([secrets] if isinstance(secrets, str) else secrets)]


def _key(secret: str) -> bytes:
    text = secret.removeprefix("whsec_").rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < _SHORTEST_SECRET:
        raise WebhookVerificationError("The signing secret is not whsec_ and base64 of at least 24 bytes.")
    return key


def _mac(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


def _seconds(moment: float | datetime | None) -> float:
    if moment is None:
        return _now.now()
    if isinstance(moment, datetime):
        if moment.tzinfo is None:
            raise ValueError(f"{moment!r} has no time zone: use an aware datetime")
        return moment.timestamp()
    return moment


def _decode(payload: bytes) -> dict[str, Any]:
    try:
        event = json.loads(payload.decode(), object_pairs_hook=_object)
    except (ValueError, RecursionError) as error:
        raise WebhookVerificationError("The body is not JSON in UTF-8 with each name once.") from error
    if not isinstance(event, dict):
        raise WebhookVerificationError("The body is not a JSON object.")
    return event


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name given twice means one thing here and another elsewhere, so it is refused."""
    names = dict(pairs)
    if len(names) != len(pairs):
        raise ValueError("a name stands twice")
    return names
