"""Keys for `v1a`: made when the first endpoint of a workspace or an app chooses it, and turned with an overlap."""

from __future__ import annotations

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, update
from sqlalchemy.exc import IntegrityError

from portico.domains.webhooks import apps, keys, queries, signing
from portico.domains.webhooks.errors import TooManySigningKeys
from portico.domains.webhooks.events import ENDPOINT_KEY_ROTATED
from portico.domains.webhooks.models import WebhookKey
from portico.domains.webhooks.service.owning import require_own_app
from portico.domains.webhooks.service.secrets import MOST_LIVING, OVERLAP
from portico.kernel import clock
from portico.kernel.actor import Actor
from portico.kernel.events import emit
from portico.kernel.ids import new_id
from portico.kernel.secrets import keyring
from portico.kernel.unit_of_work import session


def ensure_key(owner: str) -> None:
    """Make the first key of a workspace or an app, if there is none."""
    if not keys.living([owner])[owner]:
        _make(owner)


def rotate_key(actor: Actor, endpoint_id: str) -> dict[str, Any]:
    """A new key for all endpoints of the same workspace or app; those before it sign along for 24 h. Two at once make
    one.

    Raises NotFound, Forbidden for who does not speak for the app, and TooManySigningKeys.
    """
    row = queries.endpoint(actor, endpoint_id)
    require_own_app(actor, row)
    owner = apps.owner_of(row)
    if len(keys.living([owner])[owner]) >= MOST_LIVING:
        raise TooManySigningKeys()
    session().execute(
        update(WebhookKey)
        .where(*(getattr(WebhookKey, name) == value for name, value in _of(owner).items()))
        .where(WebhookKey.expires_at.is_(None))
        .values(expires_at=clock.now() + OVERLAP)
    )
    _make(owner)
    emit(actor, ENDPOINT_KEY_ROTATED, row, installation_id=row.installation_id)
    return keys.shown(owner)


def _make(owner: str) -> None:
    """The index holds an owner to one key without a date; whoever comes second finds the first one's."""
    key_id, key = new_id("whk"), Ed25519PrivateKey.generate()
    sealed = keyring().seal(key.private_bytes_raw(), keys.seal_row(key_id))
    row = {"id": key_id, "sealed": sealed, "public": signing.shown_public(key), "created_at": clock.now()}
    try:
        with session().begin_nested():
            session().execute(insert(WebhookKey).values(**row, **_of(owner)))
    except IntegrityError:
        return


def _of(owner: str) -> dict[str, str]:
    return {"app_id" if owner.startswith("app_") else "workspace_id": owner}
