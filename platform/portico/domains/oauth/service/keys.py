"""The keys that sign, by purpose: the next one is published before it signs, and a retired one stays in the key set
until nothing that it signed lives.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import orjson
from joserfc import jwt
from joserfc.jwk import ECKey, KeyParameters, RSAKey
from sqlalchemy import delete, insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.oauth import queries
from portico.domains.oauth.models import SigningKey
from portico.kernel import clock
from portico.kernel.ids import new_id
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session

SESSION_TOKENS = "session_tokens"
ID_TOKENS = {"RS256": "id_tokens_rs256", "ES256": "id_tokens_es256"}
"""OpenID Connect Core section 3.1.3.7 makes RS256 the algorithm of a client that named none."""
ALGORITHMS = {SESSION_TOKENS: "ES256", **{purpose: alg for alg, purpose in ID_TOKENS.items()}}
PUBLISHED_FIRST = timedelta(minutes=15)
"""How long a key is in the key set before it signs: clients keep the set for five minutes."""
KEPT = timedelta(days=7)
"""How long a retired key stays. What it signed lives ten minutes; a hint at signing out may be older."""
LIFE = timedelta(days=90)
_RSA_BITS = 2048
Key = ECKey | RSAKey


def seal_row(key_id: str) -> str:
    return f"signing_key|sealed|{key_id}"


def signing_key(purpose: str) -> Key:
    """The private key in use. Of two processes that need the first one at once, the index lets one make it."""
    row = queries.active_key(purpose)
    if row is None:
        _make(purpose, "active")
        row = queries.active_key(purpose)
    if row is None:
        raise RuntimeError(f"No signing key for {purpose} could be made.")
    return _opened(row.id, row.sealed, ALGORITHMS[purpose])


@lru_cache(maxsize=32)
def _opened(key_id: str, sealed: str, alg: str) -> Key:
    private = orjson.loads(keyring().unseal(sealed, seal_row(key_id)))
    return RSAKey.import_key(private) if alg == "RS256" else ECKey.import_key(private)


def sign(purpose: str, kind: str, claims: dict[str, Any]) -> str:
    """A JWT of this `typ`, with the id of its key."""
    key, alg = signing_key(purpose), ALGORITHMS[purpose]
    return jwt.encode({"alg": alg, "typ": kind, "kid": key.kid}, claims, key, algorithms=[alg])


def _make(purpose: str, stage: str) -> None:
    key_id, alg = new_id("key"), ALGORITHMS[purpose]
    about: KeyParameters = {"kid": key_id, "use": "sig", "alg": alg}
    key: Key
    if alg == "RS256":
        key = RSAKey.generate_key(_RSA_BITS, parameters=about, private=True)
    else:
        key = ECKey.generate_key("P-256", parameters=about, private=True)
    sealed = keyring().seal(orjson.dumps(key.as_dict(private=True)), seal_row(key_id))
    row = {"id": key_id, "purpose": purpose, "stage": stage, "sealed": sealed, "public": key.as_dict(private=False)}
    with _first_comes():
        session().execute(insert(SigningKey).values(**row, created_at=clock.now()))


@contextmanager
def _first_comes() -> Iterator[None]:
    """The index holds a purpose to one key of a stage; whoever comes second finds the first one's."""
    try:
        with session().begin_nested():
            yield
    except IntegrityError:
        return


def ensure_signing_key() -> None:
    """Make the key of session tokens if there is none yet."""
    if queries.active_key(SESSION_TOKENS) is None:
        _make(SESSION_TOKENS, "active")


def publish_next() -> list[str]:
    """Put the next key of every purpose in use into the key set; answers the purposes."""
    used = [row.purpose for row in queries.key_stages("active")]
    waiting = {row.purpose for row in queries.key_stages("next")}
    for purpose in used:
        if purpose not in waiting:
            _make(purpose, "next")
    return used


def turn(*, at_once: bool = False) -> list[str]:
    """Let next keys that have been published for long enough sign from now on; answers the purposes."""
    ripe = clock.now() if at_once else clock.now() - PUBLISHED_FIRST
    return [row.purpose for row in queries.key_stages("next") if row.created_at <= ripe and _turn(row)]


def _turn(row: Any) -> bool:
    """Of several that turn at once, the one that retires the old key goes on."""
    work = session()
    retired = work.scalar(
        update(SigningKey)
        .where(SigningKey.purpose == row.purpose, SigningKey.stage == "active")
        .values(stage="retired", retired_at=clock.now())
        .returning(SigningKey.id)
    )
    if retired is None:
        return False
    work.execute(update(SigningKey).where(SigningKey.id == row.id).values(stage="active"))
    return True


def forget_retired(before: datetime | None = None) -> None:
    """Take retired keys out of the key set: what they signed is dead, or shall be."""
    over = before or clock.now() - KEPT
    session().execute(delete(SigningKey).where(SigningKey.stage == "retired", SigningKey.retired_at <= over))


def forget_all_retired() -> None:
    """A key got out: what it signed is refused from now on."""
    forget_retired(clock.now())


def keep_turning() -> None:
    """Housekeeping, in the open system unit: keys are renewed every 90 days, without anybody noticing."""
    if any(row.created_at <= clock.now() - LIFE for row in queries.key_stages("active")):
        publish_next()
    turn()
    forget_retired()
