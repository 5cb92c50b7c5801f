"""What a token is for (RFC 8707): the API is the only resource that this server protects, at the issuer's origin. It is
known by the address of its first version as well, which clients ask for that know nothing but where they call.
"""

from __future__ import annotations

from collections.abc import Sequence

from portico import settings

API_PATH = "api/v1"


class TargetInvalid(ValueError):
    """Somebody else's resource, or another one than at the beginning."""


def canonical(given: Sequence[str], bound: str | None = None) -> str | None:
    """The resource that was asked for, or None when none was, which is the API too. With `bound`, that of the grant.

    Raises TargetInvalid for any other, and for a second one beside it (RFC 8707 section 2)."""
    issuer = settings.current().public_url
    names = (issuer, f"{issuer}/", f"{issuer}/{API_PATH}")
    wanted = {issuer if value in names else value for value in given}
    if wanted - {bound or issuer}:
        raise TargetInvalid()
    return bound or (issuer if wanted else None)


def is_api(resource: str | None) -> bool:
    """Whether a token for this resource is one for the API."""
    return resource is None or resource == settings.current().public_url
