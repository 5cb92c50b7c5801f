"""Every change of the authorization server's state, by activity."""

from portico.domains.oauth.service.clients import Client, authenticate, find_client
from portico.domains.oauth.service.keys import ensure_signing_key
from portico.domains.oauth.service.minting import (
    TOKEN_SECONDS,
    GrantRefused,
    mint_installation_token,
    revoke_token,
    revoke_tokens_of,
    sweep,
)
from portico.domains.oauth.service.session_tokens import (
    SessionToken,
    SessionTokenRefused,
    mint_session_token,
    verify_session_token,
)

__all__ = [
    "TOKEN_SECONDS",
    "Client",
    "GrantRefused",
    "SessionToken",
    "SessionTokenRefused",
    "authenticate",
    "ensure_signing_key",
    "find_client",
    "mint_installation_token",
    "mint_session_token",
    "revoke_token",
    "revoke_tokens_of",
    "sweep",
    "verify_session_token",
]
