"""Second factors: codes of an authenticator app (TOTP, RFC 6238) and recovery codes; what is on, and for how long.

A code is taken once: the time step of the last one is kept and only goes up, by a conditional UPDATE. One step of
30 seconds before and after the present one is allowed for clocks that differ (RFC 6238 section 5.2).
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Iterable

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import delete, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from portico.domains.identity import queries
from portico.domains.identity.errors import SignInThrottled
from portico.domains.identity.models import Passkey, RecoveryCode, SecondStep, SignInFailure, Totp, User
from portico.domains.identity.service import sessions, tokens
from portico.kernel import authn, clock, secrets
from portico.kernel.errors import Conflict
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

ISSUER = "Portico"
RECOVERY_CODES = 10
TRIES = 10
_DRIFT = 1
_random = random.SystemRandom()


def new_secret() -> str:
    """160 bits, as RFC 4226 section 4 recommends, in base32."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, email: str) -> str:
    """What the QR code says (the key URI format of authenticator apps)."""
    return pyotp.TOTP(secret, name=email, issuer=ISSUER).provisioning_uri()


def plain(code: str) -> str:
    """A code as it was made, however people type it: with blanks, hyphens, in lower case."""
    return "".join(part for part in code.upper() if part.isalnum())


def step_of(secret: str, code: str) -> int | None:
    """The time step that a code belongs to; None when it is none of now."""
    try:
        return int(pyotp.TOTP(secret).verify_and_get_timecode(plain(code), for_time=clock.now(), valid_window=_DRIFT))
    except OTPVerificationError:
        return None


def _sealed_as(user_id: str) -> str:
    return f"totp|secret|{user_id}"


def add_totp(user_id: str, secret: str, step: int) -> None:
    """Raises Conflict when there is one already."""
    sealed = secrets.keyring().seal(secret.encode(), _sealed_as(user_id))
    try:
        with session().begin_nested():
            session().execute(insert(Totp).values(user_id=user_id, sealed_secret=sealed, last_step=step))
    except IntegrityError as error:
        raise Conflict("An authenticator app is set up already; remove it first.") from error


def remove_totp(user_id: str) -> bool:
    return session().scalar(delete(Totp).where(Totp.user_id == user_id).returning(Totp.user_id)) is not None


def take_code(user_id: str, code: str) -> bool:
    """Accept a code of the authenticator app, once. Answers whether it was good."""
    work = session()
    sealed = work.scalar(select(Totp.sealed_secret).where(Totp.user_id == user_id))
    if sealed is None:
        return False
    step = step_of(secrets.keyring().unseal(sealed, _sealed_as(user_id)).decode(), code)
    if step is None:
        return False
    taken = update(Totp).where(Totp.user_id == user_id, Totp.last_step < step).values(last_step=step)
    return work.scalar(taken.returning(Totp.user_id)) is not None


def _code_digest(code: str) -> str:
    # 80 random bits, so a plain digest needs no salt and cannot be searched.
    return hashlib.sha256(f"recovery|{plain(code)}".encode()).hexdigest()


def renew_recovery_codes(user_id: str) -> list[str]:
    """Ten new codes, shown this once; the old ones are dead."""
    work = session()
    work.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    raw = [base64.b32encode(_random.randbytes(10)).decode() for _ in range(RECOVERY_CODES)]
    work.execute(insert(RecoveryCode), [{"user_id": user_id, "digest": _code_digest(code)} for code in raw])
    return ["-".join(code[place : place + 4] for place in range(0, 16, 4)).lower() for code in raw]


def spend_recovery_code(user_id: str, code: str) -> bool:
    spent = (
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.digest == _code_digest(code))
        .where(RecoveryCode.spent_at.is_(None))
        .values(spent_at=clock.now())
    )
    return session().scalar(spent.returning(RecoveryCode.user_id)) is not None


def prove(user_id: str, code: str) -> str | None:
    """By which method a typed code proves the person, taking or spending it; None: it does not."""
    if take_code(user_id, code):
        return "otp"
    return "recovery" if spend_recovery_code(user_id, code) else None


def settle(user_id: str) -> bool:
    """Write down whether any factor is left, under the lock of `factor_is_on`; recovery codes go with the last one."""
    work = session()
    some = exists().where(Totp.user_id == user_id) | exists().where(Passkey.user_id == user_id)
    on = bool(work.scalar(select(some)))
    first = User.two_factor_at.is_(None) if on else User.two_factor_at.is_not(None)
    work.execute(update(User).where(User.id == user_id, first).values(two_factor_at=clock.now() if on else None))
    if not on:
        work.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    return on


def remove_all(user_id: str) -> bool:
    """Take every factor away; answers whether there was one."""
    was_on = sessions.factor_is_on(user_id)
    for table in (Totp, Passkey, RecoveryCode):
        session().execute(delete(table).where(table.user_id == user_id))
    settle(user_id)
    return was_on


def credentials_changed(user_id: str, keep_session: str | None) -> None:
    """Every other session ends, every sign-in on its way, the personal tokens, and what apps were allowed."""
    session().execute(delete(SecondStep).where(SecondStep.user_id == user_id))
    sessions.end_other_sessions(user_id, keep_session or "")
    tokens.revoke_all_tokens(user_id)
    authn.credentials_changed(user_id)


# --- guessing ---------------------------------------------------------------------------------------------------------


def _subject(user_id: str) -> str:
    return hashlib.sha256(f"second|{user_id}".encode()).hexdigest()


def check_throttle(user_id: str) -> None:
    """Raises SignInThrottled after ten wrong codes in a quarter of an hour, from wherever: only who knows the
    password gets this far, so nobody else can shut the person out."""
    if queries.failures(_subject(user_id), sessions.WINDOW) >= TRIES:
        raise SignInThrottled(headers={"Retry-After": str(int(sessions.WINDOW.total_seconds()))})


def note_failure(user_id: str) -> None:
    session().add(SignInFailure(id=new_id("sif"), subject=_subject(user_id)))


def forget_failures(user_id: str) -> None:
    session().execute(delete(SignInFailure).where(SignInFailure.subject == _subject(user_id)))


def amr(methods: Iterable[str]) -> list[str]:
    """The methods as RFC 8176 names them: a recovery code is a one-time password, and two of them are several
    factors."""
    used = set(methods)
    return sorted({"otp" if one == "recovery" else one for one in used} | ({"mfa"} if len(used) > 1 else set()))
