"""The keys that sign: made when first needed, one in use per purpose."""

from __future__ import annotations

import orjson
from joserfc.jwk import ECKey, KeyParameters
from sqlalchemy.exc import IntegrityError

from portico.domains.oauth import queries
from portico.domains.oauth.models import SigningKey
from portico.kernel.ids import new_id
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session

SESSION_TOKENS = "session_tokens"
_opened: dict[str, ECKey] = {}


def _seal_row(key_id: str) -> str:
    return f"signing_key|sealed|{key_id}"


def signing_key(purpose: str) -> ECKey:
    """The private key in use. Of two processes that need the first one at once, the index lets one make it."""
    row = queries.active_key(purpose)
    if row is None:
        _make(purpose)
        row = queries.active_key(purpose)
    if row is None:
        raise RuntimeError(f"No signing key for {purpose} could be made.")
    if row.id not in _opened:
        _opened[row.id] = ECKey.import_key(orjson.loads(keyring().unseal(row.sealed, _seal_row(row.id))))
    return _opened[row.id]


def _make(purpose: str) -> None:
    key_id = new_id("key")
    about: KeyParameters = {"kid": key_id, "use": "sig", "alg": "ES256"}
    key = ECKey.generate_key("P-256", parameters=about, private=True)
    sealed = keyring().seal(orjson.dumps(key.as_dict(private=True)), _seal_row(key_id))
    work = session()
    try:
        with work.begin_nested():
            work.add(SigningKey(id=key_id, purpose=purpose, sealed=sealed, public=key.as_dict(private=False)))
    except IntegrityError:
        # Another process was first; its key is the one.
        return


def ensure_signing_key() -> None:
    """Make the key of session tokens if there is none yet."""
    if queries.active_key(SESSION_TOKENS) is None:
        _make(SESSION_TOKENS)
