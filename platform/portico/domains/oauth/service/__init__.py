"""Every change of the authorization server's state, by activity."""

from portico.domains.oauth.service import keys
from portico.domains.oauth.service.assertions import ALGORITHMS as ASSERTION_ALGORITHMS
from portico.domains.oauth.service.assertions import check_assertion, claimed_client
from portico.domains.oauth.service.clients import Client, authenticate, find_client, note_use
from portico.domains.oauth.service.devices import (
    begin_device,
    decide_device,
    find_pending,
    forget_tries,
    normalised,
    poll_device,
    take_try,
)
from portico.domains.oauth.service.exchanging import exchange
from portico.domains.oauth.service.granting import (
    begin_grant,
    end_grant,
    end_grants_of_installation,
    end_grants_of_member,
    end_grants_of_user,
    issue_code,
    remember_consent,
    revoke_client,
    revoke_grant,
)
from portico.domains.oauth.service.id_tokens import id_token_of
from portico.domains.oauth.service.issuing import Issue, IssuedTokens, contributes_to_answer, issue_user_tokens
from portico.domains.oauth.service.keys import ensure_signing_key
from portico.domains.oauth.service.logout import LogoutRequest, logout_token, read_logout_request, tell_apps
from portico.domains.oauth.service.minting import (
    TOKEN_SECONDS,
    GrantRefused,
    mint_installation_token,
    revoke_token,
    revoke_tokens_of,
    sweep,
)
from portico.domains.oauth.service.redeeming import challenge_of, grant_lives, redeem_code
from portico.domains.oauth.service.refreshing import refresh
from portico.domains.oauth.service.replays import CLIENT_ASSERTION, EMBEDDED_SESSION, spend
from portico.domains.oauth.service.session_tokens import (
    SessionToken,
    SessionTokenRefused,
    mint_session_token,
    verify_session_token,
)
from portico.domains.oauth.service.unlisted import keep_document, register_client, unlisted_client

ID_TOKEN_ALGORITHMS = tuple(keys.ID_TOKENS)

__all__ = [
    "ASSERTION_ALGORITHMS",
    "CLIENT_ASSERTION",
    "EMBEDDED_SESSION",
    "ID_TOKEN_ALGORITHMS",
    "TOKEN_SECONDS",
    "Client",
    "GrantRefused",
    "Issue",
    "IssuedTokens",
    "LogoutRequest",
    "SessionToken",
    "SessionTokenRefused",
    "authenticate",
    "begin_device",
    "begin_grant",
    "challenge_of",
    "check_assertion",
    "claimed_client",
    "contributes_to_answer",
    "decide_device",
    "end_grant",
    "end_grants_of_installation",
    "end_grants_of_member",
    "end_grants_of_user",
    "ensure_signing_key",
    "exchange",
    "find_client",
    "find_pending",
    "forget_tries",
    "grant_lives",
    "id_token_of",
    "issue_code",
    "issue_user_tokens",
    "keep_document",
    "logout_token",
    "mint_installation_token",
    "mint_session_token",
    "normalised",
    "note_use",
    "poll_device",
    "read_logout_request",
    "redeem_code",
    "refresh",
    "register_client",
    "remember_consent",
    "revoke_client",
    "revoke_grant",
    "revoke_token",
    "revoke_tokens_of",
    "spend",
    "sweep",
    "take_try",
    "tell_apps",
    "unlisted_client",
    "verify_session_token",
]
