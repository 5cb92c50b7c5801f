"""Every change of the authorization server's state, by activity."""

from portico.domains.oauth.service.assertions import ALGORITHMS as ASSERTION_ALGORITHMS
from portico.domains.oauth.service.assertions import check_assertion, claimed_client
from portico.domains.oauth.service.clients import Client, authenticate, find_client, note_use
from portico.domains.oauth.service.keys import ensure_signing_key
from portico.domains.oauth.service.minting import (
    TOKEN_SECONDS,
    GrantRefused,
    mint_installation_token,
    revoke_token,
    revoke_tokens_of,
    sweep,
)
from portico.domains.oauth.service.replays import CLIENT_ASSERTION, EMBEDDED_SESSION, spend
from portico.domains.oauth.service.session_tokens import (
    SessionToken,
    SessionTokenRefused,
    mint_session_token,
    verify_session_token,
)

__all__ = [
    "ASSERTION_ALGORITHMS",
    "CLIENT_ASSERTION",
    "EMBEDDED_SESSION",
    "TOKEN_SECONDS",
    "Client",
    "GrantRefused",
    "SessionToken",
    "SessionTokenRefused",
    "authenticate",
    "check_assertion",
    "claimed_client",
    "ensure_signing_key",
    "find_client",
    "mint_installation_token",
    "mint_session_token",
    "note_use",
    "revoke_token",
    "revoke_tokens_of",
    "spend",
    "sweep",
    "verify_session_token",
]
