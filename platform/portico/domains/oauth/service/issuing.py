"""The tokens of a grant, at the only moment at which they can be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, update

from portico.domains.oauth.models import OAuthGrant, RefreshToken, UserToken
from portico.kernel import clock, secrets
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

SECONDS = 3600
SECONDS_IF_PUBLIC = 900
IDLE = timedelta(days=30)
LIFE = timedelta(days=180)
LIFE_IF_PUBLIC = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    scopes: tuple[str, ...]
    expires_in: int
    extra: dict[str, Any] = field(default_factory=dict, repr=False)

    def answer(self) -> dict[str, Any]:
        """The body of the token endpoint's answer (RFC 6749 section 5.1). `scope` is always there."""
        body: dict[str, Any] = {
            "access_token": self.access_token,
            "token_type": "Bearer",
            "expires_in": self.expires_in,
            "scope": " ".join(self.scopes),
        }
        if self.refresh_token is not None:
            body["refresh_token"] = self.refresh_token
        return {**body, **self.extra}


@dataclass(frozen=True, slots=True)
class Issue:
    """What is being issued, for those who add to the answer. `grant` is a row of `queries.grant`."""

    grant: Any
    scopes: tuple[str, ...]
    access_token: str = field(repr=False)
    nonce: str | None


Contribution = Callable[[Issue], dict[str, Any]]
_contributions: list[Contribution] = []


def contributes_to_answer(contribution: Contribution) -> Contribution:
    """Register what is added to the answer that carries user tokens, in the unit that writes them."""
    if contribution not in _contributions:
        _contributions.append(contribution)
    return contribution


def issue_user_tokens(
    grant: Any,
    scopes: Iterable[str],
    resource: str | None = None,
    *,
    nonce: str | None = None,
    with_refresh: bool = True,
    refresh_id: str | None = None,
) -> IssuedTokens:
    """An access token of a grant (a row of `queries.grant`) for `scopes`, and a refresh token beside it.

    What the scopes may be is decided before. A refresh token's id is given where its predecessor names it already.
    """
    now = clock.now()
    granted = tuple(sorted(set(scopes)))
    refresh_token = None
    if with_refresh:
        refresh_id = refresh_id or new_id("rtk")
        refresh_token = _refresh_token(grant, refresh_id)
    seconds = SECONDS_IF_PUBLIC if grant.public else SECONDS
    access_token = secrets.new_token("ptu_")
    session().execute(
        insert(UserToken).values(
            id=new_id("utk"),
            digest=secrets.digest(access_token),
            grant_id=grant.grant_id,
            refresh_id=refresh_id if with_refresh else None,
            scopes=list(granted),
            resource=resource,
            created_at=now,
            expires_at=min(now + timedelta(seconds=seconds), grant.grant_expires_at),
        )
    )
    session().execute(
        update(OAuthGrant).where(OAuthGrant.id == grant.grant_id, OAuthGrant.issued_at.is_(None)).values(issued_at=now)
    )
    issue = Issue(grant, granted, access_token, nonce)
    extra: dict[str, Any] = {}
    for contribution in _contributions:
        extra.update(contribution(issue))
    return IssuedTokens(access_token, refresh_token, granted, seconds, extra)


def _refresh_token(grant: Any, refresh_id: str) -> str:
    """Idle for 30 days it dies, and with its grant at the latest."""
    now = clock.now()
    token = secrets.new_token("ptr_")
    session().execute(
        insert(RefreshToken).values(
            id=refresh_id,
            digest=secrets.digest(token),
            grant_id=grant.grant_id,
            created_at=now,
            expires_at=min(now + IDLE, grant.grant_expires_at),
            graces=0,
        )
    )
    return token
