"""How a client shows who it is at `/oauth/*`: by its secret, by an assertion that its key signed, or, if it is
public, by its id alone. Ours and not Authlib's, whose answers tell an unknown client from a wrong secret, and which
lets a second method stand beside the first.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote_plus

from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.errors import InvalidClientError

from portico.domains.oauth import service
from portico.kernel.unit_of_work import system_unit

BASIC, POST, ASSERTION, NONE = "client_secret_basic", "client_secret_post", "private_key_jwt", "none"
CONFIDENTIAL_METHODS = (BASIC, POST, ASSERTION)
"""What only a client that can keep something to itself may use: minting as itself, introspection."""
ALL_METHODS = (*CONFIDENTIAL_METHODS, NONE)
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class ClientRefused(InvalidClientError):  # type: ignore[misc]  # Authlib has no types
    """One answer for the unknown client, the wrong secret, and the missing one."""

    description = "Client authentication failed."
    status_code = 401

    def get_headers(self) -> list[tuple[str, str]]:
        headers: list[tuple[str, str]] = OAuth2Error.get_headers(self)
        return [*headers, ("WWW-Authenticate", 'Basic realm="portico"')]


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request shows, by exactly one method. Nothing of it is checked yet."""

    method: str
    client_id: str
    proof: str = ""


class AuthenticatedClient:
    """A client that has shown who it is, in the form in which Authlib asks about it."""

    def __init__(self, client_id: str, *, public: bool) -> None:
        self.client_id = client_id
        self.public = public

    def check_grant_type(self, grant_type: str) -> bool:
        return True


def presented(headers: Mapping[str, str], form: Mapping[str, str]) -> Presented:
    """Raises ClientRefused when nothing is shown, and InvalidRequestError for two methods at once (RFC 6749
    section 2.3)."""
    header = headers.get("Authorization")
    shown = [
        *([BASIC] if header is not None else []),
        *([POST] if "client_secret" in form else []),
        *([ASSERTION] if "client_assertion" in form or "client_assertion_type" in form else []),
    ]
    if len(shown) > 1:
        raise InvalidRequestError("Authenticate by one method only.")
    method = shown[0] if shown else NONE
    found = _basic(header or "") if method == BASIC else _from_form(method, form)
    if form.get("client_id", found.client_id) != found.client_id:
        raise InvalidRequestError("Authenticate by one method only.")
    return found


def _from_form(method: str, form: Mapping[str, str]) -> Presented:
    if method == ASSERTION:
        assertion = form.get("client_assertion", "")
        if form.get("client_assertion_type") != ASSERTION_TYPE or not assertion:
            raise ClientRefused()
        # Its subject (RFC 7523 section 3): only a claim until the signature is checked.
        return Presented(method, service.claimed_client(assertion), assertion)
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if not client_id or (method == POST and not secret):
        raise ClientRefused()
    return Presented(method, client_id, secret)


def _basic(header: str) -> Presented:
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
    return Presented(BASIC, unquote_plus(client_id), unquote_plus(secret))


def authenticate(shown: Presented, allowed: tuple[str, ...]) -> AuthenticatedClient:
    """The client that this is. Raises ClientRefused."""
    if shown.method not in allowed:
        raise ClientRefused()
    with system_unit("oauth: authenticate a client"):
        client = service.find_client(shown.client_id)
    if not client.uses(shown.method):
        raise ClientRefused()
    credential_id = _credential(client, shown)
    if credential_id is None:
        raise ClientRefused()
    service.note_use(credential_id)
    return AuthenticatedClient(client.client_id, public=client.public)


def _credential(client: service.Client, shown: Presented) -> str | None:
    """Which of the client's credentials was shown; empty for a public client, which has none."""
    if shown.method == NONE:
        return "" if client.public else None
    if shown.method != ASSERTION:
        return client.secret_id(shown.proof)
    found = service.check_assertion(client, shown.proof)
    if found is None:
        return None
    with system_unit("oauth: spend the id of an assertion", write=True):
        fresh = service.spend(service.CLIENT_ASSERTION, client.client_id, found.jti, found.forgotten_at)
    return found.key_id if fresh else None
