"""The session token of a page inside the portal becomes a user token, once (RFC 8693)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from portico.domains.oauth import embedding, queries
from portico.domains.oauth.power import user_power
from portico.domains.oauth.resources import TargetInvalid, canonical
from portico.domains.oauth.service.granting import begin_grant
from portico.domains.oauth.service.issuing import IssuedTokens, issue_user_tokens
from portico.domains.oauth.service.minting import GrantRefused
from portico.domains.oauth.service.replays import EMBEDDED_SESSION, spend
from portico.domains.oauth.service.session_tokens import LEEWAY_SECONDS, SessionTokenRefused, verify_session_token
from portico.kernel.actor import Actor

REFUSED = GrantRefused("invalid_grant", "The session token is not valid here and now.")
_IMPLIED = frozenset({"openid"})
"""The session token has said already who is looking, so this needs no consent of its own."""


def exchange(
    client_id: str, session_token: str, *, scopes: Sequence[str] = (), resources: Sequence[str] = ()
) -> IssuedTokens | GrantRefused:
    """A user token that lives no longer than the sign-in behind the session token, without a refresh token: the page
    gets a new session token whenever it wants. Never for more than the person allowed the app."""
    try:
        claims = verify_session_token(session_token, client_id)
        resource = canonical(resources)
    except SessionTokenRefused:
        return REFUSED
    except TargetInvalid:
        return GrantRefused("invalid_target", "Tokens are issued for the API of this server only.")
    place = embedding.embedded_place(client_id, claims)
    if place is None:
        return REFUSED
    wanted = _wanted(place, client_id, scopes)
    if wanted is None:
        return GrantRefused("invalid_scope", "The person did not allow the app all of these scopes; let them consent.")
    if not spend(EMBEDDED_SESSION, client_id, str(claims["jti"]), _too_old_at(claims)):
        return REFUSED
    grant = queries.grant(_grant_for(place, client_id, claims["sid"], wanted))
    return issue_user_tokens(grant, wanted, resource, with_refresh=False)


def _too_old_at(claims: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(claims["exp"], UTC) + timedelta(seconds=LEEWAY_SECONDS)


def _wanted(place: Any, client_id: str, scopes: Sequence[str]) -> frozenset[str] | None:
    """What was asked for, or all that may be had; None when it is too much, or nothing."""
    asked = [row["name"] for row in place.user_scopes or ()]
    allowed = embedding.allowed_scopes(place.membership_id, client_id) | _IMPLIED
    power = user_power(place.role, asked, allowed)
    wanted = frozenset(scopes) or power
    return wanted if wanted and wanted <= power else None


def _grant_for(place: Any, client_id: str, session_id: str, scopes: frozenset[str]) -> str:
    """One grant for a sign-in and what was allowed, however often its pages ask. Two that come at once may make two;
    both end with the sign-in."""
    known = embedding.embedded_grant(client_id, place.membership_id, session_id, scopes)
    if known is not None:
        return known
    person = Actor(
        kind="employee",
        workspace_id=place.workspace_id,
        id=place.employee_id,
        employee_id=place.employee_id,
        membership_id=place.membership_id,
        user_id=place.user_id,
        role=place.role,
    )
    return begin_grant(
        person,
        client_id=client_id,
        app_id=client_id,
        installation_id=place.installation_id,
        public=False,
        scopes=scopes,
        resource=None,
        session_id=session_id,
        auth_time=place.signed_in_at,
        session_bound=True,
    )
