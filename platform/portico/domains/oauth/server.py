"""The protocol, by Authlib: it dispatches grants and endpoints and words the errors of RFC 6749 section 5.2.

Client authentication and storage are ours; each step opens its own unit, since no workspace is known yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError, OAuth2Request, UnsupportedGrantTypeError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint

from portico.domains.oauth import service
from portico.domains.oauth.client_authentication import (
    ALL_METHODS,
    CONFIDENTIAL_METHODS,
    AuthenticatedClient,
    authenticate,
    presented,
)
from portico.domains.oauth.device import DeviceEndpoint, DeviceGrant
from portico.domains.oauth.introspecting import introspect
from portico.domains.oauth.token_exchange import ExchangeGrant
from portico.domains.oauth.user_grants import CodeGrant, RefreshGrant
from portico.kernel import secrets
from portico.kernel.unit_of_work import system_unit

Answer = tuple[int, Any, list[tuple[str, str]]]


class GrantUnsupported(UnsupportedGrantTypeError):  # type: ignore[misc]
    """Authlib's description repeats what was sent; this one does not."""

    def get_error_description(self) -> str:
        return f"Use one of grant_type={' '.join(grant_types())}."


class FormRequest(OAuth2Request):  # type: ignore[misc]
    """A form body; the query is never read. Each parameter stands once (RFC 6749 section 3.2), but for
    `resource` (RFC 8707 section 2)."""

    def __init__(self, headers: Mapping[str, str], pairs: list[tuple[str, str]]) -> None:
        # Whether the transport is secure is the deployment's law, not something that a request can say.
        super().__init__("POST", "https://portico.invalid/", headers=headers)
        self.resources = [value for name, value in pairs if name == "resource"]
        single = [pair for pair in pairs if pair[0] != "resource"]
        values = dict(single)
        if len(values) != len(single):
            raise InvalidRequestError("A parameter is repeated.")
        self.values = values
        self.payload = BasicOAuth2Payload(values)
        self.presented = presented(headers, values)

    @property
    def form(self) -> dict[str, str]:
        return self.values

    @property
    def args(self) -> dict[str, str]:
        return {}


class PorticoServer(AuthorizationServer):  # type: ignore[misc]
    """Authlib's dispatcher with our client authentication; answers are plain tuples."""

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        return status, body, headers

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def authenticate_client(self, request: FormRequest, methods: Any, endpoint: str = "token") -> AuthenticatedClient:
        return authenticate(request.presented, tuple(methods))

    def get_token_grant(self, request: FormRequest) -> Any:
        if not request.payload.grant_type:
            raise InvalidRequestError("grant_type is missing.")
        try:
            return super().get_token_grant(request)
        except UnsupportedGrantTypeError as error:
            raise GrantUnsupported(error.grant_type) from None

    def create_token_response(self, request: FormRequest) -> Answer:
        try:
            return super().create_token_response(request)  # type: ignore[no-any-return]
        except InvalidRequestError as error:
            return self.handle_error_response(request, error)  # type: ignore[no-any-return]


class InstallationGrant(ClientCredentialsGrant):  # type: ignore[misc]
    """Client credentials for one installation, `installation_id=ins_…`."""

    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL_METHODS

    def create_token_response(self) -> Answer:
        form = self.request.form
        if not form.get("installation_id"):
            raise InvalidRequestError("installation_id is missing.")
        wanted = form["scope"].split() if form.get("scope", "").strip() else None
        try:
            with system_unit("oauth: mint a token for an installation", write=True):
                token = service.mint_installation_token(self.client.client_id, form["installation_id"], wanted)
        except service.GrantRefused as refusal:
            raise OAuth2Error(description=refusal.description, error=refusal.error) from refusal
        body = {
            "access_token": token.value,
            "token_type": "Bearer",
            "expires_in": service.TOKEN_SECONDS,
            "scope": " ".join(token.scopes),
        }
        return 200, body, self.TOKEN_RESPONSE_HEADER


class Revocation(RevocationEndpoint):  # type: ignore[misc]
    """RFC 7009: the answer is 200 whether the token was the client's, another's, or nobody's. Hints are ignored."""

    CLIENT_AUTH_METHODS = ALL_METHODS

    def authenticate_token(self, request: FormRequest, client: AuthenticatedClient) -> str | None:
        token = request.form.get("token")
        if not token:
            raise InvalidRequestError("token is missing.")
        return token if secrets.well_formed(token) else None

    def revoke_token(self, token: str, request: FormRequest) -> None:
        with system_unit("oauth: revoke a token of the client", write=True):
            service.revoke_token(request.client.client_id, token)


class Introspection(IntrospectionEndpoint):  # type: ignore[misc]
    """RFC 7662, for clients that can keep a secret, about their own tokens. Hints are ignored."""

    CLIENT_AUTH_METHODS = CONFIDENTIAL_METHODS

    def create_endpoint_response(self, request: FormRequest) -> Answer:
        client = self.authenticate_endpoint_client(request)
        token = request.form.get("token")
        if not token:
            raise InvalidRequestError("token is missing.")
        return 200, introspect(client.client_id, token), [("Content-Type", "application/json")]


server = PorticoServer()
for grant in (InstallationGrant, CodeGrant, RefreshGrant, ExchangeGrant, DeviceGrant):
    server.register_grant(grant)
server.register_endpoint(Revocation)
server.register_endpoint(Introspection)
server.register_endpoint(DeviceEndpoint)


def grant_types() -> list[str]:
    """What the token endpoint takes."""
    return [grant.GRANT_TYPE for grant, _ in server._token_grants]
