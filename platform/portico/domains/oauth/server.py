"""The protocol, by Authlib: it dispatches grants and endpoints and words the errors of RFC 6749 section 5.2.

Client authentication is ours, because Authlib's answers tell an unknown client from a wrong secret, and lets a second
method stand beside the first. Storage is ours too; each step opens its own unit, since no workspace is known yet.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidRequestError, OAuth2Request, UnsupportedGrantTypeError
from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7009 import RevocationEndpoint

from portico.domains.oauth import service
from portico.kernel import secrets
from portico.kernel.unit_of_work import system_unit

AUTH_METHODS = ("client_secret_basic", "client_secret_post")
Answer = tuple[int, Any, list[tuple[str, str]]]


class ClientRefused(InvalidClientError):  # type: ignore[misc]  # Authlib has no types
    """One answer for the unknown client, the wrong secret, and the missing one."""

    description = "Client authentication failed."
    status_code = 401

    def get_headers(self) -> list[tuple[str, str]]:
        headers: list[tuple[str, str]] = OAuth2Error.get_headers(self)
        return [*headers, ("WWW-Authenticate", 'Basic realm="portico"')]


class GrantUnsupported(UnsupportedGrantTypeError):  # type: ignore[misc]
    """Authlib's description repeats what was sent; this one does not."""

    def get_error_description(self) -> str:
        return "Use grant_type=client_credentials."


class FormRequest(OAuth2Request):  # type: ignore[misc]
    """A form body; the query is never read. Each parameter stands once (RFC 6749 section 3.2)."""

    def __init__(self, headers: Mapping[str, str], pairs: list[tuple[str, str]]) -> None:
        # Whether the transport is secure is the deployment's law, not something that a request can say.
        super().__init__("POST", "https://portico.invalid/", headers=headers)
        values = dict(pairs)
        if len(values) != len(pairs):
            raise InvalidRequestError("A parameter is repeated.")
        self.values = values
        self.payload = BasicOAuth2Payload(values)
        self.client_credentials = credentials(headers, values)

    @property
    def form(self) -> dict[str, str]:
        return self.values

    @property
    def args(self) -> dict[str, str]:
        return {}


def credentials(headers: Mapping[str, str], form: Mapping[str, str]) -> tuple[str, str]:
    """Client id and secret, by exactly one method. Raises ClientRefused and InvalidRequestError."""
    header = headers.get("Authorization")
    if header is None:
        if not form.get("client_id") or not form.get("client_secret"):
            raise ClientRefused()
        return form["client_id"], form["client_secret"]
    client_id, secret = _basic(header)
    if "client_secret" in form or form.get("client_id", client_id) != client_id:
        raise InvalidRequestError("Authenticate by one method only.")
    return client_id, secret


def _basic(header: str) -> tuple[str, str]:
    """HTTP Basic with both halves form-encoded (RFC 6749 section 2.3.1)."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise ClientRefused()
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, ValueError):
        raise ClientRefused() from None
    client_id, colon, secret = text.partition(":")
    if not colon or not client_id or not secret:
        raise ClientRefused()
    return unquote_plus(client_id), unquote_plus(secret)


class PorticoServer(AuthorizationServer):  # type: ignore[misc]
    """Authlib's dispatcher with our client authentication; answers are plain tuples."""

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        return request

    def handle_response(self, status: int, body: Any, headers: list[tuple[str, str]]) -> Answer:
        return status, body, headers

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""

    def authenticate_client(self, request: FormRequest, methods: Any, endpoint: str = "token") -> AuthenticatedClient:
        client_id, secret = request.client_credentials
        with system_unit("oauth: authenticate a client"):
            client = service.authenticate(client_id, secret)
        if client is None:
            raise ClientRefused()
        return AuthenticatedClient(client.client_id)

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


class AuthenticatedClient:
    """A client that has shown a living secret, in the form in which Authlib asks about it."""

    def __init__(self, client_id: str) -> None:
        self.client_id = client_id

    def check_grant_type(self, grant_type: str) -> bool:
        return True


class InstallationGrant(ClientCredentialsGrant):  # type: ignore[misc]
    """Client credentials for one installation, `installation_id=ins_…`."""

    TOKEN_ENDPOINT_AUTH_METHODS = AUTH_METHODS

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

    def authenticate_token(self, request: FormRequest, client: AuthenticatedClient) -> str | None:
        token = request.form.get("token")
        if not token:
            raise InvalidRequestError("token is missing.")
        return token if secrets.well_formed(token) else None

    def revoke_token(self, token: str, request: FormRequest) -> None:
        with system_unit("oauth: revoke a token of the client", write=True):
            service.revoke_token(request.client.client_id, token)


server = PorticoServer()
server.register_grant(InstallationGrant)
server.register_endpoint(Revocation)
