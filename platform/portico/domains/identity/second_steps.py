"""The second step of a sign-in, proving once more who one is, and turning second factors on and off.

As `doors`, it opens its units itself. What was tried and failed is counted in the unit that refuses it, so the
refusal is raised outside: a rollback would forget it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from portico.domains.identity import passwords, queries, service
from portico.domains.identity.doors import Origin
from portico.domains.identity.errors import PasskeyRefused, SecondStepOver
from portico.domains.identity.events import TWO_FACTOR_CHANGED, TWO_FACTOR_DISABLED, TWO_FACTOR_ENABLED
from portico.domains.identity.queries import Factors
from portico.domains.identity.service import factors, passkeys, sessions
from portico.domains.identity.service.recording import record
from portico.kernel import clock, secrets
from portico.kernel.authn import Login
from portico.kernel.errors import Forbidden, invalid
from portico.kernel.events import EventType
from portico.kernel.secrets import SealBroken, keyring
from portico.kernel.text import N_
from portico.kernel.unit_of_work import system_unit

FRESH = timedelta(minutes=10)
"""For so long nobody is asked again who they are."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A sign-in between password and second step."""

    id: str
    user_id: str
    email: str
    factors: Factors


def waiting(token: str | None) -> Waiting:
    """The sign-in behind a token. Raises SecondStepOver."""
    with system_unit("second step: whose it is"):
        row = queries.second_step(secrets.digest(token)) if token else None
        if row is None:
            raise SecondStepOver()
        return Waiting(row.id, row.user_id, row.email, queries.factors(row.user_id))


def finish_with_code(token: str, code: str, origin: Origin) -> str:
    """With a code of the authenticator app or a recovery code; answers a session token. Raises SecondStepOver,
    SignInThrottled and Invalid at `/code`."""
    step = waiting(token)
    with system_unit("second step: a code", write=True):
        factors.check_throttle(step.user_id)
        method = factors.prove(step.user_id, code)
        if method is not None:
            return _finish(token, ["pwd", method], origin)
        _failed(step.user_id, step.email, origin)
    raise invalid("/code", "code", N_("This code is not right, or was used already. Wait for the next one."))


def _failed(user_id: str, email: str, origin: Origin) -> None:
    factors.note_failure(user_id)
    service.note_failure(email, origin.address)


def _finish(token: str, methods: list[str], origin: Origin) -> str:
    user_id = sessions.spend_second_step(secrets.digest(token))
    factors.forget_failures(user_id)
    return service.begin_session(user_id, origin.address, origin.user_agent, methods)


def passkey_options(token: str) -> str:
    """Raises SecondStepOver and PasskeysImpossible."""
    step = waiting(token)
    with system_unit("second step: a challenge", write=True):
        return passkeys.authentication_options(step.user_id, step.id)


def finish_with_passkey(token: str, answer: str, origin: Origin) -> str:
    """Answers a session token. Raises SecondStepOver, SignInThrottled and PasskeyRefused."""
    step = waiting(token)
    with system_unit("second step: a passkey", write=True):
        factors.check_throttle(step.user_id)
        method = _passkey(step.user_id, answer, step.id)
        if method is not None:
            return _finish(token, ["pwd", method], origin)
        _failed(step.user_id, step.email, origin)
    raise PasskeyRefused()


def _passkey(user_id: str, answer: str, holder: str) -> str | None:
    try:
        return passkeys.check_passkey(user_id, answer, holder)[1]
    except PasskeyRefused:
        return None


# --- a passkey instead of a password ----------------------------------------------------------------------------------


def anybody_options() -> str:
    """A challenge for whoever has a passkey here. Raises PasskeysImpossible."""
    with system_unit("sign-in: a challenge", write=True):
        return passkeys.authentication_options(None, passkeys.ANYBODY)


def sign_in_with_passkey(answer: str, origin: Origin) -> str:
    """Possession, and a PIN or finger that the authenticator checked: two factors at once. Answers a session token.
    Raises PasskeyRefused and SignInThrottled."""
    with system_unit("sign-in: a passkey", write=True):
        sessions.check_throttle("", origin.address)
        try:
            user_id, method = passkeys.check_passkey(None, answer, passkeys.ANYBODY)
        except PasskeyRefused:
            service.note_failure("", origin.address)
        else:
            sessions.factor_is_on(user_id)
            return service.begin_session(user_id, origin.address, origin.user_agent, [method, "mfa"])
    raise PasskeyRefused()


# --- once more --------------------------------------------------------------------------------------------------------


def is_fresh(login: Login) -> bool:
    """Whether the person proved who they are within the last ten minutes."""
    return login.authenticated_at > clock.now() - FRESH


def reauthenticate(login: Login, given: str, origin: Origin) -> str | None:
    """The signed-in person proves once more who they are, by password or a code; answers a new token for this session,
    or None where the last proof is fresh. Raises Invalid at `/password`, and SignInThrottled."""
    if is_fresh(login):
        return None
    with system_unit("once more: who it is"):
        sessions.check_throttle(login.email, origin.address)
        user = queries.user(login.user_id)
    known = passwords.verified(given, user.password_hash)
    with system_unit("once more: note it", write=True):
        factors.check_throttle(login.user_id)
        method = "pwd" if known else factors.prove(login.user_id, given)
        if method is not None:
            return service.prove_again(login.session_id, [method])
        _failed(login.user_id, login.email, origin)
    raise invalid("/password", "password", N_("This is neither your password nor a code of yours."))


def again_options(login: Login) -> str:
    with system_unit("once more: a challenge", write=True):
        return passkeys.authentication_options(login.user_id, login.session_id)


def reauthenticate_with_passkey(login: Login, answer: str, origin: Origin) -> str:
    """Answers a new token for this session. Raises PasskeyRefused and SignInThrottled."""
    with system_unit("once more: a passkey", write=True):
        factors.check_throttle(login.user_id)
        method = _passkey(login.user_id, answer, login.session_id)
        if method is not None:
            return service.prove_again(login.session_id, [method])
        _failed(login.user_id, login.email, origin)
    raise PasskeyRefused()


# --- turning on and off -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Changed:
    """After a change: another token for this session, and the recovery codes if they are new."""

    session_token: str
    recovery_codes: list[str]


def _require_fresh(login: Login) -> None:
    """The pages ask before they come here; this holds it."""
    if not is_fresh(login):
        raise Forbidden(N_("Prove once more who you are, then try again."))


def of(login: Login) -> Factors:
    with system_unit("second factors: of a person"):
        return queries.factors(login.user_id)


def offered_secret(login: Login) -> tuple[str, str]:
    """A new secret, and it sealed for the form to carry: it is stored only once a code of it was typed."""
    secret = factors.new_secret()
    return secret, keyring().seal(secret.encode(), _offered_to(login))


def opened_secret(login: Login, sealed: str) -> str | None:
    """The secret that was offered to this person in this session; None when it was not."""
    try:
        return keyring().unseal(sealed, _offered_to(login)).decode()
    except SealBroken:
        return None


def _offered_to(login: Login) -> str:
    return f"totp offered|{login.user_id}|{login.session_id}"


def enrolment_uri(login: Login, secret: str) -> str:
    return factors.enrolment_uri(secret, login.email)


def turn_on_totp(login: Login, secret: str, code: str) -> Changed:
    """Keep an authenticator app, once it has shown a code. Raises Invalid at `/code`, and Conflict."""
    _require_fresh(login)
    step = factors.step_of(secret, code)
    if step is None:
        raise invalid(
            "/code", "code", N_("This is not the code that the app shows now. Check the clock of your phone.")
        )
    with system_unit("second factors: an authenticator app", write=True):
        was_on = sessions.factor_is_on(login.user_id)
        factors.add_totp(login.user_id, secret, step)
        return _changed(login, was_on, ["otp"])


def turn_off_totp(login: Login) -> Changed:
    _require_fresh(login)
    with system_unit("second factors: no authenticator app", write=True):
        was_on = sessions.factor_is_on(login.user_id)
        factors.remove_totp(login.user_id)
        return _changed(login, was_on, [])


def registration_options(login: Login) -> str:
    """Raises PasskeysImpossible."""
    _require_fresh(login)
    with system_unit("second factors: a challenge", write=True):
        return passkeys.registration_options(login.user_id, login.email, login.display_name, login.session_id)


def add_passkey(login: Login, name: str, answer: str) -> Changed:
    """Raises PasskeyRefused."""
    _require_fresh(login)
    with system_unit("second factors: a passkey", write=True):
        was_on = sessions.factor_is_on(login.user_id)
        method = passkeys.add_passkey(login.user_id, name, answer, login.session_id)
        return _changed(login, was_on, [method])


def rename_passkey(login: Login, passkey_id: str, name: str) -> None:
    with system_unit("second factors: the name of a passkey", write=True):
        passkeys.rename_passkey(login.user_id, passkey_id, name)


def remove_passkey(login: Login, passkey_id: str) -> Changed:
    _require_fresh(login)
    with system_unit("second factors: one passkey less", write=True):
        was_on = sessions.factor_is_on(login.user_id)
        passkeys.remove_passkey(login.user_id, passkey_id)
        return _changed(login, was_on, [])


def renew_recovery_codes(login: Login) -> Changed:
    _require_fresh(login)
    with system_unit("second factors: new recovery codes", write=True):
        was_on = sessions.factor_is_on(login.user_id)
        return _changed(login, was_on, [], renewed=was_on)


def turn_off(login: Login) -> Changed:
    """Every factor at once."""
    _require_fresh(login)
    with system_unit("second factors: off", write=True):
        was_on = factors.remove_all(login.user_id)
        return _changed(login, was_on, [])


def _changed(login: Login, was_on: bool, methods: list[str], *, renewed: bool = False) -> Changed:
    """What follows each change, in its transaction: everything else that the old credentials opened ends."""
    on = factors.settle(login.user_id)
    first = on and not was_on
    if not on and not was_on:
        return Changed(service.prove_again(login.session_id, []), [])
    codes = factors.renew_recovery_codes(login.user_id) if first or renewed else []
    factors.credentials_changed(login.user_id, login.session_id)
    kind, what = _named(on, first)
    record(login.user_id, kind, methods=methods)
    service.leave_errand("tell", user_id=login.user_id, what=what)
    return Changed(service.prove_again(login.session_id, methods), codes)


def _named(on: bool, first: bool) -> tuple[EventType, str]:
    if not on:
        return TWO_FACTOR_DISABLED, "two_factor_disabled"
    return (TWO_FACTOR_ENABLED, "two_factor_enabled") if first else (TWO_FACTOR_CHANGED, "two_factor_changed")
