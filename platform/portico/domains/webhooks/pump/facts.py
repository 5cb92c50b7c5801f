"""How endpoints are called at the moment of a claim: address, secrets and what they may read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Row

from portico.domains.webhooks import apps, keys, queries
from portico.domains.webhooks.service import secrets
from portico.kernel.secrets import Keyring, keyring


@dataclass(frozen=True, slots=True)
class Fact:
    """How one endpoint is called at this moment."""

    url: str
    secrets: tuple[bytes, ...]
    scopes: frozenset[str]
    keys: tuple[Ed25519PrivateKey, ...] = ()


def facts_of(endpoints: Iterable[Row[Any]]) -> dict[str, Fact]:
    """Secrets, addresses and powers of the endpoints of one claim, by their ids."""
    rows = list(endpoints)
    facts = _workspace_facts([row for row in rows if row.installation_id is None])
    of_apps = [row for row in rows if row.installation_id is not None]
    callers = {app_id: apps.callers(app_id) for app_id in {row.app_id for row in of_apps}}
    local = apps.call_urls({(row.workspace_id, row.installation_id) for row in of_apps})
    facts |= {
        row.id: _app_fact(row, apps.caller(callers[row.app_id], row.bucket), local.get(row.installation_id))
        for row in of_apps
    }
    return facts | {id: replace(facts[id], keys=found) for id, found in keys.signing_for(rows).items()}


def _app_fact(row: Row[Any], caller: apps.Caller | None, local: str | None) -> Fact:
    if caller is None:
        return Fact(row.url, (), frozenset())
    url = row.url if row.path is None else (local or caller.base_url) + row.path
    return Fact(url, caller.secrets, caller.scopes.intersection(row.granted_scopes or ()))


def _workspace_facts(rows: Sequence[Row[Any]]) -> dict[str, Fact]:
    found: dict[str, list[bytes]] = {row.id: [] for row in rows}
    if rows:
        for secret in queries.secrets_of_all({row.workspace_id for row in rows}, list(found)):
            row = secrets.seal_row(secret.id, secret.workspace_id)
            found[secret.endpoint_id].append(_unsealed(keyring(), secret.sealed, row))
    return {row.id: Fact(row.url, tuple(found[row.id]), frozenset(row.scopes)) for row in rows}


@lru_cache(maxsize=10_000)
def _unsealed(ring: Keyring, sealed: str, row: str) -> bytes:
    """Which secrets live is asked at each claim; what one is never changes."""
    return ring.unseal(sealed, row)
