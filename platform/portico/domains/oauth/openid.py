"""OpenID Connect: what the server says about itself, and about the person who signed in."""

from __future__ import annotations

from typing import Any

from portico.domains.identity import queries as identity
from portico.domains.oauth.service import ID_TOKEN_ALGORITHMS
from portico.kernel.actor import Actor
from portico.kernel.authn import InsufficientScope

CLAIMS = {"profile": ("name", "locale", "zoneinfo"), "email": ("email", "email_verified")}
"""By the scope that gives them (OpenID Connect Core section 5.4)."""
_ALWAYS = ("iss", "sub", "aud", "exp", "iat", "auth_time", "amr", "nonce", "at_hash", "sid", "workspace_id")


def additions(issuer: str) -> dict[str, Any]:
    """What OpenID Connect Discovery section 3 adds to the metadata of RFC 8414."""
    return {
        "userinfo_endpoint": f"{issuer}/oauth/userinfo",
        "end_session_endpoint": f"{issuer}/oauth/logout",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": list(ID_TOKEN_ALGORITHMS),
        "claims_supported": [*_ALWAYS, *(claim for claims in CLAIMS.values() for claim in claims)],
        "claims_parameter_supported": False,
    }


def claims_about(actor: Actor) -> dict[str, Any]:
    """The answer of UserInfo, in the open system unit. Raises InsufficientScope without `openid`."""
    if actor.kind != "app_for_employee" or actor.user_id is None or not actor.may("openid"):
        raise InsufficientScope("This needs openid.", extra={"required_scopes": ["openid"]})
    user = identity.user(actor.user_id)
    known = {
        "name": user.display_name,
        "locale": user.locale,
        "zoneinfo": user.timezone,
        "email": user.email,
        # By a link that was mailed there, or by an operator's word. Apps know people by `sub` all the same.
        "email_verified": user.email_verified_at is not None,
    }
    given = [name for scope, names in CLAIMS.items() if actor.may(scope) for name in names]
    about = {name: known[name] for name in given if known[name] is not None}
    return {"sub": actor.employee_id, "workspace_id": actor.workspace_id, **about}
