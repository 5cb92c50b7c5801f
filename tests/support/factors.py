"""Second factors as people hold them: the phone with the secret, and an authenticator with keys."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import cbor2
import pyotp
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import update
from webauthn.helpers import bytes_to_base64url

from portico import settings as instance
from portico.domains.identity import doors, second_steps
from portico.domains.identity.doors import Origin
from portico.domains.identity.models import Session
from portico.kernel import authn, clock
from portico.kernel.authn import Login
from portico.kernel.unit_of_work import system_unit
from tests.support.cast import PASSWORD, Cast

HERE = Origin("192.0.2.1", "tests")
ORIGIN, RP_ID = "http://localhost:8000", "localhost"


def login_of(token: str) -> Login:
    found = authn.door().login(token)
    assert found is not None
    return found


def signed_in(cast: Cast, name: str) -> Login:
    return login_of(doors.sign_in(cast.email(name), PASSWORD, HERE))


@dataclass
class Phone:
    """An authenticator app that was set up, what it left, and the session that did it."""

    secret: str
    session_token: str
    recovery_codes: list[str]

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(clock.now() + timedelta(seconds=30 * steps))


def with_phone(cast: Cast, name: str) -> Phone:
    """Turn two-factor sign-in on for somebody."""
    login = signed_in(cast, name)
    secret, _ = second_steps.offered_secret(login)
    changed = second_steps.turn_on_totp(login, secret, pyotp.TOTP(secret).at(clock.now()))
    return Phone(secret, changed.session_token, changed.recovery_codes)


def second_step(cast: Cast, name: str) -> str:
    """The token between password and second step."""
    try:
        doors.sign_in(cast.email(name), PASSWORD, HERE)
    except doors.SecondStepNeeded as step:
        return step.token
    raise AssertionError(f"{name} came in by the password alone")


def age_sessions(minutes: int = 11) -> None:
    """As if everybody had proved who they are so long ago."""
    with system_unit("tests: time goes by", write=True) as work:
        work.execute(update(Session).values(authenticated_at=clock.now() - timedelta(minutes=minutes)))


@contextmanager
def under_a_name() -> Iterator[None]:
    """The server has a host name, which passkeys need."""
    before = instance.current()
    instance.configure(replace(before, public_url=ORIGIN))
    try:
        yield
    finally:
        instance.configure(before)


@dataclass
class Authenticator:
    """A security key in software (Web Authentication Level 3, section 6): attestation `none`, ES256, one key."""

    origin: str = ORIGIN
    count: int = 0
    credential_id: bytes = field(default_factory=lambda: os.urandom(16))
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        self.count += 1
        return hashlib.sha256(RP_ID.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big") + more

    def _client_data(self, kind: str, options: str) -> bytes:
        about = {"type": kind, "challenge": json.loads(options)["challenge"], "origin": self.origin}
        return json.dumps(about).encode()

    def _answer(self, **response: bytes) -> str:
        name = bytes_to_base64url(self.credential_id)
        encoded: dict[str, Any] = {key: bytes_to_base64url(value) for key, value in response.items()}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": encoded})

    def register(self, options: str) -> str:
        point = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")})
        attested = bytes(16) + len(self.credential_id).to_bytes(2, "big") + self.credential_id + cose
        made = {"fmt": "none", "attStmt": {}, "authData": self._data(0x45, attested)}
        client_data = self._client_data("webauthn.create", options)
        return self._answer(clientDataJSON=client_data, attestationObject=cbor2.dumps(made))

    def sign(self, options: str, *, verified: bool = True) -> str:
        client_data = self._client_data("webauthn.get", options)
        data = self._data(0x05 if verified else 0x01)
        signature = self.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(clientDataJSON=client_data, authenticatorData=data, signature=signature)
