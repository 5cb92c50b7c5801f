"""Logins: making them, their passwords and preferences."""

from __future__ import annotations

from datetime import timedelta

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError

from portico.domains.identity import queries
from portico.domains.identity.errors import LinkDead
from portico.domains.identity.events import PASSWORD_CHANGED
from portico.domains.identity.models import PasswordReset, User
from portico.domains.identity.service import factors
from portico.domains.identity.service.recording import record
from portico.kernel import clock, secrets, text
from portico.kernel.errors import Conflict, invalid
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

RESET_LIFE = timedelta(minutes=30)


def checked_email(email: str, pointer: str = "/email") -> str:
    """The address in its normal form. Raises Invalid; asks no name server."""
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError as error:
        raise invalid(pointer, "email", str(error)) from None


def create_user(email: str, display_name: str, password_hash: str, *, verified: bool = False) -> str:
    """A new login; answers its id. `verified`: the address is known to be theirs. Raises Conflict when it has a login
    already."""
    work = session()
    user_id = new_id("usr")
    try:
        with work.begin_nested():
            work.add(
                User(
                    id=user_id,
                    email=checked_email(email),
                    email_key=queries.email_key(checked_email(email)),
                    display_name=text.clean_name(display_name),
                    password_hash=password_hash,
                    email_verified_at=clock.now() if verified else None,
                )
            )
    except IntegrityError as error:
        raise Conflict("This address has a login already; sign in with it first.") from error
    return user_id


def delete_user(user_id: str) -> None:
    """A login that belongs to no workspace any more, with its sessions and factors. Runs in a system unit."""
    session().execute(delete(User).where(User.id == user_id))


def change_password(user_id: str, password_hash: str, *, keep_session: str | None = None) -> None:
    """Set a password; every other session of the user ends, every open link to another password, their personal
    tokens, and whatever apps were allowed in their name."""
    work = session()
    work.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))
    work.execute(
        update(PasswordReset)
        .where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
        .values(used_at=clock.now())
    )
    factors.credentials_changed(user_id, keep_session)
    record(user_id, PASSWORD_CHANGED)


def renew_hash(user_id: str, password_hash: str) -> None:
    """The same password under today's parameters; nothing else changes."""
    session().execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


def open_reset(user_id: str, reset_id: str | None = None) -> str:
    """A one-time link for a new password; answers the token, which is stored as a digest only. Asked again with the
    same id it answers the same."""
    reset_id = reset_id or new_id("rst")
    token = secrets.keyring().derive_token("ptl_", f"reset|{reset_id}")
    if session().get(PasswordReset, reset_id) is not None:
        return token
    session().add(
        PasswordReset(id=reset_id, user_id=user_id, digest=secrets.digest(token), expires_at=clock.now() + RESET_LIFE)
    )
    return token


def use_reset(digest: str, password_hash: str) -> str:
    """Spend the link and set the password; answers whose. Raises LinkDead."""
    now = clock.now()
    user_id: str | None = session().scalar(
        update(PasswordReset)
        .where(PasswordReset.digest == digest, PasswordReset.used_at.is_(None), PasswordReset.expires_at > now)
        .values(used_at=now)
        .returning(PasswordReset.user_id)
    )
    if user_id is None:
        raise LinkDead()
    change_password(user_id, password_hash)
    verify_email(user_id)
    return user_id


def verify_email(user_id: str) -> None:
    """A link that was mailed to the address came back, or an operator vouches for it."""
    session().execute(
        update(User).where(User.id == user_id, User.email_verified_at.is_(None)).values(email_verified_at=clock.now())
    )


def set_preferences(user_id: str, *, locale: str | None, timezone: str | None) -> None:
    session().execute(update(User).where(User.id == user_id).values(locale=locale, timezone=timezone))


def mark_operator(user_id: str, operator: bool) -> None:
    """Say whether a user operates the instance."""
    session().execute(update(User).where(User.id == user_id).values(operator=operator))
