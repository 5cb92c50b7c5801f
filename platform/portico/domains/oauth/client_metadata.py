"""Metadata of clients that no developer registered here: what is taken of it, and why something is not (RFC 7591
section 2). Such a client is public, uses S256, and nobody vouches for it; so its addresses are kept strict.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from portico.kernel import text

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_MOST_URIS = 10
LONGEST_URI = 500
_LONGEST_NAME = 60
_GRANTS = frozenset({"authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"})


class MetadataRefused(Exception):
    """`error` is the code of RFC 7591 section 3.2.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(frozen=True, slots=True)
class ClientMetadata:
    name: str
    redirect_uris: tuple[str, ...]

    @property
    def seen(self) -> str:
        """Changes with whatever people are shown, so that they are asked again."""
        shown = json.dumps([self.name, sorted(self.redirect_uris)])
        return hashlib.sha256(shown.encode()).hexdigest()[:32]


def read(given: Mapping[str, Any]) -> ClientMetadata:
    """Raises MetadataRefused. What is not known is left out, as RFC 7591 section 2 has it."""
    if given.get("token_endpoint_auth_method", "none") != "none" or "jwks" in given or "jwks_uri" in given:
        raise MetadataRefused("invalid_client_metadata", "token_endpoint_auth_method is none: such clients are public.")
    if not set(_texts(given, "grant_types", "authorization_code")) <= _GRANTS:
        raise MetadataRefused("invalid_client_metadata", "Only grants in which a person decides can be used.")
    if set(_texts(given, "response_types", "code")) != {"code"}:
        raise MetadataRefused("invalid_client_metadata", "response_types is code.")
    return ClientMetadata(_name(given), _redirect_uris(given))


def _texts(given: Mapping[str, Any], name: str, default: str) -> list[str]:
    values = given.get(name, [default])
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise MetadataRefused("invalid_client_metadata", f"{name} is a list of texts.")
    return values


def _name(given: Mapping[str, Any]) -> str:
    name = given.get("client_name")
    clean = text.clean_name(name) if isinstance(name, str) else ""
    if not clean or len(clean) > _LONGEST_NAME:
        raise MetadataRefused("invalid_client_metadata", f"client_name is 1 to {_LONGEST_NAME} characters.")
    return clean


def _redirect_uris(given: Mapping[str, Any]) -> tuple[str, ...]:
    uris = given.get("redirect_uris")
    if not isinstance(uris, list) or not 1 <= len(uris) <= _MOST_URIS:
        raise MetadataRefused("invalid_redirect_uri", f"redirect_uris holds 1 to {_MOST_URIS} addresses.")
    for uri in uris:
        if not isinstance(uri, str) or not is_redirect_uri(uri):
            raise MetadataRefused(
                "invalid_redirect_uri",
                "Each address is https with a host name, or http on this machine, without user, fragment or wildcard.",
            )
    return tuple(dict.fromkeys(uris))


def is_redirect_uri(uri: str) -> bool:
    """https to a plain host name, or http to the person's own machine (RFC 8252 section 7.3). A punycode name may look
    like another one, and an address in numbers tells people nothing; both are refused to whom nobody knows."""
    if len(uri) > LONGEST_URI or not uri.isascii() or not uri.isprintable() or set(uri) & set(' \\"<>^`{|}*#'):
        return False
    try:
        parts = urlsplit(uri)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return False
    if "@" in parts.netloc or not host:
        return False
    if parts.scheme == "http":
        return host in _LOOPBACK
    return parts.scheme == "https" and is_plain_name(host)


def is_plain_name(host: str) -> bool:
    labels = host.split(".")
    if len(labels) < 2 or not labels[-1].isalpha():
        return False
    return all(label and not label.startswith(("xn--", "-")) and not label.endswith("-") for label in labels) and all(
        letter.isalnum() or letter in ".-" for letter in host
    )
