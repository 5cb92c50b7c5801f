"""What the server says about itself: RFC 8414 and RFC 9728. Only what exists is named."""

from __future__ import annotations

from typing import Any

from portico import settings
from portico.domains.oauth import openid
from portico.domains.oauth.client_authentication import ALL_METHODS, CONFIDENTIAL_METHODS
from portico.domains.oauth.power import OFFLINE
from portico.domains.oauth.server import grant_types
from portico.domains.oauth.service import ASSERTION_ALGORITHMS
from portico.kernel.scopes import app_scopes


def _unlisted(issuer: str) -> dict[str, Any]:
    """How clients that are no app of the catalogue come in, where the operator lets them."""
    allowed = settings.current().unlisted_clients
    if allowed == "off":
        return {}
    registration = {"registration_endpoint": f"{issuer}/oauth/register"} if "registration" in allowed else {}
    return {"client_id_metadata_document_supported": True, **registration}


def authorization_server(issuer: str) -> dict[str, Any]:
    """`/.well-known/oauth-authorization-server` (RFC 8414 section 2)."""
    return {
        **_unlisted(issuer),
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/oauth/authorize",
        "token_endpoint": f"{issuer}/oauth/token",
        "device_authorization_endpoint": f"{issuer}/oauth/device",
        "revocation_endpoint": f"{issuer}/oauth/revoke",
        "introspection_endpoint": f"{issuer}/oauth/introspect",
        "jwks_uri": f"{issuer}/oauth/jwks",
        "scopes_supported": sorted({*app_scopes(), OFFLINE}),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": grant_types(),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": True,
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "token_endpoint_auth_methods_supported": list(ALL_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "revocation_endpoint_auth_methods_supported": list(ALL_METHODS),
        "revocation_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "introspection_endpoint_auth_methods_supported": list(CONFIDENTIAL_METHODS),
        "introspection_endpoint_auth_signing_alg_values_supported": list(ASSERTION_ALGORITHMS),
        "ui_locales_supported": ["en", "zh-Hans-CN"],
        "service_documentation": f"{issuer}/docs/api",
    }


def openid_configuration(issuer: str) -> dict[str, Any]:
    """`/.well-known/openid-configuration`: the same, word for word, and what only OpenID Connect has a word for."""
    return {**authorization_server(issuer), **openid.additions(issuer)}


def protected_resource(issuer: str, path: str = "") -> dict[str, Any]:
    """`/.well-known/oauth-protected-resource` (RFC 9728 section 2): the resource is the issuer's origin. Asked for by
    the path of the API it names that one, because clients compare the two (section 3.3)."""
    return {
        "resource": f"{issuer}/{path}" if path else issuer,
        "authorization_servers": [issuer],
        "scopes_supported": sorted(app_scopes()),
        "bearer_methods_supported": ["header"],
        "resource_name": "Portico",
        "resource_documentation": f"{issuer}/docs/api",
    }
