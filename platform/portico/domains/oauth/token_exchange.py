"""The token endpoint for token exchange (RFC 8693 section 2.1): from the bridge's session token to a user token."""

from __future__ import annotations

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import BaseGrant, TokenEndpointMixin

from portico.domains.oauth import service
from portico.domains.oauth.client_authentication import CONFIDENTIAL_METHODS
from portico.kernel.unit_of_work import system_unit

Answer = tuple[int, object, list[tuple[str, str]]]
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"
ACCESS_TOKEN_TYPE = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a name, no secret


class ExchangeGrant(BaseGrant, TokenEndpointMixin):  # type: ignore[misc]  # Authlib has no types
    """For the back end of an app, which can keep its credentials."""

    GRANT_TYPE = "urn:ietf:params:oauth:grant-type:token-exchange"
    TOKEN_ENDPOINT_AUTH_METHODS = CONFIDENTIAL_METHODS

    def validate_token_request(self) -> None:
        self.request.client = self.authenticate_token_endpoint_client()

    def create_token_response(self) -> Answer:
        form = self.request.form
        if form.get("subject_token_type") != JWT_TYPE or not form.get("subject_token"):
            raise InvalidRequestError(f"Send a session token as subject_token, with subject_token_type {JWT_TYPE}.")
        if form.get("requested_token_type", ACCESS_TOKEN_TYPE) != ACCESS_TOKEN_TYPE or "actor_token" in form:
            raise InvalidRequestError("It is exchanged for an access token of the person, and for nothing else.")
        if form.get("audience"):
            raise OAuth2Error(description="Name the API by resource, or not at all.", error="invalid_target")
        with system_unit("oauth: exchange a session token", write=True):
            outcome = service.exchange(
                self.client.client_id,
                form["subject_token"],
                scopes=form.get("scope", "").split(),
                resources=self.request.resources,
            )
        if isinstance(outcome, service.GrantRefused):
            raise OAuth2Error(description=outcome.description, error=outcome.error)
        return 200, {**outcome.answer(), "issued_token_type": ACCESS_TOKEN_TYPE}, self.TOKEN_RESPONSE_HEADER
