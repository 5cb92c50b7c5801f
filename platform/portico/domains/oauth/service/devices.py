"""The device grant (RFC 8628): a device without a browser shows a code, and the person types it in where they are
signed in. As in `redeeming`, refusals of a poll are answered, not raised, because they change the state.
"""

from __future__ import annotations

import hmac
import secrets as random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from portico.domains.oauth import queries
from portico.domains.oauth.models import DeviceCode, DeviceTry
from portico.domains.oauth.service.issuing import IssuedTokens, issue_user_tokens
from portico.domains.oauth.service.minting import GrantRefused
from portico.domains.oauth.service.redeeming import grant_lives
from portico.kernel import clock, db, secrets
from portico.kernel.errors import Conflict, RateLimited
from portico.kernel.ids import new_id
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session

LIFE = timedelta(minutes=10)
INTERVAL_SECONDS = 5
ALPHABET = "BCDFGHJKLMNPQRSTVWXZ"
"""RFC 8628 section 6.1: consonants, so that no word comes out; 20 to the power of 8 codes."""
LENGTH = 8
TRIES = 5
REFUSED = GrantRefused("invalid_grant", "The device code is not valid here and now.")
_KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DeviceCodes:
    """What the device is answered, at the only moment at which it can be seen."""

    device_code: str = field(repr=False)
    user_code: str = field(repr=False)


def begin_device(client_id: str, scopes: Sequence[str], resource: str | None) -> DeviceCodes:
    """A pair of codes. Should two user codes be equal, which is one chance in millions, another one is drawn."""
    device_code = secrets.new_token("ptd_")
    for _ in range(5):
        user_code = "".join(random.choice(ALPHABET) for _ in range(LENGTH))
        row = {
            "id": new_id("dev"),
            "device_digest": secrets.digest(device_code),
            "user_digest": user_digest(user_code),
            "client_id": client_id,
            "scopes": list(scopes),
            "resource": resource,
            "state": "pending",
            "interval": INTERVAL_SECONDS,
            "created_at": clock.now(),
            "expires_at": clock.now() + LIFE,
        }
        try:
            with session().begin_nested():
                session().execute(insert(DeviceCode).values(**row))
        except IntegrityError:
            continue
        return DeviceCodes(device_code, f"{user_code[:4]}-{user_code[4:]}")
    raise RuntimeError("No user code is free.")


def user_digest(user_code: str) -> str:
    """Keyed, because so short a code could be found by trying all."""
    return hmac.digest(keyring().derive("device user code"), user_code.encode(), "sha256").hex()


def normalised(typed: str) -> str | None:
    """A user code as people type it: in small letters, with or without the hyphen. None for what is none."""
    code = "".join(letter for letter in typed.upper() if letter not in " -\u2010\u2013")
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def poll_device(client_id: str, device_code: str) -> IssuedTokens | GrantRefused:
    """The tokens, once the person has said yes (RFC 8628 section 3.5). Of polls that come at once, one gets them."""
    row = queries.device_by_code(secrets.digest(device_code))
    if row is None or row.client_id != client_id or row.state == "spent":
        return REFUSED
    if row.expires_at <= clock.now():
        return GrantRefused("expired_token", "The code has expired; begin again.")
    if row.state == "denied":
        return GrantRefused("access_denied", "The person said no.")
    if row.state == "pending":
        return _wait(row)
    return _spend(row)


def _wait(row: Any) -> GrantRefused:
    """Too fast costs five seconds more, each time."""
    now = clock.now()
    if row.polled_at is not None and now < row.polled_at + timedelta(seconds=row.interval):
        session().execute(
            update(DeviceCode).where(DeviceCode.id == row.id).values(polled_at=now, interval=DeviceCode.interval + 5)
        )
        return GrantRefused("slow_down", "Wait five seconds more between polls from now on.")
    session().execute(update(DeviceCode).where(DeviceCode.id == row.id).values(polled_at=now))
    return GrantRefused("authorization_pending", "The person has not decided yet.")


def _spend(row: Any) -> IssuedTokens | GrantRefused:
    spent = session().scalar(
        update(DeviceCode)
        .where(DeviceCode.id == row.id, DeviceCode.state == "approved")
        .values(state="spent")
        .returning(DeviceCode.grant_id)
    )
    grant = queries.grant(spent) if spent is not None else None
    if grant is None or not grant_lives(grant):
        return REFUSED
    return issue_user_tokens(grant, grant.scopes, row.resource)


def take_try(session_id: str) -> None:
    """One of the five tries that a sign-in has in ten minutes, taken before the code is looked at, so that tries that
    come at once cannot share one. Raises RateLimited."""
    make = sqlite.insert if db.database().sqlite else postgresql.insert
    now = clock.now()
    session().execute(delete(DeviceTry).where(DeviceTry.session_id == session_id, DeviceTry.expires_at <= now))
    for slot in range(TRIES):
        row = {"session_id": session_id, "slot": slot, "expires_at": now + LIFE}
        taken = make(DeviceTry).values(row).on_conflict_do_nothing().returning(DeviceTry.slot)
        if session().scalar(taken) is not None:
            return
    raise RateLimited(headers={"Retry-After": str(int(LIFE.total_seconds()))})


def forget_tries(session_id: str) -> None:
    """The right code clears what was held against the sign-in."""
    session().execute(delete(DeviceTry).where(DeviceTry.session_id == session_id))


def decide_device(device_id: str, grant_id: str | None) -> None:
    """The person's answer: a grant, or no. Raises Conflict when the code was decided or has expired meanwhile."""
    decided = session().scalar(
        update(DeviceCode)
        .where(DeviceCode.id == device_id, DeviceCode.state == "pending", DeviceCode.expires_at > clock.now())
        .values(state="approved" if grant_id else "denied", grant_id=grant_id)
        .returning(DeviceCode.id)
    )
    if decided is None:
        raise Conflict()


def sweep_devices() -> None:
    """Forget codes a day after their end, in the open system unit; until then a used one is known for what it is."""
    now = clock.now()
    session().execute(delete(DeviceCode).where(DeviceCode.expires_at < now - _KEPT))
    session().execute(delete(DeviceTry).where(DeviceTry.expires_at < now))


def find_pending(user_code: str) -> Any:
    """What waits for a decision behind a user code, or None."""
    return queries.pending_device(user_digest(user_code))
