"""Public keys of apps as JSON Web Keys (RFC 7517): what is taken, and why something is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from portico.kernel.text import N_

# RFC 7518 sections 6.2.2 and 6.3.2, and `k` of section 6.4: what only the owner of a key may know.
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_PUBLIC = {"EC": ("crv", "x", "y"), "RSA": ("n", "e")}
_ALGORITHM = {"EC": "ES256", "RSA": "RS256"}
_RSA_BITS = range(2048, 8193)
_LONGEST_KID = 200
_LONGEST_MEMBER = 2048


class JwkRefused(Exception):
    """The key cannot be used; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that signs client assertions. `jwk` holds its public members only."""

    kid: str
    alg: str
    thumbprint: str
    jwk: dict[str, Any]


def read(given: Mapping[str, Any]) -> PublicKey:
    """A P-256 key for ES256 or an RSA key for RS256. Raises JwkRefused."""
    if _PRIVATE.intersection(given):
        raise JwkRefused(N_("This is a private key, which is now spoilt: make another pair and send its public half."))
    kind = given.get("kty")
    if not isinstance(kind, str) or kind not in _PUBLIC:
        raise JwkRefused(N_("Use a P-256 key (kty EC) or an RSA key (kty RSA)."))
    alg = _ALGORITHM[kind]
    if given.get("alg", alg) != alg or given.get("use", "sig") != "sig":
        raise JwkRefused(N_("The key must be for signing, with ES256 (P-256) or RS256 (RSA)."))
    members = {"kty": kind, **{name: given.get(name) for name in _PUBLIC[kind]}}
    key = _imported(kind, members)
    thumbprint = key.thumbprint()
    kid = given.get("kid", thumbprint)
    if not isinstance(kid, str) or not 1 <= len(kid) <= _LONGEST_KID or not kid.isprintable():
        raise JwkRefused(N_("kid is 1 to 200 printable characters."))
    return PublicKey(kid, alg, thumbprint, {**members, "kid": kid, "alg": alg, "use": "sig"})


def _imported(kind: str, members: dict[str, Any]) -> ECKey | RSAKey:
    if not all(isinstance(value, str) and 0 < len(value) <= _LONGEST_MEMBER for value in members.values()):
        raise JwkRefused(N_("A member of the key is missing or is no text in base64url."))
    if kind == "EC" and members["crv"] != "P-256":
        raise JwkRefused(N_("Of the elliptic curves, P-256 is taken."))
    try:
        key = ECKey.import_key(members) if kind == "EC" else RSAKey.import_key(members)
        bits = key.public_key.key_size  # builds the key, so a point off the curve fails here
    except (JoseError, ValueError, TypeError):
        raise JwkRefused(N_("The key cannot be read; send it as your library exports it.")) from None
    if kind == "RSA" and bits not in _RSA_BITS:
        raise JwkRefused(N_("An RSA key must have 2048 to 8192 bits."))
    return key
