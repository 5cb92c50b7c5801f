"""Reads of erasures, and the receipt that an app signs."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Row, Select, select

from portico.domains.catalogue import queries as catalogue
from portico.domains.catalogue.models import App
from portico.domains.installations.models import Erasure
from portico.kernel import clock, public
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound
from portico.kernel.unit_of_work import session

SIGNED_BY = ("webhook-id", "webhook-timestamp", "webhook-signature")
_erasure = Erasure.__table__.c


def visible_to(actor: Actor) -> Select[Any]:
    return (
        select(Erasure.__table__, App.key.label("app_key"))
        .join(App, App.id == _erasure.app_id)
        .where(_erasure.workspace_id == actor.workspace_id)
    )


def of_installation(actor: Actor, installation_id: str) -> dict[str, Any]:
    """The erasure of an installation. Raises NotFound while there is none."""
    row = session().execute(visible_to(actor).where(_erasure.installation_id == installation_id)).one_or_none()
    if row is None:
        raise NotFound()
    return _shown(row)


def _shown(row: Row[Any]) -> dict[str, Any]:
    state = "overdue" if row.due_at < clock.now() else "requested"
    return {
        **row._mapping,
        "scope": "installation",
        "state": "confirmed" if row.received_at is not None else state,
        "receipt": orjson.loads(row.receipt) if row.receipt is not None else None,
        "receipt_url": public.url(f"/lifecycle/erasures/{row.id}/receipt"),
    }


def verified_receipt(app_id: str, erasure_id: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any] | None:
    """The receipt, if one of the app's signing secrets signed just this (Standard Webhooks: `id.timestamp.body`, with
    the erasure's id), and it says that this erasure is done. None otherwise."""
    identity, stamp, given = (headers.get(name, "") for name in SIGNED_BY)
    if identity != erasure_id or not stamp.isascii() or not stamp.isdigit() or len(body) > 16 * 1024:
        return None
    signed = b"%s.%s.%s" % (identity.encode(), stamp.encode(), body)
    right = [
        b"v1," + base64.b64encode(hmac.digest(base64.b64decode(secret.removeprefix("whsec_")), signed, "sha256"))
        for secret in catalogue.signing_secrets(app_id)
    ]
    tokens = [token.encode() for token in given.split(" ")]
    if not any(hmac.compare_digest(one, token) for one in right for token in tokens):
        return None
    return _content(erasure_id, body)


def _content(erasure_id: str, body: bytes) -> dict[str, Any] | None:
    try:
        content = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    said = isinstance(content, dict) and content.get("erasure_id") == erasure_id and content.get("erased") is True
    return content if said else None
