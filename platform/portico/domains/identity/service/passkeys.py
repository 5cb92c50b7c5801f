"""Passkeys (Web Authentication Level 3): registration, and proof of possession as a second step or instead of a
password.

A challenge is a row, spent by DELETE before anything is verified: it works once, for whom it was made, for five
minutes. The relying party's id and origin are those of the public URL.
"""

from __future__ import annotations

import hashlib
import ipaddress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portico import settings
from portico.domains.identity.errors import PasskeyRefused, PasskeysImpossible
from portico.domains.identity.models import Passkey, PasskeyChallenge
from portico.kernel import clock, text
from portico.kernel.db import AnyRow
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

CHALLENGE_LIFE = timedelta(minutes=5)
MOST = 20
ANYBODY = "anybody"
"""The holder of a challenge for who has not said yet who they are."""
_BROKEN = (WebAuthnException, ValueError, KeyError, TypeError)
"""What the library raises for an answer that is no sound answer."""


def possible() -> bool:
    """Browsers take a domain over https, or localhost, as a relying party; an address of numbers never."""
    parts = urlsplit(settings.current().public_url)
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return parts.scheme == "https" or host == "localhost" or host.endswith(".localhost")
    return False


def _relying_party() -> tuple[str, str]:
    """Id and origin. Raises PasskeysImpossible."""
    if not possible():
        raise PasskeysImpossible()
    parts = urlsplit(settings.current().public_url)
    return parts.hostname or "", f"{parts.scheme}://{parts.netloc}"


def _new_challenge(challenge: bytes, holder: str) -> None:
    session().execute(
        insert(PasskeyChallenge).values(
            digest=hashlib.sha256(challenge).hexdigest(), holder=holder, expires_at=clock.now() + CHALLENGE_LIFE
        )
    )


def spend_challenge(client_data: bytes, holder: str) -> bytes:
    """The challenge that an answer signs, if it was made for this holder and not used yet. Raises PasskeyRefused."""
    challenge = parse_client_data_json(client_data).challenge
    spent = session().scalar(
        delete(PasskeyChallenge)
        .where(PasskeyChallenge.digest == hashlib.sha256(challenge).hexdigest(), PasskeyChallenge.holder == holder)
        .where(PasskeyChallenge.expires_at > clock.now())
        .returning(PasskeyChallenge.digest)
    )
    if spent is None:
        raise PasskeyRefused()
    return challenge


def _known(user_id: str) -> list[PublicKeyCredentialDescriptor]:
    rows = session().scalars(select(Passkey.credential_id).where(Passkey.user_id == user_id))
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in rows]


def registration_options(user_id: str, email: str, display_name: str, holder: str) -> str:
    """What `navigator.credentials.create` is called with, as JSON. Raises PasskeysImpossible."""
    rp_id, _ = _relying_party()
    options = webauthn.generate_registration_options(
        rp_id=rp_id,
        rp_name="Portico",
        user_id=user_id.encode(),
        user_name=email,
        user_display_name=display_name,
        exclude_credentials=_known(user_id),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    _new_challenge(options.challenge, holder)
    return webauthn.options_to_json(options)


def add_passkey(user_id: str, name: str, answer: str, holder: str) -> str:
    """Keep the public key that an authenticator made; answers by which method it proves. Raises PasskeyRefused."""
    rp_id, origin = _relying_party()
    try:
        credential = parse_registration_credential_json(answer)
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=spend_challenge(credential.response.client_data_json, holder),
            expected_rp_id=rp_id,
            expected_origin=origin,
        )
    except _BROKEN as error:
        raise PasskeyRefused() from error
    synced = made.credential_device_type == CredentialDeviceType.MULTI_DEVICE
    row = {
        "id": new_id("pky"),
        "user_id": user_id,
        "credential_id": bytes_to_base64url(made.credential_id),
        "public_key": bytes_to_base64url(made.credential_public_key),
        "sign_count": made.sign_count,
        "synced": synced,
        "transports": [one.value for one in credential.response.transports or []],
        "name": text.clean_name(name)[:100] or "Passkey",
    }
    if len(_known(user_id)) >= MOST:
        raise PasskeyRefused(f"Nobody needs more than {MOST} passkeys; remove one first.")
    try:
        with session().begin_nested():
            session().execute(insert(Passkey).values(**row))
    except IntegrityError as error:
        raise PasskeyRefused("This passkey is known here already.") from error
    return _method(synced)


def _method(synced: bool) -> str:
    """RFC 8176: a key that can leave its hardware proves less than one that cannot."""
    return "swk" if synced else "hwk"


def authentication_options(user_id: str | None, holder: str) -> str:
    """What `navigator.credentials.get` is called with, as JSON. Without a user: whichever passkey the person picks,
    which then must make sure of them, by PIN or finger. Raises PasskeysImpossible."""
    rp_id, _ = _relying_party()
    wanted = UserVerificationRequirement.PREFERRED if user_id else UserVerificationRequirement.REQUIRED
    options = webauthn.generate_authentication_options(
        rp_id=rp_id, allow_credentials=_known(user_id) if user_id else None, user_verification=wanted
    )
    _new_challenge(options.challenge, holder)
    return webauthn.options_to_json(options)


def check_passkey(user_id: str | None, answer: str, holder: str) -> tuple[str, str]:
    """Whose passkey answered, and by which method it proves; with `user_id` it must be theirs. Raises PasskeyRefused.

    A counter that does not go up is a copied authenticator (section 6.1.1); those that count nothing stay at 0.
    """
    rp_id, origin = _relying_party()
    try:
        credential = parse_authentication_credential_json(answer)
        challenge = spend_challenge(credential.response.client_data_json, holder)
        row = _passkey(credential.id)
        if row is None or user_id not in (None, row.user_id):
            raise PasskeyRefused()
        proved = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=rp_id,
            expected_origin=origin,
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=user_id is None,
        )
    except _BROKEN as error:
        raise PasskeyRefused() from error
    _count_up(row.id, proved.new_sign_count)
    return row.user_id, _method(row.synced)


def _passkey(credential_id: str) -> AnyRow | None:
    return session().execute(select(Passkey.__table__).where(Passkey.credential_id == credential_id)).one_or_none()


def _count_up(passkey_id: str, count: int) -> None:
    """Two answers with the same count: the second one finds the row changed. Raises PasskeyRefused."""
    fits: Any = Passkey.sign_count == 0 if count == 0 else Passkey.sign_count < count
    moved = update(Passkey).where(Passkey.id == passkey_id, fits).values(sign_count=count, last_used_at=clock.now())
    if session().scalar(moved.returning(Passkey.id)) is None:
        raise PasskeyRefused()


def rename_passkey(user_id: str, passkey_id: str, name: str) -> None:
    mine = (Passkey.id == passkey_id, Passkey.user_id == user_id)
    session().execute(update(Passkey).where(*mine).values(name=text.clean_name(name)[:100] or "Passkey"))


def remove_passkey(user_id: str, passkey_id: str) -> bool:
    mine = (Passkey.id == passkey_id, Passkey.user_id == user_id)
    return session().scalar(delete(Passkey).where(*mine).returning(Passkey.id)) is not None
