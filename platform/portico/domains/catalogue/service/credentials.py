"""Making, ending and rotating the secrets of an app."""

from __future__ import annotations

import base64
import secrets as random
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from portico.domains.catalogue import manifests, queries
from portico.domains.catalogue.errors import PublicClient, TooManySecrets
from portico.domains.catalogue.events import APP_CREDENTIAL_CREATED, APP_CREDENTIAL_ENDED
from portico.domains.catalogue.models import AppCredential
from portico.kernel import clock, secrets
from portico.kernel.actor import Actor
from portico.kernel.errors import NotFound, invalid
from portico.kernel.events import EventType, emit
from portico.kernel.ids import new_id
from portico.kernel.unit_of_work import session

SLOTS = (1, 2)
OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=90)
MOST_SIGNING = 5
"""Standard Webhooks signs with each living secret; so many fit into one header."""


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A secret at the only moment at which it can be seen."""

    id: str
    client_secret: str
    hint: str
    created_at: datetime


def add_client_secret(app_id: str) -> NewSecret:
    """A new client secret in a free slot. Raises TooManySecrets."""
    secret = secrets.new_token("pcs_")
    for slot in SLOTS:
        made = _put(app_id, slot, secret)
        if made is not None:
            return made
    raise TooManySecrets("Two client secrets are active; end one before making another.")


def _put(app_id: str, slot: int, secret: str) -> NewSecret | None:
    """None when the slot is taken: the unique index says so, for twins that come at once too."""
    row = AppCredential(
        id=new_id("sec"),
        app_id=app_id,
        kind="client_secret",
        slot=slot,
        digest=secrets.digest(secret),
        hint=secret[-4:],
        created_at=clock.now(),
    )
    work = session()
    try:
        with work.begin_nested():
            work.add(row)
    except IntegrityError:
        return None
    return NewSecret(row.id, secret, row.hint, row.created_at)


def create_client_secret(actor: Actor, app_id: str, previous_expires_at: datetime | None = None) -> NewSecret:
    """A second secret, so that the first can be replaced without a gap; the first dies at `previous_expires_at`,
    if that is given. Raises NotFound, TooManySecrets, PublicClient and Invalid."""
    queries.own_app(actor, app_id)
    if manifests.is_public_client(queries.newest_manifest(app_id)):
        raise PublicClient()
    now = clock.now()
    if previous_expires_at is not None and not now <= previous_expires_at <= now + LONGEST_OVERLAP:
        raise invalid("/previous_expires_at", "instant", "Choose an instant within the next 90 days.")
    _free_slots(app_id)
    made = add_client_secret(app_id)
    if previous_expires_at is not None:
        session().execute(
            update(AppCredential)
            .where(AppCredential.app_id == app_id, AppCredential.kind == "client_secret", AppCredential.id != made.id)
            .where(*queries.alive())
            .values(expires_at=previous_expires_at)
        )
    tell(actor, APP_CREDENTIAL_CREATED, app_id, made.id, "client_secret")
    return made


def tell(actor: Actor, event: EventType, app_id: str, credential_id: str, kind: str) -> None:
    """The record hears of a credential: which, of what kind, and nothing that it is made of."""
    emit(actor, event, {"id": credential_id, "app_id": app_id, "kind": kind, "expires_at": None})


def _free_slots(app_id: str) -> None:
    """A secret whose date has come leaves its slot."""
    session().execute(
        update(AppCredential)
        .where(AppCredential.app_id == app_id, AppCredential.kind == "client_secret")
        .where(AppCredential.revoked_at.is_(None), AppCredential.expires_at <= clock.now())
        .values(revoked_at=AppCredential.expires_at)
    )


def end_client_secret(actor: Actor, app_id: str, secret_id: str) -> None:
    """The secret dies with the next request; tokens that it minted live to their hour's end. Raises NotFound."""
    queries.own_app(actor, app_id)
    end(actor, app_id, "client_secret", secret_id)


def end(actor: Actor, app_id: str, kind: str, credential_id: str) -> None:
    """One living credential of the app dies. Raises NotFound."""
    ended = session().scalar(
        update(AppCredential)
        .where(AppCredential.id == credential_id, AppCredential.app_id == app_id)
        .where(AppCredential.kind == kind, AppCredential.revoked_at.is_(None))
        .values(revoked_at=clock.now())
        .returning(AppCredential.id)
    )
    if ended is None:
        raise NotFound()
    tell(actor, APP_CREDENTIAL_ENDED, app_id, credential_id, kind)


def add_signing_secret(app_id: str) -> str:
    """A new `whsec_` secret of 32 random bytes (Standard Webhooks), sealed for its row."""
    secret = "whsec_" + base64.b64encode(random.token_bytes(32)).decode()
    credential_id = new_id("sec")
    sealed = secrets.keyring().seal(secret.encode(), queries.seal_row(credential_id, app_id))
    session().add(
        AppCredential(id=credential_id, app_id=app_id, kind="signing_secret", sealed=sealed, hint=secret[-4:])
    )
    session().flush()
    return secret


def rotate_signing_secret(actor: Actor, app_id: str) -> str:
    """A new signing secret, shown this once; the ones before it sign along for 24 h. Raises TooManySecrets."""
    queries.own_app(actor, app_id)
    work = session()
    now = clock.now()
    mine = (AppCredential.app_id == app_id, AppCredential.kind == "signing_secret", AppCredential.revoked_at.is_(None))
    work.execute(
        update(AppCredential).where(*mine, AppCredential.expires_at.is_(None)).values(expires_at=now + OVERLAP)
    )
    alive = work.scalar(select(func.count()).select_from(AppCredential).where(*mine, AppCredential.expires_at > now))
    if (alive or 0) >= MOST_SIGNING:
        raise TooManySecrets("Five signing secrets are active; wait until the oldest has run out.")
    secret = add_signing_secret(app_id)
    newest = select(AppCredential.id).where(*mine, AppCredential.expires_at.is_(None)).order_by(AppCredential.id.desc())
    tell(actor, APP_CREDENTIAL_CREATED, app_id, work.scalars(newest).one(), "signing_secret")
    return secret
