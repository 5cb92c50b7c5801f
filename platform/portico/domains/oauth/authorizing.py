"""The authorization request (RFC 6749 section 4.1.1), read whole before anybody is asked to sign in.

What makes the client or its address doubtful is shown to the person and goes nowhere (`Malformed`). Everything else
goes back to the client with `state` and `iss` (`Redirected`), whose address is known by then.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

from portico import settings
from portico.domains.oauth.power import OFFLINE
from portico.domains.oauth.registered import RegisteredClient, find_client
from portico.domains.oauth.resources import TargetInvalid, canonical
from portico.kernel.errors import Malformed
from portico.kernel.text import N_

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d{1,5})?")
PROMPTS = frozenset({"none", "login", "consent", "select_account"})
LONGEST = 2048
AGAIN = "again"
"""Ours, not the client's: when the person was asked to sign in once more."""
Pairs = Iterable[tuple[str, str]]


class Redirected(Exception):
    """The person's browser goes back to the client with an error (RFC 6749 section 4.1.2.1)."""

    def __init__(self, location: str, error: str) -> None:
        super().__init__(error)
        self.location = location
        self.error = error


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    client: RegisteredClient
    redirect_uri: str
    state: str | None
    scopes: tuple[str, ...]
    challenge: str
    resource: str | None
    nonce: str | None
    prompts: frozenset[str]
    max_age: int | None
    workspace: str | None
    """A hint which of the person's workspaces is meant: a slug or an id."""
    digest: str
    """Of the whole request: a yes is one to this and to nothing else."""

    def location(self, **parameters: str) -> str:
        return location(self.redirect_uri, self.state, **parameters)

    def refused(self, error: str, description: str) -> Redirected:
        return Redirected(self.location(error=error, error_description=description), error)

    @property
    def host(self) -> str:
        return urlsplit(self.redirect_uri).netloc or self.redirect_uri.partition(":")[0]


def origin_of(address: str) -> str:
    """The source expression of an address for a content security policy (CSP level 3 section 2.3.1), which knows no
    IPv6 hosts: those are named by their scheme alone."""
    parts = urlsplit(address)
    if _HOST.fullmatch(parts.netloc):
        return f"{parts.scheme}://{parts.netloc}"
    return f"{parts.scheme}:"


def location(redirect_uri: str, state: str | None, **parameters: str) -> str:
    """Every answer says who it comes from (RFC 9207) and which request it is about."""
    named = {**parameters, **({} if state is None else {"state": state}), "iss": settings.current().public_url}
    joint = "&" if "?" in redirect_uri else "?"
    return f"{redirect_uri}{joint}{urlencode(named, quote_via=quote)}"


def query(pairs: Pairs) -> str:
    return urlencode(list(pairs), quote_via=quote)


def read(pairs: Pairs) -> AuthorizationRequest:
    """The request. Raises Malformed and Redirected. Opens its units itself."""
    pairs = [(name, value) for name, value in pairs if name != AGAIN]
    values = dict(pairs)
    repeated = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1 and name != "resource"]
    if repeated:
        raise Malformed(N_("The app sent a parameter twice. Go back to it and try again."))
    client = find_client(values.get("client_id", ""))
    if client is None:
        raise Malformed(N_("No app is known here by the id that was sent."))
    redirect_uri = values.get("redirect_uri", "")
    if not redirect_uri or not client.redirects_to(redirect_uri):
        raise Malformed(N_("The app wants you sent to an address that it did not register, so you stay here."))
    back = _Back(redirect_uri, values.get("state"))
    _refuse_unsupported(back, values)
    return AuthorizationRequest(
        client=client,
        redirect_uri=redirect_uri,
        state=values.get("state"),
        scopes=_scopes(back, client, values),
        challenge=_challenge(back, values),
        resource=_resource(back, [value for name, value in pairs if name == "resource"]),
        nonce=values.get("nonce"),
        prompts=_prompts(back, values),
        max_age=_max_age(back, values),
        workspace=values.get("workspace"),
        digest=hashlib.sha256(urlencode(sorted(pairs)).encode()).hexdigest(),
    )


@dataclass(frozen=True, slots=True)
class _Back:
    redirect_uri: str
    state: str | None

    def to(self, error: str, description: str) -> Redirected:
        return Redirected(location(self.redirect_uri, self.state, error=error, error_description=description), error)


def _refuse_unsupported(back: _Back, values: dict[str, str]) -> None:
    if any(len(values.get(name, "")) > LONGEST for name in ("state", "nonce", "scope")):
        raise back.to("invalid_request", "A parameter is too long.")
    if "request" in values:
        raise back.to("request_not_supported", "Send the parameters themselves.")
    if "request_uri" in values:
        raise back.to("request_uri_not_supported", "Send the parameters themselves.")
    if values.get("response_mode", "query") != "query":
        raise back.to("invalid_request", "response_mode is query.")
    if not values.get("response_type"):
        raise back.to("invalid_request", "response_type is missing.")
    if values["response_type"] != "code":
        raise back.to("unsupported_response_type", "response_type is code.")


def _challenge(back: _Back, values: dict[str, str]) -> str:
    """PKCE by S256 from every client (RFC 7636, OAuth 2.1)."""
    challenge = values.get("code_challenge", "")
    if values.get("code_challenge_method") != "S256":
        raise back.to("invalid_request", "code_challenge_method is S256.")
    if not _CHALLENGE.fullmatch(challenge):
        raise back.to("invalid_request", "code_challenge is 43 characters of base64url.")
    return challenge


def _scopes(back: _Back, client: RegisteredClient, values: dict[str, str]) -> tuple[str, ...]:
    """What is asked, in order; without any, all that the client registered."""
    asked = list(dict.fromkeys(values.get("scope", "").split())) or list(client.scopes)
    if not asked or not {*client.scopes, OFFLINE}.issuperset(asked):
        raise back.to("invalid_scope", "The app did not register all of these scopes for people.")
    return tuple(asked)


def _resource(back: _Back, given: list[str]) -> str | None:
    try:
        return canonical(given)
    except TargetInvalid:
        raise back.to("invalid_target", "This server protects no such resource.") from None


def _prompts(back: _Back, values: dict[str, str]) -> frozenset[str]:
    prompts = frozenset(values.get("prompt", "").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise back.to("invalid_request", "prompt is not understood.")
    return prompts


def _max_age(back: _Back, values: dict[str, str]) -> int | None:
    given = values.get("max_age")
    if given is None:
        return None
    if not given.isascii() or not given.isdigit() or len(given) > 9:
        raise back.to("invalid_request", "max_age is a number of seconds.")
    return int(given)
