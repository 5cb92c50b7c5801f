"""Why a signature does not verify: for a developer who has the headers and the body of a call, and a receiver that
refuses them. Nothing that is secret comes from here: a secret is named by its last characters."""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import re
from dataclasses import dataclass
from typing import Any, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from portico.domains.webhooks import apps, keys, queries, signing
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.ids import is_id
from portico.kernel.listing import Condition, ListQuery

TOLERANCE = 300
"""Seconds to either side, as the SDK and the stock library of Standard Webhooks have it."""
Outcome = Literal[
    "verified",
    "too_old",
    "too_new",
    "ended_secret",
    "rewritten",
    "body_changed",
    "wrong_secret",
    "missing",
    "malformed",
]
HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
_LINE = re.compile(r"(webhook-(?:id|timestamp|signature))[\"']?[ \t]*[:=][ \t]*[\"']?([^\r\n\"']*)", re.IGNORECASE)
_TIMESTAMP = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`by` names the secrets and keys that verify it; `age` is in seconds, below zero for a moment to come; `lacking`
    are headers; `delivery_id` is the call as the platform knows it."""

    outcome: Outcome
    by: tuple[str, ...] = ()
    age: int | None = None
    lacking: tuple[str, ...] = ()
    delivery_id: str | None = None


def headers_in(text: str) -> dict[str, str]:
    """The three headers in what somebody pasted: lines of a log, options of curl, or a JSON object."""
    return {name.lower(): value.strip() for name, value in _LINE.findall(text)}


def look_into(actor: Actor, app_id: str, headers: str, body: str) -> Verdict:
    """Which of an own app's secrets verifies the call, or why none does. Raises NotFound."""
    secrets = apps.all_signing_secrets(actor, app_id)
    found = headers_in(headers)
    lacking = tuple(name for name in HEADERS if not found.get(name))
    if lacking:
        return Verdict("missing", lacking=lacking)
    message_id, moment, tokens = (found[name] for name in HEADERS)
    if not _TIMESTAMP.fullmatch(moment) or not _tokens(tokens):
        return Verdict("malformed")
    age = int(clock.now().timestamp()) - int(moment)
    public = [row["public_key"] for row in keys.shown(app_id)["public_keys"]]
    call = _Call(message_id, moment, _tokens(tokens))
    alive = [one for one in secrets if one.lives]
    known = _delivery_of(actor, app_id, message_id)
    for text in _as_pasted(body):
        by = call.verified_by(text, alive, public)
        if by:
            when: Outcome = "too_old" if age > TOLERANCE else "too_new" if age < -TOLERANCE else "verified"
            return Verdict(when, by, age, delivery_id=known)
    ended = [one for one in secrets if not one.lives]
    for text in _as_pasted(body):
        by = call.verified_by(text, ended, [])
        if by:
            return Verdict("ended_secret", by, age, delivery_id=known)
    by = call.verified_by(_compact(body), alive, public)
    if by:
        return Verdict("rewritten", by, age, delivery_id=known)
    by = call.verified_by(_sent(actor, known), alive, public)
    return Verdict("body_changed" if by else "wrong_secret", by, age, delivery_id=known)


@dataclass(frozen=True, slots=True)
class _Call:
    message_id: str
    moment: str
    tokens: list[tuple[str, bytes]]

    def verified_by(
        self, body: bytes | None, secrets: list[apps.SigningSecret], public_keys: list[str]
    ) -> tuple[str, ...]:
        """What verifies it over this body, by the names that the console has for them."""
        if body is None:
            return ()
        signed = f"{self.message_id}.{self.moment}.".encode() + body
        macs = [given for version, given in self.tokens if version == "v1"]
        by = [
            f"whsec_…{one.hint}"
            for one in secrets
            if any(hmac.compare_digest(hmac.digest(signing.parse(one.secret), signed, "sha256"), mac) for mac in macs)
        ]
        asymmetric = [given for version, given in self.tokens if version == "v1a"]
        return (*by, *(one for one in public_keys if any(_is_signed(one, given, signed) for given in asymmetric)))


def _is_signed(public_key: str, given: bytes, signed: bytes) -> bool:
    raw = base64.b64decode(public_key.removeprefix(signing.PUBLIC_PREFIX))
    try:
        Ed25519PublicKey.from_public_bytes(raw).verify(given, signed)
    except InvalidSignature:
        return False
    return True


def _tokens(text: str) -> list[tuple[str, bytes]]:
    """The signatures of a header that can be read: `(version, bytes)`."""
    found = []
    for token in text.split():
        version, _, encoded = token.partition(",")
        try:
            found.append((version, base64.b64decode(encoded, validate=True)))
        except (binascii.Error, ValueError):
            continue
    return [one for one in found if one[0] in (keys.V1, keys.V1A)]


def _as_pasted(body: str) -> list[bytes]:
    """Text boxes end lines their own way, and a copy often brings blanks along."""
    lines = body.replace("\r\n", "\n")
    return list(dict.fromkeys([lines.encode(), lines.strip().encode()]))


def _compact(body: str) -> bytes | None:
    """The body as it was before somebody parsed it and wrote it down anew."""
    try:
        return orjson.dumps(json.loads(body))
    except (ValueError, RecursionError, orjson.JSONEncodeError):
        return None


def _delivery_of(actor: Actor, app_id: str, message_id: str) -> str | None:
    """The newest delivery of this event to the app; batches and other calls have none."""
    mine = queries.own_installations(actor, app_id)
    if not mine or not is_id(message_id, "evt"):
        return None
    conditions = (Condition("installation_id", "in", mine), Condition("event_id", "eq", message_id))
    rows = queries.page_of_deliveries(actor, ListQuery(limit=1, conditions=conditions)).rows
    return rows[0]["id"] if rows else None


def _sent(actor: Actor, delivery_id: str | None) -> bytes | None:
    """The body as it goes out now."""
    if delivery_id is None:
        return None
    try:
        event: Any = queries.delivery_with_event(actor, delivery_id)["event"]
    except NotFound:
        return None
    return orjson.dumps(event) if event is not None else None
