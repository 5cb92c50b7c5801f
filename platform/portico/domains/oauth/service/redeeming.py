"""A code becomes tokens, once (RFC 6749 section 4.1.3, RFC 7636 section 4.6).

What is refused here changes the state too: a code that failed is burnt, and one that comes again ends the grant with
all its tokens. So refusals are answered, not raised: an exception would undo them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import update

from portico.domains.oauth import queries
from portico.domains.oauth.models import AuthorizationCode
from portico.domains.oauth.power import is_let_in, power_of, shown, sign_in_lives
from portico.domains.oauth.resources import TargetInvalid, canonical
from portico.domains.oauth.service.granting import REPLAY, end_grant
from portico.domains.oauth.service.issuing import IssuedTokens, issue_user_tokens
from portico.domains.oauth.service.minting import GrantRefused
from portico.kernel import clock, secrets
from portico.kernel.unit_of_work import session

_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")
REFUSED = GrantRefused("invalid_grant", "The code is not valid here and now.")


def redeem_code(
    client_id: str, code: str, *, redirect_uri: str | None, verifier: str | None, resources: Sequence[str] = ()
) -> IssuedTokens | GrantRefused:
    """The tokens of a code's grant. Of any number that come at once, the conditional update lets one through."""
    digest = secrets.digest(code)
    spent = session().execute(
        update(AuthorizationCode)
        .where(AuthorizationCode.digest == digest, AuthorizationCode.spent_at.is_(None))
        .values(spent_at=clock.now())
        .returning(*AuthorizationCode.__table__.c)
    )
    row = spent.one_or_none()
    if row is None:
        return _replayed(digest)
    grant = queries.grant(row.grant_id)
    refusal = _refusal(row, grant, client_id, redirect_uri, verifier, resources)
    if refusal is not None:
        end_grant(row.grant_id, "code_refused")
        return refusal
    scopes = grant.scopes  # a grant that is gone was refused
    return issue_user_tokens(grant, scopes, canonical(resources, _resource(grant)), nonce=row.nonce)


def _resource(grant: Any) -> str | None:
    resource: str | None = grant.resource
    return resource


def _replayed(digest: str) -> GrantRefused:
    """Unknown, or spent before: then whoever holds its tokens may have stolen the code (RFC 9700 section 4.5)."""
    grant_id = queries.grant_of_code(digest)
    if grant_id is not None:
        end_grant(grant_id, REPLAY)
    return REFUSED


def _refusal(
    code: Any,
    grant: Any,
    client_id: str,
    redirect_uri: str | None,
    verifier: str | None,
    resources: Sequence[str],
) -> GrantRefused | None:
    if grant is None or not grant_lives(grant) or grant.client_id != client_id or code.expires_at <= clock.now():
        return REFUSED
    if redirect_uri is not None and redirect_uri != code.redirect_uri:
        return REFUSED
    if not verifier:
        return GrantRefused("invalid_request", "code_verifier is missing.")
    if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(challenge_of(verifier), code.challenge):
        return REFUSED
    if set(grant.scopes) != set(shown(grant.scopes, power_of(grant))):
        # What was consented a minute ago is not to be had any more.
        return REFUSED
    try:
        canonical(resources, grant.resource)
    except TargetInvalid:
        return GrantRefused("invalid_target", "The code was not asked for this resource.")
    return None


def challenge_of(verifier: str) -> str:
    """S256 (RFC 7636 section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode()


def grant_lives(grant: Any) -> bool:
    """Whether a grant (a row of `queries.grant`) can be used now: it did not end, its person is here, its app is
    active and for them."""
    if grant.ended_at is not None or grant.left_at is not None or grant.grant_expires_at <= clock.now():
        return False
    if not sign_in_lives(grant) or not is_let_in(grant):
        return False
    return grant.app_id is None or (grant.status == "active" and bool(grant.available))
