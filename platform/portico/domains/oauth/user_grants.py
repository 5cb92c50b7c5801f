"""The token endpoint for people's grants: the code and the refresh token (RFC 6749 sections 4.1.3 and 6).

Authlib dispatches and words the errors. What a refusal changes (a burnt code, an ended family) must be committed, so
the service answers refusals, and they are raised once its unit is closed.
"""

from __future__ import annotations

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.errors import UnauthorizedClientError
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from portico.domains.oauth import service
from portico.domains.oauth.client_authentication import ALL_METHODS
from portico.domains.oauth.registered import find_client
from portico.kernel.unit_of_work import system_unit

Answer = tuple[int, object, list[tuple[str, str]]]


class UserGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]  # Authlib has no types
    """What becomes tokens of a person's grant, for the client that authenticated."""

    TOKEN_ENDPOINT_AUTH_METHODS = ALL_METHODS

    def validate_token_request(self) -> None:
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError("This client may not use this grant type.")
        self.request.client = client

    def needed(self, name: str) -> str:
        value: str = self.request.form.get(name, "")
        if not value:
            raise InvalidRequestError(f"{name} is missing.")
        return value

    def answered(self, outcome: service.IssuedTokens | service.GrantRefused) -> Answer:
        if isinstance(outcome, service.GrantRefused):
            raise OAuth2Error(description=outcome.description, error=outcome.error)
        return 200, outcome.answer(), self.TOKEN_RESPONSE_HEADER


class CodeGrant(UserGrant):
    GRANT_TYPE = "authorization_code"

    def validate_token_request(self) -> None:
        super().validate_token_request()
        known = find_client(self.request.client.client_id)
        if known is None or not known.redirect_uris:
            raise UnauthorizedClientError("This client registered no redirect_uri.")

    def create_token_response(self) -> Answer:
        code, form = self.needed("code"), self.request.form
        with system_unit("oauth: redeem an authorization code", write=True):
            outcome = service.redeem_code(
                self.client.client_id,
                code,
                redirect_uri=form.get("redirect_uri"),
                verifier=form.get("code_verifier"),
                resources=self.request.resources,
            )
        return self.answered(outcome)


class RefreshGrant(UserGrant):
    GRANT_TYPE = "refresh_token"

    def create_token_response(self) -> Answer:
        token, scope = self.needed("refresh_token"), self.request.form.get("scope", "").split()
        with system_unit("oauth: refresh the tokens of a grant", write=True):
            outcome = service.refresh(
                self.client.client_id, token, scopes=scope or None, resources=self.request.resources
            )
        return self.answered(outcome)
