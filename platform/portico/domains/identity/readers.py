"""How a session cookie and a personal token become an actor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update

from portico.domains.identity import queries
from portico.domains.identity.models import PersonalToken, Session
from portico.kernel import authn, clock, last_use, secrets
from portico.kernel.actor import Actor
from portico.kernel.authn import (
    Credential,
    Login,
    Membership,
    Place,
    TokenExpired,
    TokenInvalid,
    TokenRevoked,
    TwoFactorRequired,
)
from portico.kernel.errors import Refusal
from portico.kernel.exporting import Rows, of_a_person
from portico.kernel.scopes import scopes_of_role
from portico.kernel.unit_of_work import light_system_unit, session, system_unit


@authn.reads_tokens("ptp_")
def read_personal_token(digest: str) -> Actor:
    """The person behind a personal token, with the scopes of the token that the role still includes."""
    with light_system_unit("authentication: a personal token by its digest"):
        row = queries.token_with_member(digest)
    if row is None:
        raise TokenInvalid()
    return _of_personal_token(row)


@authn.reads_credentials("ptp_")
def look_at_personal_tokens(credentials: Sequence[Credential]) -> dict[Credential, Actor | Refusal]:
    with system_unit("authentication: personal tokens of open streams by their digests"):
        rows = queries.tokens_with_members([one.digest for one in credentials])
    return {Credential("ptp_", row.digest): worth(_of_personal_token, row) for row in rows}


def worth(read: Callable[[Any], Actor], row: Any) -> Actor | Refusal:
    """The actor of a row, or why it has none."""
    try:
        return read(row)
    except Refusal as refusal:
        return refusal


def _of_personal_token(row: Any) -> Actor:
    if row.revoked_at is not None or row.ended_at is not None:
        raise TokenRevoked()
    if row.expires_at <= clock.now():
        raise TokenExpired()
    require_factor(row.two_factor, row.role, row.two_factor_at is not None)
    last_use.note("personal_token", row.id)
    return _person(row, row.membership_id, scopes_of_role(row.role).intersection(row.scopes))


def require_factor(policy: str, role: str, has_one: bool, slug: str | None = None) -> None:
    """Raises TwoFactorRequired where the workspace asks for what the person lacks."""
    if not has_one and queries.is_asked_of(policy, role):
        raise TwoFactorRequired(extra={"workspace": slug} if slug else None)


def _person(row: Any, membership_id: str, scopes: frozenset[str]) -> Actor:
    return Actor(
        kind="employee",
        workspace_id=row.workspace_id,
        id=row.employee_id,
        employee_id=row.employee_id,
        membership_id=membership_id,
        user_id=getattr(row, "user_id", None),
        role=row.role,
        scopes=scopes,
        caller_key=membership_id,
    )


def _place(row: Any) -> Place:
    return Place(row.workspace_id, row.name, row.slug, row.role, row.logo_id, row.locale, row.timezone)


class Door:
    """Sessions for the pages."""

    def login(self, token: str) -> Login | None:
        if not token.startswith("pts_") or not secrets.well_formed(token):
            return None
        with system_unit("authentication: a session by its digest"):
            row = queries.session_with_user(secrets.digest(token))
        if row is None:
            return None
        last_use.note("session", row.session_id)
        return Login(**row._mapping)

    def places(self, login: Login) -> tuple[Place, ...]:
        with system_unit("authentication: the workspaces of a user"):
            rows = queries.memberships_of_user(login.user_id)
        return tuple(_place(row) for row in rows)

    def membership(self, login: Login, slug: str, *, unproven: bool = False) -> Membership | None:
        with system_unit("authentication: a user's membership"):
            rows = queries.memberships_of_user(login.user_id)
        places = tuple(_place(row) for row in rows)
        for row, place in zip(rows, places, strict=True):
            if row.slug == slug:
                if not unproven:
                    require_factor(row.two_factor, row.role, login.two_factor, slug)
                actor = _person(row, row.id, scopes_of_role(row.role))
                return Membership(_with_user(actor, login), place, places)
        return None


def _with_user(actor: Actor, login: Login) -> Actor:
    values = {name: getattr(actor, name) for name in Actor.__slots__}
    return Actor(**{**values, "user_id": login.user_id, "locale": login.locale, "timezone": login.timezone})


authn.register_door(Door())


@authn.reads_credentials("pts_")
def look_at_sessions(credentials: Sequence[Credential]) -> dict[Credential, Actor | Refusal]:
    """Pages that stay open look at their session without using it: that is for what the person does."""
    with system_unit("authentication: sessions of open pages by their digests"):
        rows = queries.sessions_with_members(
            [one.digest for one in credentials], sorted({one.slug for one in credentials})
        )
    return {Credential("pts_", row.digest, row.slug): worth(_of_session, row) for row in rows}


def _of_session(row: Any) -> Actor:
    require_factor(row.policy, row.role, row.two_factor, row.slug)
    return _person(row, row.membership_id, scopes_of_role(row.role))


@last_use.writes("personal_token")
def write_token_use(seen: dict[str, datetime]) -> None:
    for token_id, at in seen.items():
        session().execute(update(PersonalToken).where(PersonalToken.id == token_id).values(last_used_at=at))


@last_use.writes("session")
def write_session_use(seen: dict[str, datetime]) -> None:
    for session_id, at in seen.items():
        session().execute(update(Session).where(Session.id == session_id).values(last_seen_at=at))


@authn.contributes_to_me
def about_person(actor: Actor) -> dict[str, Any]:
    workspace = queries.workspace(actor.workspace_id)
    answer: dict[str, Any] = {"workspace": {"id": workspace.id, "name": workspace.name}}
    if actor.user_id is not None:
        user = queries.user(actor.user_id)
        answer["user"] = {"id": user.id, "email": user.email, "display_name": user.display_name}
    return answer


@of_a_person("account")
def account(actor: Actor) -> Rows:
    """The account that the person signs in with, and their role here."""
    user = queries.user(actor.user_id or "")
    names = ("id", "email", "display_name", "locale", "timezone")
    return [{**{name: getattr(user, name) for name in names}, "role": actor.role}]


@of_a_person("sessions")
def sessions(actor: Actor) -> Rows:
    names = ("id", "user_agent", "created_at", "last_seen_at", "expires_at")
    return [{name: getattr(row, name) for name in names} for row in queries.sessions_of(actor.user_id or "")]


@of_a_person("personal_tokens")
def personal_tokens(actor: Actor) -> Rows:
    """The person's tokens, without what they are made of."""
    names = ("id", "name", "scopes", "created_at", "expires_at", "last_used_at")
    return [{name: getattr(row, name) for name in names} for row in queries.tokens_of(actor)]
