"""Who authenticates a credential: small registries that domains fill at start, so that nothing imports upward."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from portico.kernel import origin, public, secrets
from portico.kernel.actor import Actor
from portico.kernel.errors import Refusal

MOST_AT_ONCE = 500
"""Credentials looked at in one statement."""


class TokenMissing(Refusal):
    code, status, title = "token_missing", 401, "Send a token: Authorization: Bearer …"


class TokenInvalid(Refusal):
    code, status, title = (
        "token_invalid",
        401,
        "This token is not known here; check that it was copied whole.",
    )


class TokenExpired(Refusal):
    code, status, title = "token_expired", 401, "This token has expired; get a new one."


class TokenRevoked(Refusal):
    code, status, title = "token_revoked", 401, "This token was revoked; get a new one."


class InstallationSuspended(Refusal):
    code, status, title = "installation_suspended", 401, "The app is suspended in this workspace."


class InsufficientScope(Refusal):
    code, status, title = "insufficient_scope", 403, "The token lacks a scope that this call needs."


class ScopePending(Refusal):
    code, status, title = (
        "scope_pending",
        403,
        "An admin of the workspace has not yet granted a scope that this needs.",
    )


class TwoFactorRequired(Refusal):
    code, status, title = (
        "two_factor_required",
        403,
        "This workspace asks everybody in your role for a second factor. Turn it on in your settings, under "
        "Two-factor sign-in, then try again.",
    )


def ask_url(actor: Actor, scopes: Iterable[str]) -> str:
    """Where people ask for what their app lacks; the app can show it, or open it by the bridge."""
    return public.url(f"/installations/{actor.installation_id}/scopes?ask={','.join(scopes)}")


@dataclass(frozen=True, slots=True)
class Login:
    """A signed-in person, in whatever workspace."""

    user_id: str
    session_id: str
    email: str
    display_name: str
    operator: bool
    locale: str | None
    timezone: str | None
    authenticated_at: datetime
    """When they last proved who they are, in this session."""
    two_factor: bool
    """Whether a second factor is on."""


@dataclass(frozen=True, slots=True)
class Place:
    """One of the workspaces a person belongs to."""

    workspace_id: str
    name: str
    slug: str
    role: str
    logo_id: str | None = None
    locale: str | None = None
    timezone: str | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in one workspace: the actor that pages act as, and where else they could be."""

    actor: Actor
    place: Place
    places: tuple[Place, ...]


class SessionDoor(Protocol):
    """What pages need of the sign-in; the identity domain provides it."""

    def login(self, token: str) -> Login | None: ...

    def membership(self, login: Login, slug: str, *, unproven: bool = False) -> Membership | None:
        """Raises TwoFactorRequired where the workspace asks for a second factor that the person lacks; with
        `unproven` not, which is for the pages on which they get one."""
        ...

    def places(self, login: Login) -> tuple[Place, ...]: ...


@dataclass(frozen=True, slots=True)
class Credential:
    """What a connection that stays open remembers of the token or session that opened it: never the token itself."""

    prefix: str
    digest: str
    slug: str = ""
    """In which workspace, for sessions: those do not say it."""


TokenReader = Callable[[str], Actor]
CredentialsReader = Callable[[Sequence[Credential]], Mapping[Credential, Actor | Refusal]]
MeContribution = Callable[[Actor], dict[str, Any]]

CredentialsWatcher = Callable[[str], None]
SignInWatcher = Callable[[str, str], None]

_readers: dict[str, TokenReader] = {}
_credentials_readers: dict[str, CredentialsReader] = {}
_CREDENTIALS = {"ptp_": "personal_token", "pti_": "installation_token", "ptu_": "user_token"}
_watchers: list[CredentialsWatcher] = []
_sign_in_watchers: list[SignInWatcher] = []
_contributions: list[MeContribution] = []
_door: SessionDoor | None = None


def reads_tokens(prefix: str) -> Callable[[TokenReader], TokenReader]:
    """Register who turns the digest of a token with this prefix into an actor (or raises one of the refusals)."""

    def register(reader: TokenReader) -> TokenReader:
        _readers[prefix] = reader
        return reader

    return register


def reads_credentials(prefix: str) -> Callable[[CredentialsReader], CredentialsReader]:
    """Register who looks again, in few statements, at many credentials with this prefix; one that is not in the
    answer is none."""

    def register(reader: CredentialsReader) -> CredentialsReader:
        _credentials_readers[prefix] = reader
        return reader

    return register


def contributes_to_me(contribution: MeContribution) -> MeContribution:
    """Register what a domain adds to the answer of `GET /me`."""
    if contribution not in _contributions:
        _contributions.append(contribution)
    return contribution


def about_me(actor: Actor) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for contribution in _contributions:
        answer.update(contribution(actor))
    return answer


def on_credentials_changed(watcher: CredentialsWatcher) -> None:
    """Register who ends what depends on a user's password or second factor, in the transaction that changes it."""
    if watcher not in _watchers:
        _watchers.append(watcher)


def credentials_changed(user_id: str) -> None:
    """Whatever was given away under the old credentials ends now."""
    for watcher in _watchers:
        watcher(user_id)


def on_sign_in_ended(watcher: SignInWatcher) -> None:
    """Register who tells others that a browser was signed out, in the transaction that does it."""
    if watcher not in _sign_in_watchers:
        _sign_in_watchers.append(watcher)


def sign_in_ended(session_id: str, user_id: str) -> None:
    """A browser was signed out: by the person, from another browser, or by another password."""
    for watcher in _sign_in_watchers:
        watcher(session_id, user_id)


def register_door(door: SessionDoor) -> None:
    global _door
    _door = door


def door() -> SessionDoor:
    if _door is None:
        raise RuntimeError("No domain opened the door for sessions; the identity domain does at start.")
    return _door


def credential(authorization: str | None) -> Credential:
    """What an `Authorization` header (RFC 6750 section 2.1) holds. Raises TokenMissing and TokenInvalid."""
    if not authorization:
        raise TokenMissing()
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise TokenMissing()
    if token[:4] not in _readers or not secrets.well_formed(token):
        raise TokenInvalid()
    return Credential(token[:4], secrets.digest(token))


def authenticate(authorization: str | None) -> Actor:
    """The actor of an `Authorization` header. Raises the 401 refusals."""
    found = credential(authorization)
    actor = _readers[found.prefix](found.digest)
    origin.through(_CREDENTIALS.get(found.prefix, "token"))
    return actor


def look_again(credentials: Iterable[Credential]) -> dict[Credential, Actor | Refusal]:
    """What each credential is worth at this moment: an actor, or why it is nothing any more.

    For connections that stay open: whatever a request would be refused for, ends them too.
    """
    by_prefix: dict[str, list[Credential]] = {}
    for one in dict.fromkeys(credentials):
        by_prefix.setdefault(one.prefix, []).append(one)
    found: dict[Credential, Actor | Refusal] = {}
    for prefix, several in by_prefix.items():
        for start in range(0, len(several), MOST_AT_ONCE):
            some = several[start : start + MOST_AT_ONCE]
            known = _credentials_readers[prefix](some)
            found.update({one: known.get(one) or TokenInvalid() for one in some})
    return found
