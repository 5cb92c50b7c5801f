"""From a sound request to a code: in which workspace, whether the person must be asked, and what a yes makes.

Nothing here knows Flask; the pages of the account face call it, within units of their own.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from portico.domains.oauth import queries, service
from portico.domains.oauth.authorizing import AuthorizationRequest
from portico.domains.oauth.power import COMMAND_LINE, OFFLINE, allowed_to_unlisted, command_line_power, user_power
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.authn import Login
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import system_unit

_PROOF_LIFE = timedelta(hours=1)
_AGAIN_LIFE = timedelta(minutes=10)
Why = Literal["unlisted", "elsewhere", "nowhere", "suspended", "not_for_you", "nothing_left"]


@dataclass(frozen=True, slots=True)
class Door:
    """A workspace of the person in which the app can act for them."""

    workspace_id: str
    name: str
    slug: str
    role: str
    installation_id: str | None


def open_doors(login: Login, asked: AuthorizationRequest) -> tuple[list[Door], Why | None]:
    """The workspaces among which the person chooses, or why there is none. A hint narrows to what is theirs anyway."""
    with system_unit("oauth: in which workspaces a person may use an app"):
        rows = queries.doors_of(login.user_id, asked.client.app_id)
    if asked.workspace is not None:
        rows = [row for row in rows if asked.workspace in (row.slug, row.workspace_id)]
        if not rows:
            return [], "elsewhere"
    if asked.client.client_id == COMMAND_LINE:
        usable = rows
    elif asked.client.app_id is None:
        usable = [row for row in rows if row.unlisted_clients]
    else:
        usable = [row for row in rows if row.status == "active" and row.available]
    doors = [Door(row.workspace_id, row.name, row.slug, row.role, row.installation_id) for row in usable]
    if doors:
        return doors, None
    if asked.client.client_id == COMMAND_LINE:
        return [], "nothing_left"
    return [], "unlisted" if asked.client.app_id is None else _why(rows)


def _why(rows: Sequence[Any]) -> Why:
    installed = [row for row in rows if row.status is not None]
    if not installed:
        return "nowhere"
    return "suspended" if all(row.status != "active" for row in installed) else "not_for_you"


def grantable(asked: AuthorizationRequest, door: Door) -> tuple[str, ...]:
    """What the person can allow: what was asked, within their role. `offline_access` is theirs to say."""
    if asked.client.client_id == COMMAND_LINE:
        power = command_line_power(door.role, asked.scopes)
    else:
        offered = asked.client.scopes if asked.client.app_id is not None else allowed_to_unlisted()
        power = user_power(door.role, offered, asked.scopes)
    return tuple(scope for scope in asked.scopes if scope in power or scope == OFFLINE)


def must_ask(asked: AuthorizationRequest, actor: Actor, scopes: Sequence[str]) -> bool:
    """Whether the person has to say yes now. A public client cannot prove that it is the one that was allowed
    before (RFC 8252 section 8.6), so it is always asked. In an open unit."""
    if asked.client.public or "consent" in asked.prompts:
        return True
    before = queries.consented(actor, asked.client.client_id, asked.client.seen)
    return before is None or not before.issuperset(scopes)


def already_allowed(asked: AuthorizationRequest, actor: Actor) -> frozenset[str]:
    """What they said yes to before, so that the page shows what is new. In an open unit."""
    return queries.consented(actor, asked.client.client_id, asked.client.seen) or frozenset()


def allow(
    asked: AuthorizationRequest, actor: Actor, door: Door, scopes: Sequence[str], login: Login, auth_time: datetime
) -> str:
    """The code of a new grant, in an open writing unit; the yes is remembered."""
    client = asked.client
    service.remember_consent(actor, client.client_id, client.seen, scopes)
    grant_id = service.begin_grant(
        actor,
        client_id=client.client_id,
        app_id=client.app_id,
        installation_id=door.installation_id,
        public=client.public,
        scopes=scopes,
        resource=asked.resource,
        session_id=login.session_id,
        auth_time=auth_time,
    )
    return service.issue_code(grant_id, redirect_uri=asked.redirect_uri, challenge=asked.challenge, nonce=asked.nonce)


def signed_in_at(login: Login) -> datetime:
    """`auth_time`: when this sign-in proved who it is."""
    with system_unit("oauth: when a person signed in"):
        return queries.signed_in_at(login.session_id) or clock.now()


def too_old(asked: AuthorizationRequest, auth_time: datetime, again: str | None) -> bool:
    """Whether the person must sign in once more (OpenID Connect Core section 3.1.2.1). `again` is our own mark, from
    when we asked them to; a sign-in since then does."""
    since = _asked_again_at(asked, again)
    if since is not None and since > clock.now() - _AGAIN_LIFE and auth_time >= since:
        return False
    if "login" in asked.prompts:
        return True
    return asked.max_age is not None and auth_time + timedelta(seconds=asked.max_age) <= clock.now()


def again_mark(asked: AuthorizationRequest) -> str:
    return _stamped("again", asked.digest)


def _asked_again_at(asked: AuthorizationRequest, mark: str | None) -> datetime | None:
    return _stamp_of("again", mark, asked.digest)


def consent_proof(asked: AuthorizationRequest, login: Login, door: Door) -> str:
    """What the form carries: that this person, in this sign-in, was shown this very request in this workspace."""
    return _stamped("consent", asked.digest, login.session_id, door.workspace_id)


def is_proven(proof: str | None, asked: AuthorizationRequest, login: Login, door: Door) -> bool:
    at = _stamp_of("consent", proof, asked.digest, login.session_id, door.workspace_id)
    return at is not None and at > clock.now() - _PROOF_LIFE


def _stamped(*parts: str) -> str:
    at = str(int(clock.now().timestamp() * 1000))
    return f"{at}.{_seal(at, *parts)}"


def _seal(*parts: str, key: bytes | None = None) -> str:
    return hmac.digest(keyring().derive("oauth consent", key), "|".join(parts).encode(), "sha256").hex()


def _stamp_of(kind: str, stamp: str | None, *parts: str) -> datetime | None:
    at, _, seal = (stamp or "").partition(".")
    if not at.isascii() or not at.isdigit() or len(at) > 15 or not seal.isascii():
        return None
    if not any(hmac.compare_digest(seal, _seal(at, kind, *parts, key=key)) for key in keyring().keys):
        return None
    return datetime.fromtimestamp(int(at) / 1000, tz=clock.now().tzinfo)
