"""The keys that sign `v1a` (Ed25519): one owner, a workspace or an app, has one for all its endpoints.

Not one for the instance: what is signed for one receiver could be shown to another one, and would verify there. A key
without a date is the newest; those with one sign along until then, and stand in the key set as long as they sign.
"""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import func, or_, select

from portico.domains.webhooks import signing
from portico.domains.webhooks.models import WebhookKey
from portico.kernel import clock, public
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session

V1, V1A = "v1", "v1a"
_key = WebhookKey.__table__.c
_OWNER = func.coalesce(_key.app_id, _key.workspace_id)


def owner_of(endpoint: Any) -> str:
    """Whose key signs for an endpoint: `endpoint` has its workspace, its installation and the app of that."""
    return str(endpoint.workspace_id if endpoint.installation_id is None else endpoint.app_id)


def living(owners: Collection[str]) -> dict[str, list[Any]]:
    """The keys that sign now, by owner, newest first."""
    found: dict[str, list[Any]] = {owner: [] for owner in owners}
    rows = session().execute(
        select(_key.id, _OWNER.label("owner"), _key.sealed, _key.public, _key.created_at, _key.expires_at)
        .where(or_(_key.workspace_id.in_(owners), _key.app_id.in_(owners)))
        .where(or_(_key.expires_at.is_(None), _key.expires_at > clock.now()))
        .order_by(_key.id.desc())
    )
    for row in rows:
        found[row.owner].append(row)
    return found


def signing_for(endpoints: Iterable[Any]) -> dict[str, tuple[Ed25519PrivateKey, ...]]:
    """The private keys for those of these endpoints that chose `v1a`, by the endpoint's id."""
    chosen = {row.id: owner_of(row) for row in endpoints if V1A in row.signatures}
    if not chosen:
        return {}
    known = living(set(chosen.values()))
    return {
        endpoint_id: tuple(_opened(row.id, row.sealed) for row in known[owner]) for endpoint_id, owner in chosen.items()
    }


@lru_cache(maxsize=1024)
def _opened(key_id: str, sealed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keyring().unseal(sealed, seal_row(key_id)))


def seal_row(key_id: str) -> str:
    """The associated data of a sealed key: it opens only in its own row."""
    return f"webhook_key|sealed|{key_id}"


def jwks_url(owner: str) -> str:
    return public.url(f"/webhooks/jwks/{owner}")


def key_set(owner: str) -> dict[str, Any]:
    """The public keys of an owner as a JWK Set (RFC 7517 section 5, RFC 8037). Of nobody it is empty."""
    return {"keys": [_jwk(row) for row in living([owner])[owner]]}


def _jwk(row: Any) -> dict[str, str]:
    raw = base64.b64decode(row.public.removeprefix(signing.PUBLIC_PREFIX))
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return {"kty": "OKP", "crv": "Ed25519", "x": x, "kid": row.id, "use": "sig", "alg": "EdDSA"}


def shown(owner: str) -> dict[str, Any]:
    """What a receiver needs to know to check `v1a`."""
    return {
        "jwks_url": jwks_url(owner),
        "public_keys": [
            {"id": row.id, "public_key": row.public, "created_at": row.created_at, "expires_at": row.expires_at}
            for row in living([owner])[owner]
        ],
    }
