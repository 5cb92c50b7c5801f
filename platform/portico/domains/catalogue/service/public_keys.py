"""Public keys of an app: it signs assertions with the private half (RFC 7523), which nobody else ever sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portico.domains.catalogue import jwks, manifests, queries
from portico.domains.catalogue.errors import KeyTaken, PublicClient, TooManyKeys
from portico.domains.catalogue.events import APP_CREDENTIAL_CREATED
from portico.domains.catalogue.models import AppCredential
from portico.domains.catalogue.service import credentials
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.errors import invalid
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

SLOTS = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    id: str
    kid: str
    alg: str
    jwk: dict[str, Any]
    created_at: datetime


def add_public_key(actor: Actor, app_id: str, jwk: Mapping[str, Any]) -> RegisteredKey:
    """Register a key of the actor's app. Raises NotFound, Invalid, PublicClient, KeyTaken and TooManyKeys."""
    queries.own_app(actor, app_id)
    if manifests.is_public_client(queries.newest_manifest(app_id)):
        raise PublicClient()
    try:
        key = jwks.read(jwk)
    except jwks.JwkRefused as refused:
        raise invalid("/jwk", "jwk", str(refused)) from None
    for slot in SLOTS:
        made = _put(app_id, slot, key)
        if made is not None:
            credentials.tell(actor, APP_CREDENTIAL_CREATED, app_id, made.id, "public_key")
            return made
        if _is_taken(app_id, key.kid):
            raise KeyTaken()
    raise TooManyKeys()


def _put(app_id: str, slot: int, key: jwks.PublicKey) -> RegisteredKey | None:
    """None when the slot or the kid is taken; unique indexes say so, for twins that come at once too."""
    row = AppCredential(
        id=new_id("sec"),
        app_id=app_id,
        kind="public_key",
        slot=slot,
        digest=key.thumbprint,
        kid=key.kid,
        public=key.jwk,
        hint=key.thumbprint[-4:],
        created_at=clock.now(),
    )
    work = session()
    try:
        with work.begin_nested():
            work.add(row)
    except IntegrityError:
        return None
    return RegisteredKey(row.id, key.kid, key.alg, key.jwk, row.created_at)


def _is_taken(app_id: str, kid: str) -> bool:
    c = AppCredential.__table__.c
    found = select(c.id).where(c.app_id == app_id, c.kind == "public_key", c.kid == kid, c.revoked_at.is_(None))
    return session().scalar(found) is not None


def end_public_key(actor: Actor, app_id: str, key_id: str) -> None:
    """What it signs is refused from the next request. Raises NotFound."""
    queries.own_app(actor, app_id)
    credentials.end(actor, app_id, "public_key", key_id)
