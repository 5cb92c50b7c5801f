"""The id_token: who signed in, for the client alone (OpenID Connect Core section 2)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from portico import settings
from portico.domains.oauth.service import keys
from portico.domains.oauth.service.clients import find_client
from portico.domains.oauth.service.issuing import Issue, contributes_to_answer
from portico.kernel import clock

TYPE = "JWT"
LIFE_SECONDS = 600
DEFAULT_ALGORITHM = "RS256"


@contributes_to_answer
def id_token_of(issue: Issue) -> dict[str, Any]:
    """Beside the tokens of a grant that includes `openid`."""
    if "openid" not in issue.scopes:
        return {}
    alg = find_client(issue.grant.client_id).id_token_alg or DEFAULT_ALGORITHM
    return {"id_token": keys.sign(keys.ID_TOKENS[alg], TYPE, _claims(issue))}


def _claims(issue: Issue) -> dict[str, Any]:
    """`sub` is the employee: it belongs to one membership, is opaque, and never an address."""
    issued = int(clock.now().timestamp())
    claims: dict[str, Any] = {
        "iss": settings.current().public_url,
        "sub": issue.grant.employee_id,
        "aud": issue.grant.client_id,
        "exp": issued + LIFE_SECONDS,
        "iat": issued,
        "auth_time": int(issue.grant.auth_time.timestamp()),
        "at_hash": half_hash(issue.access_token),
        "workspace_id": issue.grant.workspace_id,
    }
    if issue.grant.amr:
        claims["amr"] = issue.grant.amr
    if issue.nonce is not None:
        claims["nonce"] = issue.nonce
    if issue.grant.session_id is not None:
        claims["sid"] = issue.grant.session_id
    return claims


def half_hash(access_token: str) -> str:
    """`at_hash`: the left half of SHA-256, for RS256 and ES256 alike (OpenID Connect Core section 3.1.3.6)."""
    return base64.urlsafe_b64encode(hashlib.sha256(access_token.encode("ascii")).digest()[:16]).rstrip(b"=").decode()
